/** The lines of `convstep.loops`, the one that is executed, and the values of the names. */

import { fill, h, setText } from "../dom";
import type { Place, Program } from "../program";

export class CodePane {
  readonly element: HTMLElement;
  /** The executing line alone, for where the listing is out of sight. */
  readonly strip = h("div", { class: "strip", "aria-hidden": "true" });
  private readonly lines = new Map<number, HTMLElement>();
  private readonly values = h("dl", { class: "values" });
  private readonly names = new Map<string, HTMLElement>();
  private readonly listing: HTMLElement;
  private marked: HTMLElement[] = [];
  private form = "";

  constructor(program: Program) {
    const blocks = Object.values(program.listings).map((listing) => h("div", { class: "block" }, ...listing.map((line) => this.line(...line))));
    this.listing = h("div", { class: "listing", role: "region", tabindex: 0, "aria-label": "the lines of convstep.loops" }, ...blocks);
    this.element = h("section", { class: "code" },
      h("h2", { class: "sub" }, "convstep/loops.py"), this.listing, h("h2", { class: "sub" }, "Values"), this.values);
  }

  /** Mark the line of a place; `value` tells what a name holds then. */
  show(place: Place, nan: boolean, value: (name: string) => string | null): void {
    for (const element of this.marked) element.classList.remove("now", "calls");
    const now = this.lines.get(nan && place.nan !== undefined ? place.nan : place.line);
    const callers = place.callers.map((line) => this.lines.get(line));
    now?.classList.add("now");
    for (const caller of callers) caller?.classList.add("calls");
    this.marked = [now, ...callers].filter((element): element is HTMLElement => element !== undefined);
    for (const [, element] of this.lines) element.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "step");
    if (now) this.reveal(now);
    setText(this.strip, now?.querySelector("code")?.textContent?.trim() ?? "");
    this.showValues(place, value);
  }

  private line(n: number, text: string): HTMLElement {
    const indent = text.length - text.trimStart().length;
    const element = h("div", { class: "line" }, h("span", { class: "n", "aria-hidden": "true" }, String(n)), h("code", {}, text));
    element.style.setProperty("--indent", String(indent));
    this.lines.set(n, element);
    return element;
  }

  /** Scroll the listing, never the page. */
  private reveal(line: HTMLElement): void {
    const { listing } = this;
    const top = line.offsetTop; // the listing is what it is measured from
    if (top < listing.scrollTop || top + line.offsetHeight > listing.scrollTop + listing.clientHeight) {
      listing.scrollTop = Math.max(0, top - listing.clientHeight / 2);
    }
  }

  private showValues(place: Place, value: (name: string) => string | null): void {
    const known = place.known.filter((name) => value(name) !== null);
    const form = known.join();
    if (form !== this.form) {
      this.names.clear();
      fill(this.values, ...known.map((name) => {
        const dd = h("dd");
        this.names.set(name, dd);
        return h("div", {}, h("dt", {}, name), dd);
      }));
      this.form = form;
    }
    for (const name of known) {
      const dd = this.names.get(name)!;
      setText(dd, value(name)!);
      dd.parentElement!.classList.toggle("set", place.sets.includes(name));
    }
  }
}
