/** Elements in one call: `h("p", { class: "note" }, "words")`. */

export type Child = Node | string | null | false;
type Value = string | number | boolean | null | undefined | ((event: never) => void);

/** Make an element. Properties that begin with "on" are listeners; true is an empty attribute. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, properties: Record<string, Value> = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value as (event: Event) => void);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  append(element, children);
  return element;
}

export function append(element: Element, children: readonly Child[]): void {
  for (const child of children) if (child !== null && child !== false) element.append(child);
}

/** Put new children in place of the old ones. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

/** Change a text only where it differs: so a step touches what it changes and nothing else. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A media query, or no where there is none. */
export function prefers(what: string): boolean {
  return window.matchMedia?.(`(prefers-${what})`).matches ?? false;
}
