/** One load balancer. */
import { DetailsPage } from "../frame/details-page";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go, goInstead } from "../routing/route";
import { ACTIONS, balancerHref, CRUMB, editHref, nameIn } from "./balancer";
import { BalancerDetails } from "./balancer-details";
import { BalancerTabs } from "./balancer-tabs";
import { DeleteLoadBalancer } from "./delete";
import { loadBalancer } from "./questions";

export default function LoadBalancerDetails({ parameters, query }: PageProps) {
  const arn = parameters["arn"] ?? "";
  return (
    <DetailsPage
      title={nameIn(arn)}
      breadcrumbs={[CRUMB]}
      answer={useAnswer(`load-balancer ${arn}`, () => loadBalancer(arn))}
      actions={ACTIONS}
      onAction={() => go(editHref(arn))}
      summary={(balancer) => <BalancerDetails balancer={balancer} />}
      tabs={(balancer) => (
        <BalancerTabs balancer={balancer} tab={query["tab"]} onTab={(tab) => goInstead(balancerHref(arn, tab))} />
      )}
      deleting={(balancer, close) => (
        <DeleteLoadBalancer balancer={balancer} close={close} deleted={() => go(CRUMB.href)} />
      )}
    />
  );
}
