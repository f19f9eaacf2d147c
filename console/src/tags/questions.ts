import { DescribeTagsCommand, type Tag } from "@aws-sdk/client-elastic-load-balancing-v2";
import { send } from "../api/client";

export async function tagsOf(arn: string): Promise<Tag[]> {
  const { TagDescriptions } = await send(new DescribeTagsCommand({ ResourceArns: [arn] }));
  return TagDescriptions?.[0]?.Tags ?? [];
}
