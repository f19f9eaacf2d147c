/** What was told of a request. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { moment } from "../frame/moment";
import {
  type Cookie,
  destination,
  type Explanation,
  type Group,
  groupText,
  type Rule,
  type Session,
  severity,
  targetText,
  withoutTarget,
} from "./explain";

export function Told({ told }: { told: Explanation }) {
  const groups = told.targetGroups ?? [];
  return (
    <SpaceBetween size="l">
      <div aria-live="polite">
        <SpaceBetween size="m">
          {told.action !== "forward" && <WithoutTarget told={told} />}
          {told.groupStickiness && (
            <Alert type={severity(told.groupStickiness.outcome)} header={`AWSALBTG: ${told.groupStickiness.outcome}`}>
              {sentence(told.groupStickiness.meaning)}
            </Alert>
          )}
          {told.action === "forward" && groups.length === 0 && (
            <Alert type="error" header="503">
              No target group gets new requests, because all weights are 0.
            </Alert>
          )}
          {groups.map((group) => (
            <InGroup key={group.targetGroupArn ?? ""} group={group} />
          ))}
        </SpaceBetween>
      </div>
      {told.cookies && <Cookies cookies={told.cookies} />}
      {told.targetGroups?.some(({ setCookies }) => setCookies.length > 0) && <SetCookies groups={told.targetGroups} />}
      {told.rule && <Rules rule={told.rule} passedOver={told.rulesPassedOver ?? []} action={told.action} />}
    </SpaceBetween>
  );
}

function WithoutTarget({ told }: { told: Explanation }) {
  const [header, text] = withoutTarget(told);
  return (
    <Alert type={told.action === "refused" ? "error" : "info"} header={header}>
      {text.charAt(0).toUpperCase() + text.slice(1)}
    </Alert>
  );
}

function InGroup({ group }: { group: Group }) {
  const of = groupText(group.targetGroupArn);
  const share = group.share < 1 ? ` (${Math.round(group.share * 100)} % of such requests)` : "";
  return (
    <Alert type={severity(group.outcome)} header={`${of}${share}: ${group.outcome}`}>
      {sentence(group.meaning)} {destination(group)}
      {group.leftTarget && ` The session leaves ${targetText(group.leftTarget)}.`}
      {group.isInsecureReplay && " Its cookie was issued over HTTPS and came over HTTP."}
    </Alert>
  );
}

function Cookies({ cookies }: { cookies: Cookie[] }) {
  return (
    <Container header={<Header variant="h2">Cookies of the load balancer</Header>}>
      <SpaceBetween size="l">
        {cookies.length === 0 && "None came with the request."}
        {cookies.map((cookie) => (
          <SpaceBetween key={cookie.name} size="s">
            <Box variant="h3">{cookie.name}</Box>
            {cookie.isReadable ? (
              <Box>
                Sealed by the key <Box variant="code">{cookie.keyId}</Box>.
              </Box>
            ) : (
              <Box>
                {cookie.outcome}: {sentence(cookie.meaning ?? "")}
              </Box>
            )}
            {cookie.sessions?.map((session) => (
              <SessionView key={session.sessionId} session={session} />
            ))}
          </SpaceBetween>
        ))}
      </SpaceBetween>
    </Container>
  );
}

function SessionView({ session }: { session: Session }) {
  return (
    <KeyValuePairs
      columns={3}
      items={[
        { label: "Target group", value: groupText(session.targetGroupArn) },
        { label: "Target", value: session.target ? targetText(session.target) : "None that is registered" },
        { label: "Session ID", value: <Box variant="code">{session.sessionId}</Box> },
        { label: "Begun", value: moment(session.begunAt) },
        { label: "Last used", value: moment(session.lastUsedAt) },
        ...(session.endsAt ? [{ label: "Ends unless used", value: moment(session.endsAt) }] : []),
        { label: "Moved to another target", value: `${session.moves} times` },
      ]}
    />
  );
}

function SetCookies({ groups }: { groups: Group[] }) {
  return (
    <Container
      header={
        <Header variant="h2" description="… is what only the load balancer can read.">
          Cookies that the response sets
        </Header>
      }
    >
      <ul>
        {groups
          .flatMap(({ setCookies }) => setCookies)
          .map((cookie, place) => (
            <li key={place}>
              <Box variant="code">{cookie}</Box>
            </li>
          ))}
      </ul>
    </Container>
  );
}

function Rules({ rule, passedOver, action }: { rule: Rule; passedOver: Rule[]; action: string }) {
  return (
    <Container header={<Header variant="h2">Rules</Header>}>
      <ol>
        {passedOver.map((rule) => (
          <li key={rule.priority}>
            {named(rule)}: not met, because it wants that {rule.unmet}.
          </li>
        ))}
        <li>
          {named(rule)}: met, {action}.
        </li>
      </ol>
    </Container>
  );
}

function named({ priority }: Rule): string {
  return priority === "default" ? "Default rule" : `Rule ${priority}`;
}

/** What was meant for the middle of a line, as one of its own. */
function sentence(text: string): string {
  return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
