/** The attributes of a target group, to read. */
import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { summary } from "../attributes/stickiness";
import { SECTIONS, type Words } from "../attributes/words";
import { Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import { go } from "../routing/route";
import { editHref } from "./group";
import { targetGroupValues } from "./questions";

export function AttributesTab({ group }: { group: TargetGroup }) {
  const arn = group.TargetGroupArn ?? "";
  const { value: values, error } = useAnswer(`attributes ${arn}`, () => targetGroupValues(arn));
  const edit = <Button onClick={() => go(editHref(arn, "edit-attributes"))}>Edit</Button>;
  return (
    <SpaceBetween size="l">
      <Problem error={error} />
      {!values && !error && <Loading />}
      {values && (
        <Container header={<Header actions={edit}>Attributes</Header>}>
          <SpaceBetween size="l">
            <KeyValuePairs items={[{ label: "Stickiness", value: summary(values) }]} />
            {SECTIONS.map(({ title, fields }) => (
              <SpaceBetween key={title} size="s">
                <Header variant="h3">{title}</Header>
                <KeyValuePairs
                  columns={3}
                  items={Object.entries(fields).map(([key, words]) => ({
                    label: words.label,
                    value: shown(words, values[key] ?? ""),
                  }))}
                />
              </SpaceBetween>
            ))}
          </SpaceBetween>
        </Container>
      )}
    </SpaceBetween>
  );
}

/** A value in words. */
function shown({ values, unit }: Words, value: string): string {
  if (value === "") return "-";
  const named = values?.[value]?.label;
  if (named) return named;
  if (value === "true") return "On";
  if (value === "false" || value === "off") return "Off";
  return unit ? `${value} ${unit}` : value;
}
