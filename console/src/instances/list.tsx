/** The instance directory: where targets of type instance live. */
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { ConfirmDelete } from "../frame/confirm-delete";
import { Empty } from "../frame/empty";
import { ResourceList, select } from "../frame/resource-list";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { COLUMNS } from "./columns";
import { InstanceDetails } from "./details";
import { ACTIONS, allInstances, deleteInstance, editHref, type Instance, PLACE } from "./instance";

const EXAMPLE = {
  service: "elbow" as const,
  name: "instance put",
  words: ["i-0123456789abcdef0"],
  input: { Address: "10.0.0.5", Zone: "us-east-1a" },
};

export default function Instances({ query }: PageProps) {
  const answer = useAnswer(PLACE, allInstances);
  const [deleting, setDeleting] = useState<Instance>();
  return (
    <ResourceList<Instance>
      title="Instances"
      noun="instance"
      place={PLACE}
      answer={answer}
      idOf={({ instanceId }) => instanceId}
      nameOf={({ instanceId }) => instanceId}
      columns={COLUMNS}
      hiddenColumns={[]}
      selectedId={query["selected"]}
      actions={ACTIONS}
      onAction={(action, instance) => {
        if (action === "edit") go(editHref(instance.instanceId));
        else setDeleting(instance);
      }}
      createText="Add instance"
      empty={
        <Empty
          title="No instances"
          text="The directory says where targets of type instance are. Add the first one here, or by a command:"
          operation={EXAMPLE}
        >
          <Button href={`#/${PLACE}/create`}>Add instance</Button>
        </Empty>
      }
      panel={(instance) => <InstanceDetails instance={instance} />}
    >
      {deleting && (
        <ConfirmDelete
          what="instance"
          name={deleting.instanceId}
          operation={deleteInstance(deleting.instanceId)}
          close={() => setDeleting(undefined)}
          deleted={() => select(PLACE)}
        >
          The machine itself is not touched; it can no longer be registered by this ID.
        </ConfirmDelete>
      )}
    </ResourceList>
  );
}
