/** Asks whether a server certificate shall be deleted, and does it. */
import { ConfirmDelete } from "../frame/confirm-delete";
import { deleteServerCertificate } from "./questions";

interface DeleteProps {
  name: string;
  close: () => void;
  deleted: () => void;
}

export function DeleteServerCertificate({ name, close, deleted }: DeleteProps) {
  return (
    <ConfirmDelete
      what="server certificate"
      name={name}
      operation={deleteServerCertificate(name)}
      close={close}
      deleted={deleted}
    >
      Its private key is deleted, too. This cannot be undone. A certificate that a listener shows cannot be deleted.
    </ConfirmDelete>
  );
}
