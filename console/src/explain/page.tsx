/** Explain: paste a cookie or a request, and see what becomes of it. */
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { type SyntheticEvent, useState } from "react";
import { Equivalent } from "../commands/equivalent";
import { Frame } from "../frame/frame";
import { Problem, Refusal } from "../frame/problem";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { allBalancers, entrancesOf } from "./entrances";
import { type Entrance, type Explanation, explain, questionOf } from "./explain";
import { Told } from "./told";

export default function ExplainPage({ query }: PageProps) {
  const [balancer, setBalancer] = useState(query["balancer"]);
  const [port, setPort] = useState(query["port"]);
  const balancers = useAnswer("balancers", allBalancers);
  const chosen = balancers.value?.find(
    ({ id, name }) => balancer === undefined || id === balancer || name === balancer,
  );
  const entrances = useAnswer(`entrances ${chosen?.id ?? ""}`, () =>
    chosen ? entrancesOf(chosen) : Promise.resolve([]),
  );
  const entrance =
    entrances.value?.find((it) => port === undefined || String(it.port) === port) ?? entrances.value?.[0];
  const content = (
    <ContentLayout
      header={
        <Header variant="h1" description="Told by the code that decides about requests. Nothing is sent to a target.">
          Why did it not stick?
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Problem error={balancers.error ?? entrances.error} />
        <Container header={<Header variant="h2">Where the request comes in</Header>}>
          <SpaceBetween size="l">
            <FormField label="Load balancer">
              <Select
                placeholder="Choose a load balancer"
                empty="There is none yet: create a load balancer first."
                selectedOption={chosen ? { value: chosen.id, label: chosen.name } : null}
                options={(balancers.value ?? []).map(({ id, name, type }) => ({
                  value: id,
                  label: name,
                  description: type,
                }))}
                onChange={({ detail }) => {
                  setBalancer(detail.selectedOption.value);
                  setPort(undefined);
                }}
              />
            </FormField>
            <FormField label="Listener port">
              <Select
                placeholder="Choose a listener"
                empty="It has no listener that knows cookies."
                selectedOption={entrance ? { value: String(entrance.port), label: String(entrance.port) } : null}
                options={(entrances.value ?? []).map((it) => ({ value: String(it.port), label: String(it.port) }))}
                onChange={({ detail }) => setPort(detail.selectedOption.value)}
              />
            </FormField>
          </SpaceBetween>
        </Container>
        {entrance && <Asking key={`${entrance.balancer} ${entrance.port}`} entrance={entrance} />}
      </SpaceBetween>
    </ContentLayout>
  );
  return <Frame title="Explain" breadcrumbs={[]} content={content} />;
}

function Asking({ entrance }: { entrance: Entrance }) {
  const [pasted, setPasted] = useState("");
  const [path, setPath] = useState("/");
  const [told, setTold] = useState<Explanation>();
  const { isRunning, error, run } = useChange();
  const question = explain(entrance, questionOf(pasted, path));
  const ask = async (event: SyntheticEvent) => {
    event.preventDefault();
    setTold(undefined);
    await run(async () => setTold(await question.send()));
  };
  return (
    <form onSubmit={(event) => void ask(event)}>
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">Request</Header>}>
          <SpaceBetween size="l">
            <FormField
              label="Cookie or whole request"
              description="As your browser or curl -v shows it, or as a command of curl. A line with Cookie or Set-Cookie is enough."
              stretch
            >
              <Textarea
                rows={6}
                value={pasted}
                spellcheck={false}
                placeholder="AWSALB=…"
                onChange={({ detail }) => setPasted(detail.value)}
              />
            </FormField>
            <FormField label="Path" description="Of a cookie alone; a whole request has its own.">
              <Input value={path} spellcheck={false} onChange={({ detail }) => setPath(detail.value)} />
            </FormField>
            <Button variant="primary" formAction="submit" loading={isRunning}>
              Explain
            </Button>
          </SpaceBetween>
        </Container>
        <Refusal error={error} />
        {told && <Told told={told} />}
        <Equivalent operations={[question]} />
      </SpaceBetween>
    </form>
  );
}
