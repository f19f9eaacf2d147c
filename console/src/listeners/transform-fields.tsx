/** The transforms of a rule in a form. */
import Checkbox from "@cloudscape-design/components/checkbox";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { regexError, replaceError, type TypedRewrite, type TypedTransforms } from "./typed-transforms";

interface TransformFieldsProps {
  transforms: TypedTransforms;
  set: (transforms: TypedTransforms) => void;
  /** Whether the user has tried to save; what is only not filled in yet is no error before. */
  isTried: boolean;
}

export function TransformFields({ transforms, set, isTried }: TransformFieldsProps) {
  const { host, url } = transforms;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="What the target gets instead of what the client sent. The rule has been found by then."
        >
          Transforms - optional
        </Header>
      }
    >
      <SpaceBetween size="l">
        <OneRewrite
          what="host header"
          example="^mobile\.(.*)$"
          rewrite={host}
          set={(changed) => set({ url, host: changed })}
          isTried={isTried}
        />
        <OneRewrite
          what="URL"
          description="The path and the query."
          example="^/api/(.*)$"
          rewrite={url}
          set={(changed) => set({ host, url: changed })}
          isTried={isTried}
        />
      </SpaceBetween>
    </Container>
  );
}

interface OneRewriteProps {
  what: string;
  description?: string;
  example: string;
  rewrite: TypedRewrite | undefined;
  set: (rewrite: TypedRewrite | undefined) => void;
  isTried: boolean;
}

function OneRewrite({ what, description, example, rewrite, set, isTried }: OneRewriteProps) {
  return (
    <SpaceBetween size="s">
      <Checkbox
        checked={rewrite !== undefined}
        description={description}
        onChange={({ detail }) => set(detail.checked ? { regex: "", replace: "" } : undefined)}
      >
        Rewrite {what}
      </Checkbox>
      {rewrite && (
        <ColumnLayout columns={2}>
          <FormField
            label={`Regex pattern of the ${what}`}
            constraintText={`Such as ${example}`}
            errorText={isTried || rewrite.regex !== "" ? regexError(rewrite) : null}
          >
            <Input
              value={rewrite.regex}
              onChange={({ detail }) => set({ ...rewrite, regex: detail.value })}
              spellcheck={false}
            />
          </FormField>
          <FormField
            label={`Replacement of the ${what}`}
            constraintText="$1 stands for the first group."
            errorText={replaceError(rewrite)}
          >
            <Input
              value={rewrite.replace}
              onChange={({ detail }) => set({ ...rewrite, replace: detail.value })}
              spellcheck={false}
            />
          </FormField>
        </ColumnLayout>
      )}
    </SpaceBetween>
  );
}
