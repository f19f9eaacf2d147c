import { expect, test } from "vitest";
import { attributesInput, typedAttributes } from "./attributes";

const BEFORE = typedAttributes({
  CrossZoneLoadBalancing: { Enabled: false },
  ConnectionDraining: { Enabled: false, Timeout: 300 },
  ConnectionSettings: { IdleTimeout: 60 },
  AccessLog: { Enabled: false },
  AdditionalAttributes: [{ Key: "elb.http.desyncmitigationmode", Value: "defensive" }],
});

test("of the attributes only the parts that differ are sent", () => {
  expect(attributesInput(BEFORE, BEFORE)).toEqual({});
  expect(attributesInput(BEFORE, { ...BEFORE, isDraining: true, drainingSeconds: "20" })).toEqual({
    ConnectionDraining: { Enabled: true, Timeout: 20 },
  });
  expect(attributesInput(BEFORE, { ...BEFORE, isCrossZone: true, idleSeconds: "5", desync: "strictest" })).toEqual({
    CrossZoneLoadBalancing: { Enabled: true },
    ConnectionSettings: { IdleTimeout: 5 },
    AdditionalAttributes: [{ Key: "elb.http.desyncmitigationmode", Value: "strictest" }],
  });
  expect(attributesInput(BEFORE, { ...BEFORE, isLogged: true, bucket: "logs" })).toEqual({
    AccessLog: { Enabled: true, S3BucketName: "logs", S3BucketPrefix: "", EmitInterval: 60 },
  });
});
