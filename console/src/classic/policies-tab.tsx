/** The policies of a Classic Load Balancer, and where each is in force. */
import {
  DeleteLoadBalancerPolicyCommand,
  type LoadBalancerDescription,
  type PolicyDescription,
} from "@aws-sdk/client-elastic-load-balancing";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { elb } from "../commands/elb";
import { ConfirmDelete } from "../frame/confirm-delete";
import { Empty } from "../frame/empty";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import { entranceOf } from "./classic";
import { policiesOf } from "./questions";

const TYPES: Record<string, string> = {
  LBCookieStickinessPolicyType: "Stickiness: load balancer generated cookie",
  AppCookieStickinessPolicyType: "Stickiness: application-based cookie",
  SSLNegotiationPolicyType: "Security policy",
  ProxyProtocolPolicyType: "Proxy protocol",
  PublicKeyPolicyType: "Public key",
  BackendServerAuthenticationPolicyType: "Back-end authentication",
};
/** A policy of security has dozens of switches. */
const MOST_ATTRIBUTES = 3;

export function PoliciesTab({ balancer }: { balancer: LoadBalancerDescription }) {
  const { LoadBalancerName: name = "" } = balancer;
  const { value: policies, error, isLoading } = useAnswer(`policies ${name}`, () => policiesOf(name));
  const [chosen, setChosen] = useState<PolicyDescription>();
  const [isDeleting, setDeleting] = useState(false);
  return (
    <>
      <Problem error={error} />
      <Table<PolicyDescription>
        items={policies ?? []}
        loading={isLoading}
        loadingText="Loading policies"
        trackBy="PolicyName"
        selectionType="single"
        selectedItems={chosen ? [chosen] : []}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems[0])}
        wrapLines
        ariaLabels={{
          tableLabel: "Policies",
          selectionGroupLabel: "Selected policy",
          itemSelectionLabel: (_, { PolicyName = "" }) => PolicyName,
        }}
        columnDefinitions={[
          { id: "name", header: "Name", isRowHeader: true, cell: ({ PolicyName }) => PolicyName },
          {
            id: "type",
            header: "Type",
            cell: ({ PolicyTypeName = "" }) => TYPES[PolicyTypeName] ?? PolicyTypeName,
          },
          { id: "attributes", header: "Attributes", cell: attributesText },
          { id: "use", header: "In force on", cell: ({ PolicyName = "" }) => inForceOn(balancer, PolicyName) },
        ]}
        header={
          <Header
            counter={policies && `(${policies.length})`}
            description="A policy acts once it is in force on a listener, or for a port of the instances."
            actions={
              <Button disabled={!chosen} onClick={() => setDeleting(true)}>
                Delete policy
              </Button>
            }
          >
            Policies
          </Header>
        }
        empty={
          <Empty
            title="No policies"
            text="Choose Edit stickiness on a listener, or make one by aws-cli:"
            operation={{
              service: "elb",
              name: "create-lb-cookie-stickiness-policy",
              input: { LoadBalancerName: name, PolicyName: "lb-cookie-600", CookieExpirationPeriod: 600 },
            }}
          />
        }
      />
      {isDeleting && chosen && (
        <ConfirmDelete
          what="policy"
          name={chosen.PolicyName ?? ""}
          operation={elb(
            "delete-load-balancer-policy",
            new DeleteLoadBalancerPolicyCommand({ LoadBalancerName: name, PolicyName: chosen.PolicyName }),
          )}
          close={() => setDeleting(false)}
          deleted={() => setChosen(undefined)}
        >
          One that is in force cannot be deleted.
        </ConfirmDelete>
      )}
    </>
  );
}

function attributesText({ PolicyAttributeDescriptions: all = [] }: PolicyDescription): string {
  const texts = all.map(({ AttributeName = "", AttributeValue = "" }) => `${AttributeName}: ${AttributeValue}`);
  const more = texts.length - MOST_ATTRIBUTES;
  return [...texts.slice(0, MOST_ATTRIBUTES), ...(more > 0 ? [`${more} more`] : [])].join(", ") || "-";
}

function inForceOn({ ListenerDescriptions, BackendServerDescriptions }: LoadBalancerDescription, policy: string) {
  const listeners = (ListenerDescriptions ?? []).filter(({ PolicyNames }) => PolicyNames?.includes(policy));
  const ports = (BackendServerDescriptions ?? []).filter(({ PolicyNames }) => PolicyNames?.includes(policy));
  const places = [
    ...listeners.map(entranceOf),
    ...ports.map(({ InstancePort }) => `instance port ${InstancePort ?? ""}`),
  ];
  return places.join(", ") || "-";
}
