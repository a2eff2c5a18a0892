/** Light and dark: the system's choice, or the reader's. */

import { h, prefers } from "./dom";

export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen === undefined ? prefers("color-scheme: dark") : chosen === "dark";
}

/** A button to choose; `changed` is called then, and when the system's choice changes. */
export function themeButton(changed?: () => void): HTMLButtonElement {
  window.matchMedia?.("(prefers-color-scheme: dark)").addEventListener("change", () => changed?.());
  return h("button", {
    type: "button",
    onclick: () => {
      document.documentElement.dataset.theme = isDark() ? "light" : "dark";
      changed?.();
    },
  }, "Light / dark");
}
