/** Something that has tags: how they are read, given and taken away. */
import { AddTagsCommand, RemoveTagsCommand, type Tag } from "@aws-sdk/client-elastic-load-balancing-v2";
import { elbv2 } from "../commands/operation";
import type { Sendable } from "../commands/operation";
import { tagsOf } from "./questions";

export interface Tagged {
  /** ARN or name. */
  id: string;
  read: () => Promise<Tag[]>;
  add: (tags: { Key: string; Value: string }[]) => Sendable<unknown>;
  remove: (keys: string[]) => Sendable<unknown>;
}

/** Whatever has an ARN of Elastic Load Balancing's newer API. */
export function taggedArn(arn: string): Tagged {
  const ResourceArns = [arn];
  return {
    id: arn,
    read: () => tagsOf(arn),
    add: (Tags) => elbv2("add-tags", new AddTagsCommand({ ResourceArns, Tags })),
    remove: (TagKeys) => elbv2("remove-tags", new RemoveTagsCommand({ ResourceArns, TagKeys })),
  };
}
