/** What the pages ask the API about target groups. */
import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type TargetGroup,
  type TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { send } from "../api/client";
import { allPages } from "../api/pages";
import { TARGET_GROUP_ATTRIBUTES } from "../attributes/target-group";
import { type Values, valuesOf } from "../attributes/values";

/** Groups of one question. */
const PAGE_SIZE = 400;

export function allTargetGroups(): Promise<TargetGroup[]> {
  return allPages(async (Marker) => {
    const page = await send(new DescribeTargetGroupsCommand({ PageSize: PAGE_SIZE, Marker }));
    return { items: page.TargetGroups, next: page.NextMarker };
  });
}

export async function targetGroup(arn: string): Promise<TargetGroup> {
  const { TargetGroups } = await send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }));
  return TargetGroups?.[0] ?? {};
}

export async function targetGroupValues(arn: string): Promise<Values> {
  const { Attributes } = await send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }));
  return valuesOf(TARGET_GROUP_ATTRIBUTES, Attributes);
}

export async function targetHealth(arn: string): Promise<TargetHealthDescription[]> {
  const { TargetHealthDescriptions } = await send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
  return TargetHealthDescriptions ?? [];
}
