import { AddTagsCommand, RemoveTagsCommand } from "@aws-sdk/client-elastic-load-balancing";
import { elb } from "../commands/elb";
import type { Tagged } from "../tags/tagged";
import { classicTags } from "./questions";

/** A Classic Load Balancer as something that has tags: by its name. */
export function taggedClassic(name: string): Tagged {
  const LoadBalancerNames = [name];
  return {
    id: name,
    read: async () => (await classicTags(name)).map(({ Key, Value }) => ({ Key, Value })),
    add: (Tags) => elb("add-tags", new AddTagsCommand({ LoadBalancerNames, Tags })),
    remove: (keys) =>
      elb("remove-tags", new RemoveTagsCommand({ LoadBalancerNames, Tags: keys.map((Key) => ({ Key })) })),
  };
}
