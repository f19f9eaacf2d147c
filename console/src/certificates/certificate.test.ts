import { describe, expect, test } from "vitest";
import { awsCommand } from "../commands/aws-cli";
import { importCertificate, requestCertificate } from "./questions";
import { algorithmOf, domainError, namesOf, pemError, standing, userOf } from "./certificate";

const HERE = { endpoint: "http://127.0.0.1:7070", region: "us-east-1", node: {} };
const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----";
const KEY = "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----";

describe("certificates", () => {
  test("a command names the files of a key and never shows it", () => {
    const command = awsCommand(importCertificate({ body: CERTIFICATE, key: KEY, chain: "" }, "arn:x"), HERE);
    expect(command).not.toContain("SECRET");
    expect(command.replaceAll(/ \\\n\s+/g, " ")).toContain(
      "--certificate-arn arn:x --certificate fileb://certificate.pem --private-key fileb://private-key.pem --region",
    );
  });

  test("a request names all domains", () => {
    const command = awsCommand(requestCertificate(["a.test", "*.a.test", "b.test"], "RSA_2048"), HERE);
    expect(command).toContain("--domain-name a.test");
    expect(command).toContain("--subject-alternative-names '*.a.test' b.test");
  });

  test("names are taken as they are typed", () => {
    expect(namesOf(" a.test, b.test\n\nc.test a.test ")).toEqual(["a.test", "b.test", "c.test"]);
  });

  test.each([
    ["shop.example.com", true],
    ["*.example.com", true],
    ["localhost", false],
    ["a..b", false],
    ["https://a.test", false],
    ["*.*.test", false],
  ])("the domain %s", (name, isFine) => {
    expect(domainError(name) === null).toBe(isFine);
  });

  test.each([
    [CERTIFICATE, "certificate", null],
    [KEY, "key", null],
    [KEY.replaceAll("PRIVATE", "RSA PRIVATE"), "key", null],
    [KEY, "certificate", /belongs into the field/],
    ["", "certificate", /BEGIN CERTIFICATE/],
    [CERTIFICATE, "key", /BEGIN PRIVATE KEY/],
    [KEY.replaceAll("PRIVATE", "ENCRYPTED PRIVATE"), "key", /encrypted/],
  ] as const)("%j as %s", (text, what, error) => {
    const told = pemError(text, what);
    if (error === null) expect(told).toBeNull();
    else expect(told).toMatch(error);
  });

  test("the end of a certificate is pointed out a month before", () => {
    const now = new Date("2026-11-22T12:00:00Z");
    const at = (days: number) => new Date(now.getTime() + days * 86_400_000);
    expect([at(31), at(29), at(-1), undefined].map((end) => standing(end, now))).toEqual([
      "issued",
      "soon",
      "expired",
      "issued",
    ]);
  });

  test("algorithms and users have names", () => {
    expect(["RSA-2048", "RSA_2048", "EC_prime256v1", "other"].map(algorithmOf)).toEqual([
      "RSA 2048",
      "RSA 2048",
      "ECDSA P 256",
      "other",
    ]);
    const arn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer";
    expect(userOf(`${arn}/app/shop/0123`).name).toBe("shop");
    expect(userOf(`${arn}/old`)).toEqual({ name: "old (Classic)", href: "#/classic-load-balancers/old" });
  });
});
