/** Links of `elbow console`: their token is traded for a session, once. */
import { explain, isSession, signIn } from "./session";

const LINK = /^#\/link\/([0-9a-f]+)$/;

export async function followLink() {
  const token = LINK.exec(location.hash)?.[1];
  if (!token) return;
  // The token is of no more use, and must not stay in the history.
  history.replaceState(null, "", "#/");
  try {
    const answer = await fetch("sign-in", { method: "POST", body: token });
    if (!answer.ok) {
      explain(await answer.text());
      return;
    }
    const session: unknown = await answer.json();
    if (isSession(session)) signIn(session);
  } catch {
    explain("Elbow does not answer. Make sure that it runs, and open another link.");
  }
}
