/** The tags of a resource, to read and to change. */
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { Empty } from "../frame/empty";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import { ManageTags } from "./manage-tags";
import { type Tagged, taggedArn } from "./tagged";

export function TagsTab({ arn }: { arn: string }) {
  return <TagsTabOf tagged={taggedArn(arn)} />;
}

export function TagsTabOf({ tagged }: { tagged: Tagged }) {
  const { value: tags, error, isLoading } = useAnswer(`tags ${tagged.id}`, tagged.read);
  const [isManaging, setManaging] = useState(false);
  return (
    <>
      <Problem error={error} />
      <Table
        items={tags ?? []}
        loading={isLoading}
        loadingText="Loading tags"
        trackBy="Key"
        ariaLabels={{ tableLabel: "Tags" }}
        columnDefinitions={[
          { id: "key", header: "Key", isRowHeader: true, cell: ({ Key }) => Key },
          { id: "value", header: "Value", cell: ({ Value }) => Value ?? "" },
        ]}
        header={
          <Header
            counter={tags && `(${tags.length})`}
            actions={
              <Button disabled={!tags} onClick={() => setManaging(true)}>
                Manage tags
              </Button>
            }
          >
            Tags
          </Header>
        }
        empty={
          <Empty
            title="No tags"
            text="Tags are words of your own that tools find resources by. Add some here, or by aws-cli:"
            operation={tagged.add([{ Key: "team", Value: "shop" }])}
          />
        }
      />
      {isManaging && tags && <ManageTags tagged={tagged} tags={tags} close={() => setManaging(false)} />}
    </>
  );
}
