import { describe, expect, test } from "vitest";
import { template } from "./cloudformation";
import { type Operation, variable } from "./operation";

const GROUP = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/carts/0123";
const v2 = (name: string, input: object): Operation => ({ service: "elbv2", name, input });

describe("templates", () => {
  test("what is made is a whole resource; one names the other", () => {
    const keeps = { variable: "LB", query: "" };
    const { text, note } = template([
      { ...v2("create-load-balancer", { Name: "shop", Subnets: ["subnet-a"], Scheme: undefined }), keeps },
      v2("create-listener", {
        LoadBalancerArn: variable("LB"),
        Port: 80,
        DefaultActions: [{ Type: "forward", TargetGroupArn: GROUP }],
      }),
    ]);
    expect(note).toBeUndefined();
    expect(text).toBe(`Resources:
  LoadBalancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Name: shop
      Subnets:
        - subnet-a
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref LoadBalancer
      Port: 80
      DefaultActions:
        - Type: forward
          TargetGroupArn: ${GROUP}`);
  });

  test("what changes is told of a resource that is there", () => {
    const { text, note } = template([
      v2("modify-target-group-attributes", {
        TargetGroupArn: GROUP,
        Attributes: [{ Key: "stickiness.enabled", Value: "true" }],
      }),
      v2("add-tags", { ResourceArns: [GROUP], Tags: [] }),
    ]);
    expect(note).toContain("already");
    expect(text).toBe(`Resources:
  TargetGroup:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      TargetGroupAttributes:
        - Key: stickiness.enabled
          Value: "true"
      Tags: []`);
  });

  test("rules that exchange their numbers are resources of their own", () => {
    const RulePriorities = [
      { RuleArn: "a", Priority: 2 },
      { RuleArn: "b", Priority: 1 },
    ];
    expect(template([v2("set-rule-priorities", { RulePriorities })]).text).toMatch(/ListenerRule:\n[^]*ListenerRule2:/);
  });

  test("steps of a Classic Load Balancer are one resource", () => {
    const elb = (name: string, input: object): Operation => ({
      service: "elb",
      name,
      input: { LoadBalancerName: "shop", ...input },
    });
    const { text, note } = template([
      elb("create-load-balancer", { Listeners: [{ Protocol: "HTTP", LoadBalancerPort: 80 }] }),
      elb("register-instances-with-load-balancer", { Instances: [{ InstanceId: "i-0a" }] }),
      elb("modify-load-balancer-attributes", { LoadBalancerAttributes: { CrossZoneLoadBalancing: { Enabled: true } } }),
    ]);
    expect(note).toBeUndefined();
    expect(text.match(/Type:/g)).toHaveLength(1);
    expect(text).toContain("Instances:\n        - i-0a");
    expect(text).toContain("CrossZone: true");
  });

  test("what is removed is taken out; what there is no resource for is said", () => {
    expect(template([v2("delete-listener", { ListenerArn: "a" })])).toEqual({
      text: "",
      note: "Take it out of the template that it is in, and update the stack.",
    });
    expect(template([v2("modify-ip-pools", {})]).note).toBe("CloudFormation has nothing for this.");
  });

  test.each([
    ["no", '"no"'],
    ["/cart/*", '"/cart/*"'],
    ["#{path}", '"#{path}"'],
    ['say "hi"\n', String.raw`"say \"hi\"\n"`],
    ["", '""'],
    ["0123", '"0123"'],
    ["HTTP:9001/", "HTTP:9001/"],
    ["a:", '"a:"'],
    ["subnet-a", "subnet-a"],
  ])("the text %j is written as %s", (value, expected) => {
    expect(template([v2("create-load-balancer", { Name: value })]).text).toContain(`Name: ${expected}`);
  });
});
