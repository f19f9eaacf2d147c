/** The map of a load balancer: listeners, rules, target groups and targets side by side, with lines between them. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Empty } from "../frame/empty";
import { Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
import { PLACE } from "../load-balancers/balancer";
import { useAnswer } from "../live/use-answer";
import { href } from "../routing/route";
import { MapColumns } from "./map-columns";
import { mapOf } from "./questions";
import { leadingTo, resourceMap } from "./resource-map";

const VIEWS = [
  { id: "all", text: "Overview" },
  { id: "unhealthy", text: "Unhealthy target map" },
];
/** States of targets that get no requests though they should. */
const UNHEALTHY = ["unhealthy", "unhealthy.draining", "unavailable"];

export function MapTab({ arn }: { arn: string }) {
  const { value: known, error } = useAnswer(`map ${arn}`, () => mapOf(arn));
  const [view, setView] = useState("all");
  const all = known && resourceMap(known);
  const map = all && view === "unhealthy" ? leadingTo(all, UNHEALTHY) : all;
  const isEmpty = map?.columns.every(({ nodes }) => nodes.length === 0);
  const header = (
    <Header
      description="Where requests go. Point at something, or move to it by the keyboard, to see what leads there."
      actions={
        <SegmentedControl
          label="Part of the map"
          selectedId={view}
          options={VIEWS}
          onChange={({ detail }) => setView(detail.selectedId)}
        />
      }
    >
      Resource map
    </Header>
  );
  return (
    <Container header={header}>
      <SpaceBetween size="l">
        <Problem error={error} />
        {!map && !error && <Loading />}
        {map && !isEmpty && <MapColumns map={map} />}
        {isEmpty && view === "unhealthy" && <Box textAlign="center">No target is unhealthy.</Box>}
        {isEmpty && view === "all" && <NoListeners arn={arn} />}
      </SpaceBetween>
    </Container>
  );
}

function NoListeners({ arn }: { arn: string }) {
  const input = {
    LoadBalancerArn: arn,
    Protocol: "HTTP",
    Port: 80,
    DefaultActions: [{ Type: "forward", TargetGroupArn: "TARGET-GROUP-ARN" }],
  };
  return (
    <Empty
      title="Nothing to show yet"
      text="The map begins with listeners. Add one here, or by aws-cli:"
      operation={{ service: "elbv2", name: "create-listener", input }}
    >
      <Button href={href([PLACE, arn, "add-listener"])}>Add listener</Button>
    </Empty>
  );
}
