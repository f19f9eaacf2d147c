/** The attributes of a target group, to read. */
import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { summary } from "../attributes/stickiness";
import { SectionsToRead } from "../attributes/sections";
import { TARGET_GROUP_SECTIONS } from "../attributes/target-group-words";
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
            <SectionsToRead sections={TARGET_GROUP_SECTIONS} values={values} />
          </SpaceBetween>
        </Container>
      )}
    </SpaceBetween>
  );
}
