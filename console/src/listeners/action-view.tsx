/** What the actions of a listener or rule do, with links to target groups. */
import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import Link from "@cloudscape-design/components/link";
import { groupHref } from "../target-groups/group";
import { actionLines } from "./action-text";

export function ActionView({ actions }: { actions: Action[] | undefined }) {
  const isForward = actions?.some(({ Type }) => Type === "forward") ?? false;
  return (
    <div>
      {isForward && <div>Forward to target group</div>}
      {actionLines(actions).map(({ text, group }) => (
        <div key={text}>{group ? <Link href={groupHref(group)}>{text}</Link> : text}</div>
      ))}
    </div>
  );
}
