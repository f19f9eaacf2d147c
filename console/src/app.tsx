/** The page: the sign-in page, or the page of the address behind it. */
import { I18nProvider } from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.en";
import { Suspense, useEffect } from "react";
import { useKeptFocus } from "./frame/focus";
import { Frame, Loading } from "./frame/frame";
import { TopBar } from "./frame/top-bar";
import { NotFound } from "./frame/not-found";
import { HOME, PAGES } from "./pages";
import { goInstead, match, usePlace } from "./routing/route";
import { useSignedIn } from "./session/session";
import { SignIn } from "./session/sign-in";
import { useHasSignedIn } from "./session/use-has-signed-in";

export function App() {
  const { session } = useSignedIn();
  const hasPage = useHasSignedIn();
  const noteFocus = useKeptFocus(session !== null);
  return (
    <I18nProvider locale="en" messages={[messages]}>
      {!session && <SignIn />}
      {hasPage && (
        // Kept behind the sign-in page: what was typed must be there when the session goes on.
        <div hidden={!session} onFocus={noteFocus}>
          <TopBar />
          <CurrentPage />
        </div>
      )}
    </I18nProvider>
  );
}

function CurrentPage() {
  const { path, query } = usePlace();
  useEffect(() => {
    if (path.length === 0) goInstead(HOME);
  }, [path.length]);
  for (const { pattern, title, component: Page } of PAGES) {
    const parameters = match(pattern, path);
    if (!parameters) continue;
    return (
      <Suspense fallback={<Frame title={title} breadcrumbs={[]} content={<Loading />} />}>
        <Page key={path.join("/")} parameters={parameters} query={query} />
      </Suspense>
    );
  }
  return path.length === 0 ? null : <NotFound />;
}
