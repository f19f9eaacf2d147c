/** Light or dark: as the system has it, until somebody chooses. The choice is kept for the next visit. */
import { applyMode, Mode } from "@cloudscape-design/global-styles";

export type Theme = "system" | "light" | "dark";

const KEY = "elbow-theme";
const darkSystem = matchMedia("(prefers-color-scheme: dark)");

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function chooseTheme(theme: Theme) {
  if (theme === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  show();
}

/** Shows the chosen theme from now on. */
export function applyTheme() {
  show();
  darkSystem.addEventListener("change", show);
}

function show() {
  const theme = chosenTheme();
  const isDark = theme === "dark" || (theme === "system" && darkSystem.matches);
  applyMode(isDark ? Mode.Dark : Mode.Light);
}
