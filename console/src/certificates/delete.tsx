/** Asks whether a certificate shall be deleted, and does it. */
import { ConfirmDelete } from "../frame/confirm-delete";
import { deleteCertificate } from "./questions";
import { idOf } from "./certificate";

interface DeleteProps {
  arn: string;
  domain: string | undefined;
  close: () => void;
  deleted: () => void;
}

export function DeleteCertificate({ arn, domain, close, deleted }: DeleteProps) {
  return (
    <ConfirmDelete
      what="certificate"
      name={domain ?? idOf(arn)}
      operation={deleteCertificate(arn)}
      close={close}
      deleted={deleted}
    >
      Its private key is deleted, too. This cannot be undone. A certificate that a listener shows cannot be deleted.
    </ConfirmDelete>
  );
}
