/** The bar on top: where one is, how it looks, and the way out. */
import TopNavigation, { type TopNavigationProps } from "@cloudscape-design/components/top-navigation";
import { useState } from "react";
import { signOut, useSignedIn } from "../session/session";
import { focusHeading } from "./focus";
import { chooseTheme, chosenTheme, type Theme } from "./theme";
import "./top-bar.css";

const THEMES: { id: Theme; text: string }[] = [
  { id: "system", text: "As the system" },
  { id: "light", text: "Light" },
  { id: "dark", text: "Dark" },
];

export function TopBar() {
  const { session } = useSignedIn();
  const [theme, setTheme] = useState(chosenTheme);
  const utilities: TopNavigationProps.Utility[] = [
    {
      type: "menu-dropdown",
      iconName: "settings",
      ariaLabel: "Appearance",
      title: "Appearance",
      items: THEMES.map(({ id, text }) => ({ id, text, itemType: "checkbox" as const, checked: id === theme })),
      onItemClick: ({ detail }) => {
        const chosen = THEMES.find(({ id }) => id === detail.id)?.id ?? "system";
        chooseTheme(chosen);
        setTheme(chosen);
      },
    },
    {
      type: "menu-dropdown",
      text: session?.region ?? "",
      description: session?.accessKeyId ?? "",
      iconName: "user-profile",
      items: [{ id: "sign-out", text: "Sign out" }],
      onItemClick: () => signOut(),
    },
  ];
  return (
    <header id="top-bar">
      {/* No link: the address says which page it is. */}
      <button type="button" className="skip" onClick={focusHeading}>
        Skip to main content
      </button>
      <TopNavigation identity={{ href: "#/", title: "Elbow" }} utilities={utilities} />
    </header>
  );
}
