/** Asks whether a trust store shall be deleted, and does it. */
import type { TrustStore } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ConfirmDelete } from "../frame/confirm-delete";
import { deleteTrustStore } from "./questions";

interface DeleteProps {
  store: TrustStore;
  close: () => void;
  deleted: () => void;
}

export function DeleteTrustStore({ store, close, deleted }: DeleteProps) {
  return (
    <ConfirmDelete
      what="trust store"
      name={store.Name ?? ""}
      operation={deleteTrustStore(store.TrustStoreArn ?? "")}
      close={close}
      deleted={deleted}
    >
      Its revocation lists are deleted, too. This cannot be undone. A trust store that is associated with a listener or
      a target group cannot be deleted.
    </ConfirmDelete>
  );
}
