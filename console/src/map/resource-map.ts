/** What leads where: the listeners, rules, target groups and targets of a load balancer, and the steps between them. */
import type { Listener, Rule, TargetGroup, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { actionLines } from "../listeners/action-text";
import { listenerHref, listenerName } from "../listeners/places";
import { conditionText } from "../listeners/typed-condition";
import { nameOf } from "../metrics/series";
import type { Sessions } from "../sessions/sessions";
import { countStates, groupHref, protocolOf, targetTypeOf } from "../target-groups/group";

/** What the API tells of a load balancer. */
export interface Known {
  listeners: { listener: Listener; rules: Rule[] }[];
  groups: GroupKnown[];
}

export interface GroupKnown {
  group: TargetGroup;
  health: TargetHealthDescription[];
  /** What lives on its targets and comes to them, if that is known. */
  load?: Sessions | undefined;
}

export interface Node {
  id: string;
  title: string;
  /** What it belongs to, for who cannot see the lines. */
  of?: string;
  href?: string;
  lines: string[];
  /** Of a target. */
  state?: string;
}

export interface ResourceMap {
  columns: { title: string; nodes: Node[] }[];
  /** From id to id, always to the next column. */
  steps: [string, string][];
}

/** Targets of one group that are shown one by one. */
const MOST_TARGETS = 20;

export function resourceMap({ listeners, groups }: Known): ResourceMap {
  const steps: [string, string][] = [];
  const columns = [
    { title: "Listeners", nodes: listeners.map(({ listener }) => listenerNode(listener)) },
    {
      title: "Rules",
      nodes: listeners.flatMap(({ listener, rules }) => rules.map((rule) => ruleNode(listener, rule))),
    },
    { title: "Target groups", nodes: groups.map(groupNode) },
    { title: "Targets", nodes: groups.flatMap(targetNodes) },
  ];
  for (const { listener, rules } of listeners)
    for (const rule of rules) {
      steps.push([listener.ListenerArn ?? "", rule.RuleArn ?? ""]);
      for (const group of groupsOf(rule)) steps.push([rule.RuleArn ?? "", group]);
    }
  for (const known of groups)
    for (const { id } of targetNodes(known)) steps.push([known.group.TargetGroupArn ?? "", id]);
  return { columns, steps };
}

/** The map without what does not lead to a target in one of `states`. */
export function leadingTo(map: ResourceMap, states: readonly string[]): ResourceMap {
  const targets = map.columns.at(-1)?.nodes ?? [];
  const wanted = targets.filter(({ state }) => state !== undefined && states.includes(state)).map(({ id }) => id);
  const kept = new Set(wanted.flatMap((id) => [...before(map, id)]));
  return {
    columns: map.columns.map(({ title, nodes }) => ({ title, nodes: nodes.filter(({ id }) => kept.has(id)) })),
    steps: map.steps.filter(([from, to]) => kept.has(from) && kept.has(to)),
  };
}

/** Everything that leads to a node or that it leads to, and itself. */
export function related(map: ResourceMap, id: string): Set<string> {
  return new Set([...before(map, id), ...reached(id, map.steps)]);
}

/** The groups that a rule forwards to. */
export function groupsOf({ Actions }: Rule): string[] {
  return actionLines(Actions).flatMap(({ group }) => (group ? [group] : []));
}

function before({ steps }: ResourceMap, id: string): Set<string> {
  return reached(
    id,
    steps.map(([from, to]) => [to, from]),
  );
}

function reached(id: string, steps: [string, string][]): Set<string> {
  const found = new Set([id]);
  // What is added meanwhile is looked at, too.
  for (const node of found) for (const [from, to] of steps) if (from === node) found.add(to);
  return found;
}

function listenerNode(listener: Listener): Node {
  const { ListenerArn = "" } = listener;
  return { id: ListenerArn, title: listenerName(listener), href: listenerHref(ListenerArn), lines: [] };
}

function ruleNode(listener: Listener, { RuleArn = "", IsDefault, Priority, Conditions, Actions }: Rule): Node {
  return {
    id: RuleArn,
    title: IsDefault ? "Default" : `Priority ${Priority ?? "-"}`,
    of: listenerName(listener),
    href: listenerHref(listener.ListenerArn ?? ""),
    lines: [...(Conditions ?? []).map(conditionText), ...actionLines(Actions).map(({ text }) => text)],
  };
}

function groupNode({ group, health, load }: GroupKnown): Node {
  const { TargetGroupArn = "", TargetGroupName = "" } = group;
  const counts = [...countStates(health)].map(([state, count]) => `${count} ${state}`);
  return {
    id: TargetGroupArn,
    title: TargetGroupName,
    href: groupHref(TargetGroupArn, "targets"),
    lines: [
      `${targetTypeOf(group)}, ${protocolOf(group)}`,
      counts.join(", ") || "No targets",
      ...(load ? [loadText(sum(load.targets.map(({ requests }) => requests)), load.sessions, load)] : []),
    ],
  };
}

function targetNodes({ group: { TargetGroupArn = "", TargetGroupName = "" }, health, load }: GroupKnown) {
  const href = groupHref(TargetGroupArn, "targets");
  const nodes = health.slice(0, MOST_TARGETS).map(({ Target, TargetHealth }): Node => {
    const name = Target?.Port === undefined ? (Target?.Id ?? "-") : `${Target.Id ?? "-"}:${Target.Port}`;
    const own = load?.targets.find((target) => nameOf(target) === name);
    return {
      id: `${TargetGroupArn} ${name}`,
      title: name,
      of: TargetGroupName,
      href,
      lines: [
        ...(TargetHealth?.Description ? [TargetHealth.Description] : []),
        ...(load && own ? [loadText(own.requests, own.sessions, load)] : []),
      ],
      state: TargetHealth?.State ?? "unused",
    };
  });
  const more = health.length - nodes.length;
  if (more <= 0) return nodes;
  return [...nodes, { id: `${TargetGroupArn} more`, title: `${more} more`, of: TargetGroupName, href, lines: [] }];
}

/** What comes and lives there: `2.5 requests/s, 40 sessions`. */
export function loadText(requests: number, sessions: number, { requestSeconds }: { requestSeconds: number }): string {
  const rate = requests / Math.max(1, requestSeconds);
  const shown = rate.toLocaleString("en-US", { maximumFractionDigits: rate < 10 ? 1 : 0 });
  return `${shown} requests/s, ${sessions.toLocaleString("en-US")} ${sessions === 1 ? "session" : "sessions"}`;
}

function sum(numbers: number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
