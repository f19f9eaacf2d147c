/** The certificates of a listener: the default one, and those that are chosen by the name that a client asks for (SNI). */
import {
  AddListenerCertificatesCommand,
  type Certificate,
  RemoveListenerCertificatesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { elbv2 } from "../commands/operation";
import { ConfirmDelete } from "../frame/confirm-delete";
import { FormDialog } from "../frame/form-dialog";
import { notify } from "../frame/notifications";
import { Problem } from "../frame/problem";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import { go } from "../routing/route";
import { CertificateField } from "./certificate-field";
import { knownCertificates } from "./known-certificates";
import { editListenerHref } from "./places";
import { certificatesOf } from "./questions";

export function CertificatesTab({ listener }: { listener: string }) {
  const answer = useAnswer(`certificates ${listener}`, () => certificatesOf(listener));
  const { value: all } = useAnswer("known-certificates", knownCertificates);
  const [chosen, setChosen] = useState<Certificate>();
  const [dialog, setDialog] = useState<"add" | "remove">();
  const known = (arn = "") => all?.find((it) => it.arn === arn);
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button disabled={!chosen || chosen.IsDefault === true} onClick={() => setDialog("remove")}>
        Remove
      </Button>
      <Button onClick={() => go(editListenerHref(listener))}>Change default</Button>
      <Button variant="primary" onClick={() => setDialog("add")}>
        Add certificate
      </Button>
    </SpaceBetween>
  );
  return (
    <>
      <Problem error={answer.error} />
      <Table<Certificate>
        items={answer.value ?? []}
        loading={answer.isLoading}
        loadingText="Loading certificates"
        // One that is the default and in the list, too, is there twice.
        trackBy={({ CertificateArn = "", IsDefault }) => `${CertificateArn} ${String(IsDefault)}`}
        selectionType="single"
        selectedItems={chosen ? [chosen] : []}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems[0])}
        wrapLines
        ariaLabels={{
          tableLabel: "Certificates",
          selectionGroupLabel: "Selected certificate",
          itemSelectionLabel: (_, { CertificateArn = "" }) => known(CertificateArn)?.name ?? CertificateArn,
        }}
        columnDefinitions={[
          {
            id: "name",
            header: "Domain or name",
            isRowHeader: true,
            cell: ({ CertificateArn }) => known(CertificateArn)?.name ?? "-",
          },
          { id: "use", header: "Used for", cell: ({ IsDefault }) => (IsDefault ? "Default" : "Its names (SNI)") },
          {
            id: "until",
            header: "Expires",
            cell: ({ CertificateArn }) => known(CertificateArn)?.until?.toLocaleDateString() ?? "-",
          },
          { id: "source", header: "From", cell: ({ CertificateArn }) => known(CertificateArn)?.source ?? "-" },
          { id: "arn", header: "ARN", cell: ({ CertificateArn }) => CertificateArn },
        ]}
        header={
          <Header
            counter={answer.value && `(${answer.value.length})`}
            description="A client gets the one that is for the server name that it asks for, and the default one otherwise."
            actions={actions}
          >
            Certificates
          </Header>
        }
      />
      {dialog === "add" && <AddCertificate listener={listener} close={() => setDialog(undefined)} />}
      {dialog === "remove" && chosen && (
        <ConfirmDelete
          verb="Remove"
          what="certificate"
          name={known(chosen.CertificateArn)?.name ?? chosen.CertificateArn ?? ""}
          operation={elbv2(
            "remove-listener-certificates",
            new RemoveListenerCertificatesCommand({
              ListenerArn: listener,
              Certificates: [{ CertificateArn: chosen.CertificateArn }],
            }),
          )}
          close={() => setDialog(undefined)}
          deleted={() => setChosen(undefined)}
        >
          Clients that ask for its names get the default one. The certificate itself stays.
        </ConfirmDelete>
      )}
    </>
  );
}

function AddCertificate({ listener, close }: { listener: string; close: () => void }) {
  const [arn, setArn] = useState("");
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const operation = elbv2(
    "add-listener-certificates",
    new AddListenerCertificatesCommand({ ListenerArn: listener, Certificates: [{ CertificateArn: arn }] }),
  );
  const add = async () => {
    setTried(true);
    if (arn === "" || !(await run(operation.send))) return;
    notify("success", "Successfully added certificate.");
    close();
  };
  return (
    <FormDialog
      title="Add certificate"
      submitText="Add certificate"
      isSubmitting={isRunning}
      error={error}
      operations={[operation]}
      close={close}
      submit={add}
    >
      <CertificateField
        label="Certificate"
        arn={arn}
        set={setArn}
        errorText={isTried && arn === "" && "Choose a certificate."}
      />
    </FormDialog>
  );
}
