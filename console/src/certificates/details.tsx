/** One certificate. */
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Frame, Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go, goInstead } from "../routing/route";
import { certificate } from "./questions";
import { ACTIONS, certificateHref, CRUMB, idOf, reimportHref } from "./certificate";
import { CertificateDetails } from "./certificate-details";
import { CertificateTabs } from "./certificate-tabs";
import { DeleteCertificate } from "./delete";

export default function CertificatePage({ parameters, query }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const { value: known, error, isLoading, refresh } = useAnswer(`certificate ${arn}`, () => certificate(arn));
  const [isDeleting, setDeleting] = useState(false);
  const title = known?.DomainName ?? idOf(arn);
  const actions = ACTIONS.map((it) => ({ ...it, disabled: it.id === "reimport" && known?.Type !== "IMPORTED" }));
  const header = (
    <Header
      variant="h1"
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel="Refresh" onClick={refresh} />
          <ButtonDropdown
            disabled={!known}
            items={actions}
            onItemClick={({ detail: { id } }) => {
              if (id === "reimport") go(reimportHref(arn));
              else setDeleting(true);
            }}
          >
            Actions
          </ButtonDropdown>
        </SpaceBetween>
      }
    >
      {title}
    </Header>
  );
  return (
    <Frame
      title={title}
      breadcrumbs={[CRUMB]}
      content={
        <ContentLayout header={header}>
          <SpaceBetween size="l">
            <Problem error={error} />
            {isLoading && <Loading />}
            {known && (
              <SpaceBetween size="l">
                <Container header={<Header variant="h2">Certificate status</Header>}>
                  <CertificateDetails certificate={known} />
                </Container>
                <CertificateTabs arn={arn} tab={query["tab"]} onTab={(tab) => goInstead(certificateHref(arn, tab))} />
              </SpaceBetween>
            )}
            {isDeleting && known && (
              <DeleteCertificate
                arn={arn}
                domain={known.DomainName}
                close={() => setDeleting(false)}
                deleted={() => go(CRUMB.href)}
              />
            )}
          </SpaceBetween>
        </ContentLayout>
      }
    />
  );
}
