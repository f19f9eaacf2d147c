/** Changes the tags of a resource. */
import type { Tag } from "@aws-sdk/client-elastic-load-balancing-v2";
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import type { Sendable } from "../commands/operation";
import { FormDialog } from "../frame/form-dialog";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import type { Tagged } from "./tagged";

interface Line {
  key: string;
  value: string;
}

export function ManageTags({ tagged, tags, close }: { tagged: Tagged; tags: Tag[]; close: () => void }) {
  const [lines, setLines] = useState<Line[]>(tags.map(({ Key = "", Value = "" }) => ({ key: Key, value: Value })));
  const { isRunning, error, run } = useChange();
  const operations = changes(tagged, tags, lines);
  const save = async () => {
    const isDone = await run(async () => {
      for (const operation of operations) await operation.send();
    });
    if (!isDone) return;
    notify("success", "Successfully changed tags.");
    close();
  };
  const edit = (index: number, part: Partial<Line>) =>
    setLines((before) => before.map((line, at) => (at === index ? { ...line, ...part } : line)));
  return (
    <FormDialog
      title="Manage tags"
      submitText="Save changes"
      isSubmitting={isRunning}
      error={error}
      operations={operations}
      close={close}
      submit={save}
    >
      <AttributeEditor<Line>
        items={lines}
        addButtonText="Add new tag"
        removeButtonText="Remove"
        onAddButtonClick={() => setLines((before) => [...before, { key: "", value: "" }])}
        onRemoveButtonClick={({ detail }) => setLines((before) => before.filter((_, at) => at !== detail.itemIndex))}
        empty="No tags."
        definition={[
          {
            label: "Key",
            control: ({ key }, index) => (
              <Input value={key} onChange={({ detail }) => edit(index, { key: detail.value })} />
            ),
          },
          {
            label: "Value",
            control: ({ value }, index) => (
              <Input value={value} onChange={({ detail }) => edit(index, { value: detail.value })} />
            ),
          },
        ]}
      />
    </FormDialog>
  );
}

/** What leads from the tags that are there to those that were typed. */
function changes({ add, remove }: Tagged, tags: Tag[], lines: Line[]): Sendable<unknown>[] {
  const before = new Map(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
  const removed = [...before.keys()].filter((key) => !lines.some((line) => line.key === key));
  const added = lines.filter(({ key, value }) => before.get(key) !== value);
  return [
    ...(removed.length > 0 ? [remove(removed)] : []),
    ...(added.length > 0 ? [add(added.map(({ key, value }) => ({ Key: key, Value: value })))] : []),
  ];
}
