/** One Classic Load Balancer. */
import { DetailsPage } from "../frame/details-page";
import { useAnswer } from "../live/use-answer";
import { CRUMB } from "../load-balancers/balancer";
import type { PageProps } from "../pages";
import { go, goInstead } from "../routing/route";
import { classicHref } from "./classic";
import { DeleteClassic } from "./delete";
import { classicOf } from "./questions";
import { ClassicSummary } from "./summary";
import { ClassicTabs } from "./tabs";

export default function ClassicDetails({ parameters, query }: PageProps) {
  const name = parameters["name"] ?? "";
  return (
    <DetailsPage
      title={name}
      breadcrumbs={[CRUMB]}
      answer={useAnswer(`classic ${name}`, () => classicOf(name))}
      actions={[{ id: "delete", text: "Delete load balancer" }]}
      summary={(balancer) => <ClassicSummary balancer={balancer} />}
      tabs={(balancer) => (
        <ClassicTabs balancer={balancer} tab={query["tab"]} onTab={(tab) => goInstead(classicHref(name, tab))} />
      )}
      deleting={(_, close) => <DeleteClassic name={name} close={close} deleted={() => go(CRUMB.href)} />}
    />
  );
}
