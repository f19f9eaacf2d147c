/** The tabs of a certificate, on its page and below the table. */
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import { TagsTabOf } from "../tags/tags-tab";
import { certificate, taggedCertificate } from "./questions";
import { CertificateDetails } from "./certificate-details";
import { ChainTab } from "./chain-tab";
import { DomainsTab } from "./domains-tab";
import { UsersTab } from "./users-tab";

interface CertificateTabsProps {
  arn: string;
  /** Whether the details are a tab; the page of a certificate has them on top. */
  withDetails?: boolean;
  tab?: string | undefined;
  onTab?: (tab: string) => void;
}

export function CertificateTabs({ arn, withDetails = false, tab, onTab }: CertificateTabsProps) {
  const [chosen, setChosen] = useState(tab ?? (withDetails ? "details" : "domains"));
  const { value: known, error } = useAnswer(`certificate ${arn}`, () => certificate(arn));
  if (!known) return error ? <Problem error={error} /> : <Loading />;
  const details = { id: "details", label: "Details", content: <CertificateDetails certificate={known} /> };
  return (
    <Tabs
      ariaLabel="Certificate"
      activeTabId={tab ?? chosen}
      onChange={({ detail }) => {
        setChosen(detail.activeTabId);
        onTab?.(detail.activeTabId);
      }}
      tabs={[
        ...(withDetails ? [details] : []),
        { id: "domains", label: "Domains", content: <DomainsTab certificate={known} /> },
        {
          id: "users",
          label: "Associated resources",
          content: <UsersTab certificate={arn} arns={known.InUseBy ?? []} />,
        },
        { id: "chain", label: "Certificate body and chain", content: <ChainTab arn={arn} /> },
        { id: "tags", label: "Tags", content: <TagsTabOf tagged={taggedCertificate(arn)} /> },
      ]}
    />
  );
}
