import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import { HOME } from "../pages";
import { Frame } from "./frame";

export function NotFound() {
  return (
    <Frame
      title="No such page"
      breadcrumbs={[]}
      content={
        <Box textAlign="center" padding="xxl">
          The console has no such page. Go to <Link href={HOME}>target groups</Link>.
        </Box>
      }
    />
  );
}
