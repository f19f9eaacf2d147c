import { describe, expect, test } from "vitest";
import { awsCommand, optionName, quoted } from "./aws-cli";
import { variable } from "./operation";

const HERE = { endpoint: "http://127.0.0.1:7070", region: "us-east-1", node: {} };

function command(input: object) {
  return awsCommand({ service: "elbv2", name: "do-it", input }, HERE).replaceAll(/ \\\n\s+/g, " ");
}

describe("commands", () => {
  test("names are aws-cli's", () => {
    expect(["TargetGroupArn", "VpcId", "HealthCheckIntervalSeconds", "DNSName"].map(optionName)).toEqual([
      "target-group-arn",
      "vpc-id",
      "health-check-interval-seconds",
      "dns-name",
    ]);
  });

  test.each([
    [{ Name: "carts", Port: 80 }, "--name carts --port 80"],
    [{ HealthCheckEnabled: true, Other: undefined }, "--health-check-enabled"],
    [{ HealthCheckEnabled: false }, "--no-health-check-enabled"],
    [
      {
        Attributes: [
          { Key: "a", Value: "1" },
          { Key: "b", Value: "" },
        ],
      },
      "--attributes Key=a,Value=1 Key=b,Value=",
    ],
    [{ Tags: [{ Key: "team", Value: "a, b" }] }, `--tags '{"Key":"team","Value":"a, b"}'`],
    [{ PolicyNames: [] }, "--policy-names '[]'"],
    [{ Matcher: { HttpCode: "200-299" } }, "--matcher HttpCode=200-299"],
    [{ Matcher: { HttpCode: "200,301" } }, `--matcher '{"HttpCode":"200,301"}'`],
    [
      { Actions: [{ Type: "forward", ForwardConfig: { A: [1] } }] },
      `--actions '{"Type":"forward","ForwardConfig":{"A":[1]}}'`,
    ],
    [{ Name: "$(reboot)'s" }, String.raw`--name '$(reboot)'\''s'`],
  ])("%j", (input, expected) => {
    expect(command(input)).toBe(`aws elbv2 do-it ${expected} --region us-east-1 --endpoint-url http://127.0.0.1:7070`);
  });

  test("what an answer tells is kept for the next command", () => {
    const keeps = { variable: "LB", query: "LoadBalancers[0].LoadBalancerArn" };
    const first = awsCommand({ service: "elbv2", name: "create-load-balancer", input: { Name: "shop" }, keeps }, HERE);
    expect(first.startsWith("LB=$(aws elbv2 create-load-balancer")).toBe(true);
    expect(first.endsWith("--query 'LoadBalancers[0].LoadBalancerArn' --output text)")).toBe(true);
    expect(command({ LoadBalancerArn: variable("LB") })).toContain('--load-balancer-arn "$LB"');
  });

  test("Elbow's own commands need no server", () => {
    const put = { service: "elbow", name: "instance put", words: ["i-0a"], input: { address: "10.0.0.5" } } as const;
    expect(awsCommand({ ...put, words: [...put.words] }, HERE)).toBe(
      "elbow instance put i-0a \\\n    --address 10.0.0.5",
    );
  });

  test("Elbow's own commands name the node's files, and the server if they ask it", () => {
    const node = { dataDirectory: "/srv/my data", masterKeyFile: "/run/key" };
    const trust = { service: "elbow", name: "certificate trust", input: {} } as const;
    const files = "--data-dir '/srv/my data' \\\n    --master-key-file /run/key";
    expect(awsCommand(trust, { ...HERE, node })).toBe(`elbow certificate trust \\\n    ${files}`);
    const server = "--region us-east-1 \\\n    --endpoint-url http://127.0.0.1:7070";
    expect(awsCommand({ ...trust, asksServer: true }, { ...HERE, node })).toBe(
      `elbow certificate trust \\\n    ${server} \\\n    ${files}`,
    );
  });

  test("an empty word is still a word", () => {
    expect(quoted("")).toBe("''");
  });
});
