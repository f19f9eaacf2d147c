/** The key ring: its generations, what each is for, and making a new one. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";
import { Equivalent } from "../commands/equivalent";
import { Empty } from "../frame/empty";
import { Frame } from "../frame/frame";
import { fromNow, moment } from "../frame/moment";
import { notify } from "../frame/notifications";
import { Problem, Refusal } from "../frame/problem";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import { allKeys, type Generation, type Keys, type Purpose, ROTATE } from "./keys";

const PURPOSES: Record<Purpose, { type: StatusIndicatorProps.Type; text: string }> = {
  waiting: { type: "pending", text: "Waiting to issue" },
  issuing: { type: "success", text: "Issuing" },
  accepted: { type: "info", text: "Accepted" },
  expired: { type: "stopped", text: "Expired" },
};

const COLUMNS: TableProps.ColumnDefinition<Generation>[] = [
  { id: "id", header: "Key ID", isRowHeader: true, cell: ({ keyId }) => <Box variant="code">{keyId}</Box> },
  {
    id: "purpose",
    header: "Status",
    cell: ({ purpose }) => <StatusIndicator type={PURPOSES[purpose].type}>{PURPOSES[purpose].text}</StatusIndicator>,
  },
  { id: "created", header: "Created", cell: ({ created }) => moment(created) },
  { id: "issues", header: "Issues from", cell: ({ issuesFrom }) => moment(issuesFrom) },
  { id: "accepted", header: "Accepted until", cell: ({ acceptedUntil }) => moment(acceptedUntil) },
];

export default function KeyList() {
  const { value: keys, error, isLoading, refresh } = useAnswer("keys", allKeys);
  const [isRotating, setRotating] = useState(false);
  const header = (
    <Header
      variant="awsui-h1-sticky"
      counter={keys && `(${keys.generations.length})`}
      description={describe(keys)}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel="Refresh" onClick={refresh} />
          <Button variant="primary" onClick={() => setRotating(true)}>
            Rotate key
          </Button>
        </SpaceBetween>
      }
    >
      Keys
    </Header>
  );
  const content = (
    <>
      <Problem error={error} />
      <Table<Generation>
        variant="full-page"
        stickyHeader
        wrapLines
        items={keys?.generations ?? []}
        loading={isLoading}
        loadingText="Loading keys"
        trackBy="keyId"
        columnDefinitions={COLUMNS}
        ariaLabels={{ tableLabel: "Keys" }}
        header={header}
        empty={
          <Empty
            title="No keys"
            text="The server makes one when it starts. Make one by a command:"
            operation={ROTATE}
          />
        }
      />
      {isRotating && <Rotate close={() => setRotating(false)} />}
    </>
  );
  return <Frame title="Keys" breadcrumbs={[]} contentType="table" content={content} />;
}

function describe(keys: Keys | undefined): string {
  const what = "What stickiness cookies are sealed with, so that clients can neither read nor change them.";
  return keys ? `${what} The next one is made ${fromNow(keys.nextRotation, new Date())}.` : what;
}

function Rotate({ close }: { close: () => void }) {
  const { isRunning, error, run } = useChange();
  const rotate = async () => {
    if (!(await run(ROTATE.send))) return;
    notify("success", "Successfully made a new key. It issues in a minute.");
    close();
  };
  return (
    <Modal
      visible
      onDismiss={close}
      header="Rotate key?"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              Cancel
            </Button>
            <Button variant="primary" loading={isRunning} onClick={() => void rotate()}>
              Rotate
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box>A new key is accepted by every node at once and seals cookies a minute later.</Box>
        <Alert type="info">
          No session ends: cookies of the older keys stay good for as long as they can be valid.
        </Alert>
        <Refusal error={error} />
        <Equivalent operations={[ROTATE]} />
      </SpaceBetween>
    </Modal>
  );
}
