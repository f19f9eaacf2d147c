/** Calls of Classic Load Balancers' API. */
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { sender } from "./client";

export const sendClassic = sender((settings) => new ElasticLoadBalancingClient(settings));
