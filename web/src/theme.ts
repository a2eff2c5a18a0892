/** Light and dark: the system's choice, or the reader's. */

import { h, prefers } from "./dom";

export function themeButton(): HTMLButtonElement {
  return h("button", {
    type: "button",
    onclick: () => {
      const dark = document.documentElement.dataset.theme ?? (prefers("color-scheme: dark") ? "dark" : "light");
      document.documentElement.dataset.theme = dark === "dark" ? "light" : "dark";
    },
  }, "Light / dark");
}
