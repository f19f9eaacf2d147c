/** What has happened, above every page. */
import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useSyncExternalStore } from "react";

const MOST = 5;
const WORDS: FlashbarProps.I18nStrings = {
  ariaLabel: "Notifications",
  notificationBarAriaLabel: "View all notifications",
  notificationBarText: "Notifications",
  errorIconAriaLabel: "Error",
  warningIconAriaLabel: "Warning",
  successIconAriaLabel: "Success",
  infoIconAriaLabel: "Info",
  inProgressIconAriaLabel: "In progress",
};
let messages: FlashbarProps.MessageDefinition[] = [];
let number = 0;
const listeners = new Set<() => void>();

export function notify(type: "success" | "error" | "info", content: string) {
  const id = `message-${++number}`;
  const ariaRole = type === "error" ? ("alert" as const) : ("status" as const);
  const message = { id, type, content, ariaRole, dismissible: true, onDismiss: () => dismiss(id) };
  messages = [message, ...messages].slice(0, MOST);
  tell();
}

export function Notifications() {
  const items = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => messages,
  );
  // In a stack, so that many do not cover what they tell of.
  return <Flashbar items={items} stackItems i18nStrings={WORDS} />;
}

function dismiss(id: string) {
  messages = messages.filter((message) => message.id !== id);
  tell();
}

function tell() {
  for (const listener of listeners) listener();
}
