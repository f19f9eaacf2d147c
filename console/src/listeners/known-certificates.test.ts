import { describe, expect, test } from "vitest";
import { choices, ofAcm, ofIam } from "./known-certificates";

const ACM = "arn:aws:acm:us-east-1:000000000000:certificate/868a367f-151a-44d1-b930-daf7f28093e6";
const IAM = "arn:aws:iam::000000000000:server-certificate/carts/shop";
const UNTIL = new Date("2027-01-01T00:00:00Z");
const KNOWN = [
  ofAcm({ CertificateArn: ACM, DomainName: "shop.example.com", NotAfter: UNTIL }),
  ofIam({ Arn: IAM, ServerCertificateName: "shop", Expiration: UNTIL, Path: "/carts/", ServerCertificateId: "ASCA" }),
];

function offered(typed: string) {
  return choices(KNOWN, typed).map(({ label, options }) => [label, options.map((it) => it.label)]);
}

describe("the certificates to choose from", () => {
  test("are those of Certificate Manager by domain, then those of IAM by name", () => {
    expect(offered("")).toEqual([
      ["From ACM", ["shop.example.com"]],
      ["From IAM", ["shop"]],
    ]);
    expect(KNOWN.map(({ until }) => until)).toEqual([UNTIL, UNTIL]);
  });

  test("are fewer while somebody types, and all beside the one that is chosen", () => {
    expect(offered("EXAMPLE.com")).toEqual([["From ACM", ["shop.example.com"]]]);
    expect(offered("/carts")).toEqual([["From IAM", ["shop"]]]);
    expect(offered("nothing")).toEqual([]);
    expect(offered(IAM)).toEqual(offered(""));
  });
});
