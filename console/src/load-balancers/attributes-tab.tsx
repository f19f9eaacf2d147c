/** The attributes of a load balancer, to read. */
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { LOAD_BALANCER_SECTIONS } from "../attributes/load-balancer-words";
import { SectionsToRead } from "../attributes/sections";
import { Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import { go } from "../routing/route";
import { editHref } from "./balancer";
import { loadBalancerValues } from "./questions";

export function AttributesTab({ arn }: { arn: string }) {
  const { value: values, error } = useAnswer(`attributes ${arn}`, () => loadBalancerValues(arn));
  const edit = <Button onClick={() => go(editHref(arn))}>Edit</Button>;
  return (
    <SpaceBetween size="l">
      <Problem error={error} />
      {!values && !error && <Loading />}
      {values && (
        <Container header={<Header actions={edit}>Attributes</Header>}>
          <SpaceBetween size="l">
            <SectionsToRead sections={LOAD_BALANCER_SECTIONS} values={values} />
          </SpaceBetween>
        </Container>
      )}
    </SpaceBetween>
  );
}
