/** What an instance is registered with, by name. */
import Link from "@cloudscape-design/components/link";
import { Fragment } from "react";
import { useSignedIn } from "../session/session";
import { userOf } from "./instance";

export function Users({ arns }: { arns: string[] }) {
  const region = useSignedIn().session?.region ?? "";
  if (arns.length === 0) return "-";
  return arns.map((arn, index) => {
    const user = userOf(arn, region);
    return (
      <Fragment key={arn}>
        {index > 0 && ", "}
        {user.href ? <Link href={user.href}>{user.name}</Link> : user.name}
      </Fragment>
    );
  });
}
