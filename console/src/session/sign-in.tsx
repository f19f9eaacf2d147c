/** The sign-in page. A pair is checked by one call before it becomes the session. */
import { DescribeAccountLimitsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import AppLayout from "@cloudscape-design/components/app-layout";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type SyntheticEvent, useEffect, useState } from "react";
import { sendAs } from "../api/client";
import { ApiError, isRefusedSession } from "../api/errors";
import { Copyable } from "../commands/copyable";
import { type Session, signIn, useSignedIn } from "./session";
import "./sign-in.css";

const DEFAULT_REGION = "us-east-1";

export function SignIn() {
  const { ended } = useSignedIn();
  const [typed, setTyped] = useState<Session>({ accessKeyId: "", secretAccessKey: "", region: DEFAULT_REGION });
  const [isTried, setTried] = useState(false);
  const [isChecking, setChecking] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    document.title = "Sign in | Elbow";
  }, []);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    const session = trimmed(typed);
    if (Object.values(session).some((value) => value === "") || isChecking) return;
    setChecking(true);
    setError(null);
    try {
      await sendAs(session, new DescribeAccountLimitsCommand({}));
      signIn(session);
    } catch (caught) {
      setError(ApiError.of(caught));
    } finally {
      setChecking(false);
    }
  };

  const field = (
    label: string,
    name: keyof Session,
    more: { type?: "password"; description?: string; autoFocus?: true } = {},
  ) => (
    <FormField
      label={label}
      description={more.description}
      errorText={isTried && typed[name].trim() === "" ? `Enter the ${label.toLowerCase()}.` : undefined}
    >
      <Input
        value={typed[name]}
        onChange={({ detail }) => setTyped((before) => ({ ...before, [name]: detail.value }))}
        type={more.type ?? "text"}
        name={name}
        autoFocus={more.autoFocus ?? false}
        autoComplete={false}
        spellcheck={false}
      />
    </FormField>
  );

  const content = (
    <div className="sign-in">
      <SpaceBetween size="l">
        <Box variant="h1" textAlign="center">
          Elbow
        </Box>
        {ended !== null && (
          <Alert type="warning" header="Sign in again">
            {ended} What you have typed is kept.
          </Alert>
        )}
        <form onSubmit={(event) => void submit(event)}>
          <Form
            errorText={error && `${error.code}: ${error.message}`}
            actions={
              <Button variant="primary" formAction="submit" loading={isChecking}>
                Sign in
              </Button>
            }
          >
            <Container header={<Header variant="h2">Sign in</Header>}>
              <SpaceBetween size="m">
                {field("Access key ID", "accessKeyId", { autoFocus: true })}
                {field("Secret access key", "secretAccessKey", { type: "password" })}
                {field("Region", "region", { description: "Load balancers of other regions are not shown." })}
                {error && isRefusedSession(error) && (
                  <Box color="text-body-secondary" fontSize="body-s">
                    The pairs that Elbow knows are listed by <code>elbow credentials list</code>.
                  </Box>
                )}
              </SpaceBetween>
            </Container>
          </Form>
        </form>
        <Box color="text-body-secondary">
          The secret stays in this tab and is gone with it. On the machine that Elbow runs on, this opens the console
          signed in; a data directory that is not <code>./elbow-data</code> is named with <code>--data-dir</code>:
        </Box>
        <Copyable text="elbow console --open" label="Copy command" />
      </SpaceBetween>
    </div>
  );
  return <AppLayout navigationHide toolsHide content={content} />;
}

function trimmed(session: Session): Session {
  return {
    accessKeyId: session.accessKeyId.trim(),
    secretAccessKey: session.secretAccessKey.trim(),
    region: session.region.trim(),
  };
}
