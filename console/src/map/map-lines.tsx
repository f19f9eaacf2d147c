/** The lines between the nodes of a map, drawn behind them. */
import { type RefObject, useEffect, useState } from "react";

interface MapLinesProps {
  /** What holds the nodes, each with its id in `data-node`. */
  root: RefObject<HTMLDivElement | null>;
  steps: [string, string][];
  /** Nodes whose lines stand out. */
  lit: Set<string> | undefined;
}

interface Line {
  from: string;
  to: string;
  path: string;
}

export function MapLines({ root, steps, lit }: MapLinesProps) {
  const [lines, setLines] = useState<Line[]>([]);
  const key = JSON.stringify(steps);
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    // Called at once, too. Nodes grow and shrink with what they say.
    const observer = new ResizeObserver(() => setLines(measured(element, JSON.parse(key) as [string, string][])));
    observer.observe(element);
    for (const node of nodesOf(element).values()) observer.observe(node);
    return () => observer.disconnect();
  }, [root, key]);
  return (
    <svg className="map-lines" aria-hidden="true">
      {lines.map(({ from, to, path }) => (
        <path key={`${from} ${to}`} d={path} className={lit?.has(from) && lit.has(to) ? "is-lit" : ""} />
      ))}
    </svg>
  );
}

function measured(root: HTMLElement, steps: [string, string][]): Line[] {
  const { left, top } = root.getBoundingClientRect();
  const nodes = nodesOf(root);
  return steps.flatMap(([from, to]) => {
    const [start, end] = [nodes.get(from)?.getBoundingClientRect(), nodes.get(to)?.getBoundingClientRect()];
    if (!start || !end) return [];
    const [x1, y1] = [start.right - left, start.top + start.height / 2 - top];
    const [x2, y2] = [end.left - left, end.top + end.height / 2 - top];
    const middle = (x1 + x2) / 2;
    return [{ from, to, path: `M ${x1} ${y1} C ${middle} ${y1}, ${middle} ${y2}, ${x2} ${y2}` }];
  });
}

function nodesOf(root: HTMLElement): Map<string, HTMLElement> {
  const elements = [...root.querySelectorAll<HTMLElement>("[data-node]")];
  return new Map(elements.map((element) => [element.dataset["node"] ?? "", element]));
}
