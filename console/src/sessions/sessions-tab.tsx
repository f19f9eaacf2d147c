/** The tab Sessions: where sessions live, how evenly, and what happens to stickiness. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { fromNow } from "../frame/moment";
import { Problem } from "../frame/problem";
import { allKeys } from "../keys/keys";
import { useAnswer } from "../live/use-answer";
import { Charts } from "../metrics/charts";
import { groupMetrics, type Place } from "../metrics/metrics";
import { nameOf, sessionCharts } from "../metrics/series";
import { Bar } from "./bar";
import { imbalanceText, type Sessions, sessionsOf, type TargetSessions } from "./sessions";

interface SessionsTabProps {
  place: Place;
  /** Where a request can be explained. */
  explainHref: string;
}

export function SessionsTab({ place, explainHref }: SessionsTabProps) {
  const { value: told, error, isLoading } = useAnswer(`sessions ${place.join("/")}`, () => sessionsOf(place));
  return (
    <SpaceBetween size="l">
      <Problem error={error} />
      <Summary told={told} explainHref={explainHref} />
      <Table<TargetSessions>
        items={told?.targets ?? []}
        loading={isLoading}
        loadingText="Loading sessions"
        trackBy={nameOf}
        columnDefinitions={columns(told)}
        header={<Header counter={told && `(${told.targets.length})`}>Targets</Header>}
        ariaLabels={{ tableLabel: "Sessions by target" }}
        empty={
          <Box textAlign="center" color="inherit">
            No target is registered.
          </Box>
        }
      />
      <Charts
        title="Stickiness over time"
        name={`sessions ${place.join("/")}`}
        ask={(minutes) => groupMetrics(place, minutes)}
        charts={sessionCharts}
      />
    </SpaceBetween>
  );
}

function Summary({ told, explainHref }: { told: Sessions | undefined; explainHref: string }) {
  const keys = useAnswer("keys", allKeys).value;
  const issuing = keys?.generations.find(({ purpose }) => purpose === "issuing");
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Estimates by sketches of fixed size, within 3 % nearly always: there is no table of sessions."
          actions={<Button href={explainHref}>Why did it not stick?</Button>}
        >
          Live sessions
        </Header>
      }
    >
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Sessions", value: told?.sessions.toLocaleString() ?? "-" },
          { label: "On draining targets", value: told?.sessionsOnDrainingTargets.toLocaleString() ?? "-" },
          { label: "Imbalance, most by mean", value: imbalanceText(told?.sessionImbalance) },
          {
            label: "Key in use",
            value: issuing ? `${issuing.keyId}, made ${fromNow(issuing.created, new Date())}` : "-",
          },
        ]}
      />
    </Container>
  );
}

function columns(told: Sessions | undefined): TableProps.ColumnDefinition<TargetSessions>[] {
  const bar = (of: "sessions" | "requests", what: string) => (target: TargetSessions) => (
    <Bar
      label={`${what} of ${nameOf(target)}`}
      count={target[of]}
      most={Math.max(0, ...(told?.targets.map((it) => it[of]) ?? []))}
    />
  );
  return [
    { id: "target", header: "Target", isRowHeader: true, cell: nameOf },
    { id: "state", header: "Health status", cell: ({ state, reason }) => (reason ? `${state} (${reason})` : state) },
    { id: "sessions", header: "Sessions", cell: bar("sessions", "Sessions") },
    { id: "requests", header: `Requests in ${told?.requestSeconds ?? 60} s`, cell: bar("requests", "Requests") },
  ];
}
