/** One trust store. */
import { DetailsPage } from "../frame/details-page";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go, goInstead } from "../routing/route";
import { DeleteTrustStore } from "./delete";
import { trustStore } from "./questions";
import { ACTIONS, CRUMB, editHref, nameOf, storeHref } from "./store";
import { StoreDetails } from "./store-details";
import { StoreTabs } from "./store-tabs";

export default function TrustStorePage({ parameters, query }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const answer = useAnswer(`trust-store ${arn}`, () => trustStore(arn));
  return (
    <DetailsPage
      title={answer.value?.Name ?? nameOf(arn)}
      breadcrumbs={[CRUMB]}
      answer={answer}
      actions={ACTIONS}
      onAction={(action) => {
        if (action === "modify" || action === "add-revocations") go(editHref(arn, action));
      }}
      summary={(store) => <StoreDetails store={store} />}
      tabs={(store) => <StoreTabs store={store} tab={query["tab"]} onTab={(tab) => goInstead(storeHref(arn, tab))} />}
      deleting={(store, close) => <DeleteTrustStore store={store} close={close} deleted={() => go(CRUMB.href)} />}
    />
  );
}
