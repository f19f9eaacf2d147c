/** A certificate and its chain in PEM, to copy. Its private key is shown nowhere. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Copyable } from "../commands/copyable";

export function PemView({ body, chain }: { body: string; chain: string }) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Certificate body</Header>}>
        <Copyable text={body.trim()} label="Copy certificate body" />
      </Container>
      <Container
        header={
          <Header variant="h2" description="What certifies it, each certificate the one before.">
            Certificate chain
          </Header>
        }
      >
        {chain.trim() ? <Copyable text={chain.trim()} label="Copy certificate chain" /> : "It has none."}
      </Container>
    </SpaceBetween>
  );
}
