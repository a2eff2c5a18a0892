/** A field in a cell, for another number. */

import { fill, h } from "../dom";

/** Open it; `done` gets the number once it is closed: that from before, where nothing else came. */
export function editNumber(element: HTMLElement, words: string, before: number, done: (number: number) => void): void {
  const input = h("input", { type: "text", inputmode: "decimal", "aria-label": words, value: String(before) });
  const shown = [...element.childNodes];
  const number = (): number => Number(input.value.replace("−", "-").replace(",", "."));
  const readable = (): boolean => input.value.trim() !== "" && Number.isFinite(number());
  let open = true;
  const close = (keep: boolean, byKey: boolean): void => {
    if (!open) return;
    open = false;
    element.replaceChildren(...shown); // what did not change is not painted anew
    element.classList.remove("editing");
    done(keep && readable() ? number() : before);
    if (byKey) element.focus();
  };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Enter" && !readable()) {
      input.setCustomValidity("A finite number is needed here, such as 2, -0.5 or 1e-3. Escape leaves what was there.");
      input.reportValidity();
    } else close(event.key === "Enter", true);
  });
  input.addEventListener("input", () => input.setCustomValidity(""));
  input.addEventListener("blur", () => close(true, false));
  input.addEventListener("click", (event) => event.stopPropagation());
  element.classList.add("editing");
  fill(element, input);
  input.focus();
  input.select();
}
