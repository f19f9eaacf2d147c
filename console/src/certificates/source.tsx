/** The way between the two places where certificates are: Certificate Manager, and IAM, the older one. */
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { go } from "../routing/route";

const SOURCES = [
  { id: "acm", text: "From ACM", href: "#/certificates" },
  { id: "iam", text: "From IAM", href: "#/server-certificates" },
];

export function Source({ chosen }: { chosen: "acm" | "iam" }) {
  return (
    <SegmentedControl
      label="Certificate source"
      selectedId={chosen}
      options={SOURCES}
      onChange={({ detail }) => go(SOURCES.find(({ id }) => id === detail.selectedId)?.href ?? "")}
    />
  );
}
