/** What the pages ask the API about a listener and its rules. */
import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  type Listener,
  type Rule,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { send } from "../api/client";

/** Rules of one question. */
const PAGE_SIZE = 400;

export async function listenerOf(arn: string): Promise<Listener> {
  const { Listeners } = await send(new DescribeListenersCommand({ ListenerArns: [arn] }));
  return Listeners?.[0] ?? {};
}

/** In the order in which they are looked at; the default is the last. */
export async function rulesOf(arn: string): Promise<Rule[]> {
  const rules: Rule[] = [];
  let Marker: string | undefined;
  do {
    const page = await send(new DescribeRulesCommand({ ListenerArn: arn, PageSize: PAGE_SIZE, Marker }));
    rules.push(...(page.Rules ?? []));
    Marker = page.NextMarker;
  } while (Marker);
  return rules.toSorted((a, b) => order(a) - order(b));
}

function order({ Priority = "" }: Rule): number {
  return Priority === "default" ? Infinity : Number(Priority);
}
