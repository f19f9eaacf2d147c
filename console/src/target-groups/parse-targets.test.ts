import { expect, test } from "vitest";
import { parseTargets } from "./parse-targets";

const ARN = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/shop/0123";

test.each([
  [
    "127.0.0.1:9001\n\n 127.0.0.1:9002 ",
    [
      { Id: "127.0.0.1", Port: 9001 },
      { Id: "127.0.0.1", Port: 9002 },
    ],
  ],
  ["i-0123, i-4567:80", [{ Id: "i-0123" }, { Id: "i-4567", Port: 80 }]],
  ["::1", [{ Id: "::1" }]],
  ["[::1]", [{ Id: "::1" }]],
  ["[::1]:80", [{ Id: "::1", Port: 80 }]],
  [ARN, [{ Id: ARN }]],
  ["", []],
])("%s", (text, targets) => {
  expect(parseTargets(text)).toEqual(targets);
});
