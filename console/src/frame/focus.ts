/** Where the keyboard is after something has changed under it: without this it is nowhere, and a screen reader is silent. */
import { type FocusEvent, useEffect, useRef, useState } from "react";
import { usePlace } from "../routing/route";

/** The page that has been given the focus; the first one begins at the top, where the browser begins. */
let focusedPage: string | undefined;

/** Puts the focus on the heading of the page that is shown; false as long as it has none. */
export function focusHeading(): boolean {
  const heading = [...document.querySelectorAll("h1")].find((element) => element.checkVisibility());
  if (!heading) return false;
  // A heading takes no focus of its own, and should take none by Tab.
  heading.tabIndex = -1;
  heading.focus();
  return true;
}

/** A page that is gone to begins at its heading. */
export function usePageFocus() {
  const { path } = usePlace();
  // As it came: while the next page is made, the one before is still there and hears of the new address.
  const [page] = useState(() => path.join("/"));
  // After every render: the heading may come later than the page.
  useEffect(() => {
    if (page !== focusedPage && (focusedPage === undefined || focusHeading())) focusedPage = page;
  });
}

/** What had the focus when the sign-in page came before it gets it back. Returns what takes note of the focus. */
export function useKeptFocus(isShown: boolean) {
  const last = useRef<HTMLElement>(null);
  const wasShown = useRef(isShown);
  useEffect(() => {
    if (isShown === wasShown.current) return;
    wasShown.current = isShown;
    if (!isShown) return;
    if (last.current?.isConnected) last.current.focus();
    else focusedPage = "";
  }, [isShown]);
  return (event: FocusEvent<HTMLElement>) => {
    last.current = event.target;
  };
}
