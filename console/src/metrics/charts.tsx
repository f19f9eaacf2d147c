/** Charts side by side, over a time that can be chosen. */
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import type { Metrics } from "./metrics";
import type { Chart } from "./series";
import { TimeChart } from "./time-chart";

const RANGES = [
  { id: "15", text: "15 min" },
  { id: "60", text: "1 h" },
  { id: "180", text: "3 h" },
  { id: "1440", text: "24 h" },
];
const MINUTE_MS = 60_000;
const HALF = { default: 12, xs: 6 };

interface ChartsProps<Sample> {
  title: string;
  description?: string;
  /** Of what; other charts have another one. */
  name: string;
  ask: (minutes: number) => Promise<Metrics<Sample>>;
  charts: (samples: Sample[]) => Chart[];
}

export function Charts<Sample>({ title, description, name, ask, charts }: ChartsProps<Sample>) {
  const [minutes, setMinutes] = useState("15");
  const answer = useAnswer(`metrics ${name} ${minutes}`, async () => {
    const metrics = await ask(Number(minutes));
    return { metrics, until: new Date() };
  });
  const shown = answer.value;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h2"
        description={description}
        actions={
          <SegmentedControl
            label="Time range"
            selectedId={minutes}
            options={RANGES}
            onChange={({ detail }) => setMinutes(detail.selectedId)}
          />
        }
      >
        {title}
      </Header>
      <Problem error={answer.error} />
      {answer.isLoading && <Loading />}
      {shown && (
        <Grid gridDefinition={charts(shown.metrics.samples).map(() => ({ colspan: HALF }))}>
          {charts(shown.metrics.samples).map((chart) => (
            <TimeChart
              key={chart.title}
              {...chart}
              range={[new Date(shown.until.getTime() - Number(minutes) * MINUTE_MS), shown.until]}
            />
          ))}
        </Grid>
      )}
    </SpaceBetween>
  );
}
