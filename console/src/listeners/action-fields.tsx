/** The action of a rule in a form. */
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import Tiles from "@cloudscape-design/components/tiles";
import { ForwardFields } from "./forward-fields";
import type { TypedAction } from "./typed-action";

export interface ActionFieldsProps {
  action: TypedAction;
  set: (part: Partial<TypedAction>) => void;
}

const TYPES = [
  { value: "forward", label: "Forward to target groups" },
  { value: "redirect", label: "Redirect to URL" },
  { value: "fixed-response", label: "Return fixed response" },
] as const;
const CODES = [
  { value: "HTTP_301", label: "301 - Permanently moved" },
  { value: "HTTP_302", label: "302 - Found" },
];
const CONTENT_TYPES = ["text/plain", "text/html", "text/css", "application/javascript", "application/json"];
const CONTENT_OPTIONS = CONTENT_TYPES.map((value) => ({ value, label: value }));

export function ActionFields({ action, set }: ActionFieldsProps) {
  return (
    <Container header={<Header variant="h2">Actions</Header>}>
      <SpaceBetween size="l">
        <FormField label="Action type" stretch>
          <Tiles
            value={action.type}
            items={[...TYPES]}
            onChange={({ detail }) =>
              set({ type: TYPES.find(({ value }) => value === detail.value)?.value ?? "forward" })
            }
          />
        </FormField>
        {action.type === "forward" && <ForwardFields action={action} set={set} />}
        {action.type === "redirect" && <RedirectFields action={action} set={set} />}
        {action.type === "fixed-response" && <FixedFields action={action} set={set} />}
      </SpaceBetween>
    </Container>
  );
}

function RedirectFields({ action, set }: ActionFieldsProps) {
  const text = (name: "protocol" | "host" | "port" | "path" | "query", label: string, constraint?: string) => (
    <FormField label={label} constraintText={constraint}>
      <Input value={action[name]} onChange={({ detail }) => set({ [name]: detail.value })} spellcheck={false} />
    </FormField>
  );
  return (
    <SpaceBetween size="m">
      {text("protocol", "Protocol", "HTTP, HTTPS or #{protocol} for the request's own")}
      {text("host", "Host", "#{host} for the request's own")}
      {text("port", "Port", "1-65535 or #{port}")}
      {text("path", "Path", "Begins with a slash; #{path} for the request's own")}
      {text("query", "Query", "Without the question mark; #{query} for the request's own")}
      <FormField label="Status code">
        <Select
          selectedOption={CODES.find(({ value }) => value === action.redirectCode) ?? null}
          options={CODES}
          onChange={({ detail }) => set({ redirectCode: detail.selectedOption.value ?? "HTTP_302" })}
        />
      </FormField>
    </SpaceBetween>
  );
}

function FixedFields({ action, set }: ActionFieldsProps) {
  return (
    <SpaceBetween size="m">
      <FormField label="Response code" constraintText="2xx, 4xx or 5xx">
        <Input
          value={action.fixedCode}
          inputMode="numeric"
          onChange={({ detail }) => set({ fixedCode: detail.value })}
        />
      </FormField>
      <FormField label="Content type">
        <Select
          selectedOption={{ value: action.contentType, label: action.contentType }}
          options={CONTENT_OPTIONS}
          onChange={({ detail }) => set({ contentType: detail.selectedOption.value ?? "text/plain" })}
        />
      </FormField>
      <FormField label="Response body" constraintText="Up to 1024 characters">
        <Textarea value={action.body} onChange={({ detail }) => set({ body: detail.value })} />
      </FormField>
    </SpaceBetween>
  );
}
