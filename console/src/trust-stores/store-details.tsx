/** What a trust store is. */
import type { TrustStore } from "@aws-sdk/client-elastic-load-balancing-v2";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Problem } from "../frame/problem";
import { useChange } from "../frame/use-change";
import { Status } from "./columns";
import { bundleLocation } from "./questions";

export function StoreDetails({ store }: { store: TrustStore }) {
  const arn = store.TrustStoreArn ?? "";
  const { isRunning, error, run } = useChange();
  const download = () =>
    run(async () => {
      // The address is good for ten minutes: it is asked for when it is needed.
      open(await bundleLocation(arn), "_blank", "noopener");
    });
  return (
    <SpaceBetween size="l">
      <CopyToClipboard
        variant="inline"
        textToCopy={arn}
        copyButtonAriaLabel="Copy ARN"
        copySuccessText="ARN copied"
        copyErrorText="The browser does not allow to copy: select the ARN instead."
      />
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Name", value: store.Name ?? "-" },
          { label: "Status", value: <Status store={store} /> },
          { label: "CA certificates", value: <Count value={store.NumberOfCaCertificates} /> },
          { label: "Revoked entries", value: <Count value={store.TotalRevokedEntries} /> },
        ]}
      />
      <Button iconName="download" loading={isRunning} onClick={() => void download()}>
        Download CA bundle
      </Button>
      <Problem error={error} />
    </SpaceBetween>
  );
}

function Count({ value }: { value: number | undefined }) {
  return <Box variant="awsui-value-large">{value ?? "-"}</Box>;
}
