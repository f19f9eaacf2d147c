/** The attributes of a Classic Load Balancer as the form has them. */
import type { LoadBalancerAttributes } from "@aws-sdk/client-elastic-load-balancing";

export interface TypedAttributes {
  isCrossZone: boolean;
  isDraining: boolean;
  drainingSeconds: string;
  idleSeconds: string;
  desync: string;
  isLogged: boolean;
  bucket: string;
  prefix: string;
  emitMinutes: string;
}

const DESYNC = "elb.http.desyncmitigationmode";
const DRAINING_SECONDS = "300";
const EMIT_MINUTES = "60";
export const NUMBERS = {
  idleSeconds: { min: 1, max: 4000 },
  drainingSeconds: { min: 1, max: 3600 },
};

export function typedAttributes(attributes: LoadBalancerAttributes): TypedAttributes {
  const { ConnectionDraining, AccessLog } = attributes;
  return {
    isCrossZone: attributes.CrossZoneLoadBalancing?.Enabled ?? false,
    isDraining: ConnectionDraining?.Enabled ?? false,
    drainingSeconds: String(ConnectionDraining?.Timeout ?? DRAINING_SECONDS),
    idleSeconds: String(attributes.ConnectionSettings?.IdleTimeout ?? ""),
    desync: attributes.AdditionalAttributes?.find(({ Key }) => Key === DESYNC)?.Value ?? "defensive",
    isLogged: AccessLog?.Enabled ?? false,
    bucket: AccessLog?.S3BucketName ?? "",
    prefix: AccessLog?.S3BucketPrefix ?? "",
    emitMinutes: String(AccessLog?.EmitInterval ?? EMIT_MINUTES),
  };
}

/** What is to be sent: only the parts that differ, each as a whole. */
export function attributesInput(before: TypedAttributes, after: TypedAttributes): LoadBalancerAttributes {
  const differs = (...names: (keyof TypedAttributes)[]) => names.some((name) => before[name] !== after[name]);
  return {
    ...(differs("isCrossZone") && { CrossZoneLoadBalancing: { Enabled: after.isCrossZone } }),
    ...(differs("isDraining", "drainingSeconds") && { ConnectionDraining: draining(after) }),
    ...(differs("idleSeconds") && { ConnectionSettings: { IdleTimeout: Number(after.idleSeconds) } }),
    ...(differs("desync") && { AdditionalAttributes: [{ Key: DESYNC, Value: after.desync }] }),
    ...(differs("isLogged", "bucket", "prefix", "emitMinutes") && { AccessLog: accessLog(after) }),
  };
}

function draining({ isDraining, drainingSeconds }: TypedAttributes) {
  return { Enabled: isDraining, ...(isDraining && { Timeout: Number(drainingSeconds) }) };
}

function accessLog({ isLogged, bucket, prefix, emitMinutes }: TypedAttributes) {
  if (!isLogged) return { Enabled: false };
  return { Enabled: true, S3BucketName: bucket, S3BucketPrefix: prefix, EmitInterval: Number(emitMinutes) };
}
