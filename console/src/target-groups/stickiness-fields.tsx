/** Stickiness in the form of attributes, as AWS's console has it. */
import Alert from "@cloudscape-design/components/alert";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { refusal } from "../attributes/kind";
import { durationKey, durationOf, nameRefusal, secondsOf, UNITS } from "../attributes/stickiness";
import { attribute, STICKINESS } from "../attributes/target-group";
import type { Values } from "../attributes/values";

const UNIT_OPTIONS = UNITS.map(({ unit }) => ({ value: unit, label: unit }));

interface StickinessFieldsProps {
  values: Values;
  set: (changes: Values) => void;
}

export function StickinessFields({ values, set }: StickinessFieldsProps) {
  const isOn = values[STICKINESS.enabled] === "true";
  const isAppCookie = values[STICKINESS.type] === "app_cookie";
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Binds a client's session to one target of the group. To use sticky sessions, the client must support cookies."
        >
          Stickiness
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Checkbox
          checked={isOn}
          onChange={({ detail }) => set({ [STICKINESS.enabled]: String(detail.checked) })}
          description="Requests of a client go to the same target for as long as the session lasts."
        >
          Turn on stickiness
        </Checkbox>
        {isOn && (
          <SpaceBetween size="l">
            <FormField label="Stickiness type" stretch>
              <RadioGroup
                value={values[STICKINESS.type] ?? ""}
                onChange={({ detail }) => set({ [STICKINESS.type]: detail.value })}
                items={[
                  {
                    value: "lb_cookie",
                    label: "Load balancer generated cookie",
                    description: "LB cookie: the load balancer sets a cookie named AWSALB and manages it.",
                  },
                  {
                    value: "app_cookie",
                    label: "Application-based cookie",
                    description:
                      "App cookie: sessions begin with a cookie that your application sets. The load balancer adds its own, named AWSALBAPP.",
                  },
                ]}
              />
            </FormField>
            {/* A duration of the other type may have another unit. */}
            <DurationField key={durationKey(values)} name={durationKey(values)} values={values} set={set} />
            {isAppCookie && (
              <FormField
                label="App cookie name"
                description="The name of the cookie that your application sets for each session."
                constraintText="The prefixes AWSALB, AWSALBAPP and AWSALBTG are reserved."
                errorText={nameRefusal(values)}
              >
                <Input
                  value={values[STICKINESS.appName] ?? ""}
                  onChange={({ detail }) => set({ [STICKINESS.appName]: detail.value })}
                  spellcheck={false}
                />
              </FormField>
            )}
            <Notes values={values} isAppCookie={isAppCookie} />
          </SpaceBetween>
        )}
      </SpaceBetween>
    </Container>
  );
}

function DurationField({ name, values, set }: StickinessFieldsProps & { name: string }) {
  const [typed, setTyped] = useState(() => durationOf(values[name] ?? ""));
  const change = (next: typeof typed) => {
    setTyped(next);
    set({ [name]: secondsOf(next) });
  };
  return (
    <FormField
      label="Stickiness duration"
      description="A client that stays silent for this long may get another target."
      constraintText="1 second - 7 days (604800 seconds)"
      errorText={refusal(attribute(name), values[name] ?? "")}
    >
      <Grid
        gridDefinition={[{ colspan: { default: 6, xs: 4 } }, { colspan: { default: 6, xs: 4 } }]}
        disableGutters={false}
      >
        <Input
          value={typed.number}
          inputMode="numeric"
          ariaLabel="Stickiness duration"
          onChange={({ detail }) => change({ ...typed, number: detail.value })}
        />
        <Select
          selectedOption={{ value: typed.unit, label: typed.unit }}
          options={UNIT_OPTIONS}
          ariaLabel="Unit of the stickiness duration"
          onChange={({ detail }) => {
            const unit = UNITS.find((it) => it.unit === detail.selectedOption.value)?.unit ?? "seconds";
            change({ ...typed, unit });
          }}
        />
      </Grid>
    </FormField>
  );
}

/** What AWS does not allow together with stickiness, where that is asked for. */
function Notes({ values, isAppCookie }: { values: Values; isAppCookie: boolean }) {
  const notes: string[] = [];
  if (values["load_balancing.algorithm.type"] === "weighted_random")
    notes.push("Stickiness cannot be combined with the weighted random algorithm.");
  if (values["load_balancing.cross_zone.enabled"] === "false")
    notes.push("Stickiness is not supported while cross-zone load balancing is off.");
  if (isAppCookie) notes.push("Application-based stickiness does not work with weighted target groups.");
  if (notes.length === 0) return null;
  return <Alert type="info">{notes.join(" ")}</Alert>;
}
