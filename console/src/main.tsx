/** The console's first file: signs in whoever comes by a link, then shows the page. */
import "@cloudscape-design/global-styles/index.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { applyTheme } from "./frame/theme";
import { followLink } from "./session/link";

async function start() {
  applyTheme();
  await followLink();
  const element = document.getElementById("console");
  if (!element) throw new Error("the page has no place for the console");
  createRoot(element).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

void start();
