/** All load balancers, of both kinds. */
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { classicHref } from "../classic/classic";
import { DeleteClassic } from "../classic/delete";
import { ClassicTabs } from "../classic/tabs";
import { Empty } from "../frame/empty";
import { ResourceList, select } from "../frame/resource-list";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { ACTIONS, CREATE, editHref, PLACE } from "./balancer";
import { BalancerTabs } from "./balancer-tabs";
import { COLUMNS, HIDDEN_COLUMNS } from "./columns";
import { DeleteLoadBalancer } from "./delete";
import { allListed, type Listed } from "./listed";

const EXAMPLE = { Name: "shop", Subnets: ["subnet-a", "subnet-b"] };

export default function LoadBalancers({ query }: PageProps) {
  const answer = useAnswer(PLACE, allListed);
  const [deleting, setDeleting] = useState<Listed>();
  return (
    <ResourceList<Listed>
      title="Load balancers"
      noun="load balancer"
      place={PLACE}
      answer={answer}
      idOf={({ id }) => id}
      nameOf={({ name }) => name}
      columns={COLUMNS}
      hiddenColumns={HIDDEN_COLUMNS}
      selectedId={query["selected"]}
      actions={ACTIONS}
      onAction={(action, listed) => {
        if (action === "delete") setDeleting(listed);
        else go(listed.type === "application" ? editHref(listed.id) : classicHref(listed.name, "attributes"));
      }}
      createText="Create load balancer"
      createChoices={CREATE}
      empty={
        <Empty
          title="No load balancers"
          text="A load balancer takes the requests of its listeners to target groups. Create one here, or by aws-cli:"
          operation={{ service: "elbv2", name: "create-load-balancer", input: EXAMPLE }}
        >
          <Button href={`#/${PLACE}/create`}>Create load balancer</Button>
        </Empty>
      }
      panel={(listed) => <Panel key={listed.id} listed={listed} />}
    >
      {deleting && <Delete listed={deleting} close={() => setDeleting(undefined)} />}
    </ResourceList>
  );
}

function Panel({ listed }: { listed: Listed }) {
  if (listed.type === "classic") return <ClassicTabs balancer={listed.balancer} withDetails />;
  return <BalancerTabs balancer={listed.balancer} withDetails />;
}

function Delete({ listed, close }: { listed: Listed; close: () => void }) {
  const deleted = () => select(PLACE);
  if (listed.type === "classic") return <DeleteClassic name={listed.name} close={close} deleted={deleted} />;
  return <DeleteLoadBalancer balancer={listed.balancer} close={close} deleted={deleted} />;
}
