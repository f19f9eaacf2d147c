/** A certificate and its chain in PEM, to copy. Its private key is shown nowhere. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Copyable } from "../commands/copyable";
import { Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import { pemOf } from "./questions";

export function ChainTab({ arn }: { arn: string }) {
  const { value: pem, error } = useAnswer(`pem ${arn}`, () => pemOf(arn));
  if (!pem) return error ? <Problem error={error} /> : <Loading />;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Certificate body</Header>}>
        <Copyable text={pem.body.trim()} label="Copy certificate body" />
      </Container>
      <Container
        header={
          <Header variant="h2" description="What certifies it, each certificate the one before.">
            Certificate chain
          </Header>
        }
      >
        {pem.chain.trim() ? <Copyable text={pem.chain.trim()} label="Copy certificate chain" /> : "It has none."}
      </Container>
    </SpaceBetween>
  );
}
