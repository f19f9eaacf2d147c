import { describe, expect, test } from "vitest";
import { awsCommand } from "../commands/aws-cli";
import { template } from "../commands/cloudformation";
import type { Operation } from "../commands/operation";
import { deleteServerCertificate, renameServerCertificate, uploadServerCertificate } from "./questions";
import { nameError, pathError } from "./server-certificate";

const BODY = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----";
const KEY = "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----";

function command(operation: Operation) {
  const here = { endpoint: "http://127.0.0.1:7070", region: "us-east-1", node: {} };
  return awsCommand(operation, here)
    .replaceAll(/ \\\n\s+/g, " ")
    .replace(/ --region.*/, "");
}

describe("server certificates", () => {
  test("a command names the files of a key and never shows it; a template does not either", () => {
    const upload = uploadServerCertificate({ name: "shop", path: "/carts/" }, { body: BODY, key: KEY, chain: BODY });
    expect(command(upload)).toBe(
      "aws iam upload-server-certificate --server-certificate-name shop --path /carts/ --certificate-body file://certificate.pem --private-key file://private-key.pem --certificate-chain file://chain.pem",
    );
    const { text, note } = template([upload]);
    expect(text).toBe("");
    expect(note).toContain("name its ARN");
  });

  test("what is usual is not said", () => {
    const upload = uploadServerCertificate({ name: "shop", path: "/" }, { body: BODY, key: KEY, chain: " \n" });
    expect(command(upload)).toBe(
      "aws iam upload-server-certificate --server-certificate-name shop --certificate-body file://certificate.pem --private-key file://private-key.pem",
    );
  });

  test("of a new name or path only what differs is said", () => {
    const before = { name: "shop", path: "/" };
    const rename = "aws iam update-server-certificate --server-certificate-name shop";
    expect(command(renameServerCertificate(before, { name: "store", path: "/" }))).toBe(
      `${rename} --new-server-certificate-name store`,
    );
    expect(command(renameServerCertificate(before, { name: "shop", path: "/eu/" }))).toBe(`${rename} --new-path /eu/`);
  });

  test("what is not in templates is not removed from one", () => {
    expect(template([deleteServerCertificate("shop")])).toEqual({
      text: "",
      note: "CloudFormation has nothing for this.",
    });
  });

  test.each([
    ["shop", true],
    ["a_+=,.@-Z9", true],
    ["x".repeat(128), true],
    ["x".repeat(129), false],
    ["a/b", false],
    ["a b", false],
    ["ä", false],
    ["", false],
  ])("the name %j", (name, isFine) => {
    expect(nameError(name) === null).toBe(isFine);
  });

  test.each([
    ["/", true],
    ["/a/", true],
    ["/division/shop/", true],
    [`/${"x".repeat(510)}/`, true],
    [`/${"x".repeat(511)}/`, false],
    ["", false],
    ["//", false],
    ["a/", false],
    ["/a", false],
    ["/a b/", false],
  ])("the path %j", (path, isFine) => {
    expect(pathError(path) === null).toBe(isFine);
  });

  test("a refusal is in the API's words", () => {
    expect(nameError("a/b")).toBe("The name 'a/b' must have 1 to 128 letters, digits or characters of _+=,.@-");
    expect(pathError("a")).toBe(
      "The path 'a' must begin and end with a slash and have at most 512 visible ASCII characters",
    );
  });
});
