/** The attributes of a listener, to read. */
import type { Listener } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { listenerSections } from "../attributes/listener-words";
import { SectionsToRead } from "../attributes/sections";
import { Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import { go } from "../routing/route";
import { editListenerAttributesHref } from "./places";
import { listenerValues } from "./questions";

export function AttributesTab({ listener }: { listener: Listener }) {
  const arn = listener.ListenerArn ?? "";
  const { value: values, error } = useAnswer(`attributes ${arn}`, () => listenerValues(arn));
  const edit = <Button onClick={() => go(editListenerAttributesHref(arn))}>Edit</Button>;
  return (
    <SpaceBetween size="l">
      <Problem error={error} />
      {!values && !error && <Loading />}
      {values && (
        <Container header={<Header actions={edit}>Attributes</Header>}>
          <SectionsToRead sections={listenerSections(listener.Protocol)} values={values} />
        </Container>
      )}
    </SpaceBetween>
  );
}
