/** The nodes of a map in their columns. The lines are for the eye; what each node belongs to is told in words, too. */
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import { useRef, useState } from "react";
import { Health } from "../target-groups/health";
import { MapLines } from "./map-lines";
import "./map.css";
import { type Node, related, type ResourceMap } from "./resource-map";

export function MapColumns({ map }: { map: ResourceMap }) {
  const [active, setActive] = useState<string>();
  const root = useRef<HTMLDivElement>(null);
  const lit = active === undefined ? undefined : related(map, active);
  return (
    <div className="map" ref={root} onMouseLeave={() => setActive(undefined)}>
      <MapLines root={root} steps={map.steps} lit={lit} />
      {map.columns.map(({ title, nodes }) => (
        <div key={title} className="map-column">
          <Box variant="h3">
            {title} ({nodes.length})
          </Box>
          <ul aria-label={title}>
            {nodes.map((node) => (
              <li key={node.id}>
                <div
                  className={lit?.has(node.id) ? "map-node is-lit" : "map-node"}
                  data-node={node.id}
                  onMouseEnter={() => setActive(node.id)}
                  onFocus={() => setActive(node.id)}
                  onBlur={() => setActive(undefined)}
                >
                  <NodeView node={node} />
                </div>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function NodeView({ node: { title, of, href, lines, state } }: { node: Node }) {
  return (
    <>
      <Box fontWeight="bold">{href ? <Link href={href}>{title}</Link> : title}</Box>
      {of && (
        <div className="map-of">
          <Box fontSize="body-s">of {of}</Box>
        </div>
      )}
      {state && <Health state={state} />}
      {lines.map((line) => (
        <Box key={line} fontSize="body-s">
          {line}
        </Box>
      ))}
    </>
  );
}
