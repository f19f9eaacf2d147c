/** What the pages ask the API about target groups. */
import {
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type Tag,
  type TargetGroup,
  type TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { send } from "../api/client";
import { type Values, valuesOf } from "../attributes/target-group";

/** Groups of one question. */
const PAGE_SIZE = 400;

export async function allTargetGroups(): Promise<TargetGroup[]> {
  const groups: TargetGroup[] = [];
  let Marker: string | undefined;
  do {
    const page = await send(new DescribeTargetGroupsCommand({ PageSize: PAGE_SIZE, Marker }));
    groups.push(...(page.TargetGroups ?? []));
    Marker = page.NextMarker;
  } while (Marker);
  return groups;
}

export async function targetGroup(arn: string): Promise<TargetGroup> {
  const { TargetGroups } = await send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }));
  return TargetGroups?.[0] ?? {};
}

export async function targetGroupValues(arn: string): Promise<Values> {
  const { Attributes } = await send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }));
  return valuesOf(Attributes);
}

export async function targetHealth(arn: string): Promise<TargetHealthDescription[]> {
  const { TargetHealthDescriptions } = await send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
  return TargetHealthDescriptions ?? [];
}

export async function tagsOf(arn: string): Promise<Tag[]> {
  const { TagDescriptions } = await send(new DescribeTagsCommand({ ResourceArns: [arn] }));
  return TagDescriptions?.[0]?.Tags ?? [];
}
