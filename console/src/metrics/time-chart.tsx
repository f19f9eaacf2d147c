/** Lines over time. */
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Container from "@cloudscape-design/components/container";
import LineChart from "@cloudscape-design/components/line-chart";
import type { Chart, Unit } from "./series";

const HEIGHT_PX = 180;

const UNITS: Record<Unit, (value: number) => string> = {
  count: (value) => value.toLocaleString(),
  milliseconds: (value) => `${value.toLocaleString()} ms`,
  bytes: (value) => `${value.toLocaleString()} B`,
  ratio: (value) => value.toLocaleString(undefined, { maximumFractionDigits: 2 }),
};

interface TimeChartProps extends Chart {
  /** The time that is shown. */
  range: [Date, Date];
}

export function TimeChart({ title, unit, lines, range }: TimeChartProps) {
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value));
  return (
    <Container header={<Header variant="h3">{title}</Header>}>
      <LineChart
        ariaLabel={title}
        height={HEIGHT_PX}
        hideFilter
        xScaleType="time"
        xDomain={range}
        yDomain={[0, Math.max(1, ...values)]}
        series={lines.map((it) => ({
          title: it.title,
          type: "line" as const,
          data: it.points.map(({ at, value }) => ({ x: at, y: value })),
          valueFormatter: UNITS[unit],
        }))}
        xTickFormatter={(at) => at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" })}
        yTickFormatter={UNITS[unit]}
        i18nStrings={{
          chartAriaRoleDescription: "line chart",
          xAxisAriaRoleDescription: "time",
          yAxisAriaRoleDescription: unit,
        }}
        statusType="finished"
        empty={<Nothing />}
        noMatch={<Nothing />}
      />
    </Container>
  );
}

function Nothing() {
  return (
    <Box textAlign="center" color="inherit">
      Nothing was counted in this time.
    </Box>
  );
}
