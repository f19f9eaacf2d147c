/** All load balancers. */
import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { Empty } from "../frame/empty";
import { ResourceList, select } from "../frame/resource-list";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { ACTIONS, editHref, PLACE } from "./balancer";
import { BalancerTabs } from "./balancer-tabs";
import { COLUMNS, HIDDEN_COLUMNS } from "./columns";
import { DeleteLoadBalancer } from "./delete";
import { allLoadBalancers } from "./questions";

const EXAMPLE = { Name: "shop", Subnets: ["subnet-a", "subnet-b"] };

export default function LoadBalancers({ query }: PageProps) {
  const answer = useAnswer(PLACE, allLoadBalancers);
  const [deleting, setDeleting] = useState<LoadBalancer>();
  return (
    <ResourceList<LoadBalancer>
      title="Load balancers"
      noun="load balancer"
      place={PLACE}
      answer={answer}
      idOf={({ LoadBalancerArn = "" }) => LoadBalancerArn}
      nameOf={({ LoadBalancerName = "" }) => LoadBalancerName}
      columns={COLUMNS}
      hiddenColumns={HIDDEN_COLUMNS}
      selectedId={query["selected"]}
      actions={ACTIONS}
      onAction={(action, balancer) => {
        if (action === "edit-attributes") go(editHref(balancer.LoadBalancerArn ?? ""));
        else setDeleting(balancer);
      }}
      createText="Create load balancer"
      empty={
        <Empty
          title="No load balancers"
          text="A load balancer takes the requests of its listeners to target groups. Create one here, or by aws-cli:"
          operation={{ service: "elbv2", name: "create-load-balancer", input: EXAMPLE }}
        >
          <Button onClick={() => go(`#/${PLACE}/create`)}>Create load balancer</Button>
        </Empty>
      }
      panel={(balancer) => <BalancerTabs key={balancer.LoadBalancerArn} balancer={balancer} withDetails />}
    >
      {deleting && (
        <DeleteLoadBalancer balancer={deleting} close={() => setDeleting(undefined)} deleted={() => select(PLACE)} />
      )}
    </ResourceList>
  );
}
