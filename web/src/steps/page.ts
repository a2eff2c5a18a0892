/** The page of steps: tabs, and below them the step view of the open one. */

import { ownSituation, plain, withGradient } from "../defaults";
import { fill, h } from "../dom";
import * as link from "../link";
import { OPERATIONS, type Operation, type PageData, type Situation, unpackSituation } from "../situation";
import { themeButton } from "../theme";
import { type StepsView, handOn, mountSteps } from "./view";

const TABS: Record<Operation, string> = {
  zero_pad: "Zero padding",
  conv_forward: "Convolution forward",
  conv_backward: "Convolution backward",
  max_pool_forward: "Max pooling forward",
  max_pool_backward: "Max pooling backward",
  average_pool_forward: "Average pooling forward",
  average_pool_backward: "Average pooling backward",
};

export function mountPage(root: HTMLElement, data: PageData): void {
  new Page(root, data);
}

interface Left {
  situation: Situation;
  time?: number;
}

function familyOf(operation: Operation): string {
  return operation.replace(/_(forward|backward)$/, "");
}

class Page {
  private readonly given: Situation[];
  private readonly left = new Map<Operation, Left>();
  /** Which of what was given an operation's numbers come from. */
  private readonly from = new Map<Operation, Situation>();
  private readonly tabs = new Map<Operation, HTMLButtonElement>();
  private readonly place = h("div", { id: "steps", role: "tabpanel", tabindex: -1 });
  private readonly said = h("span", { class: "copied", role: "status" });
  private readonly chooser = h("select", { "aria-label": "which to show" });
  private readonly back = h("button", { type: "button", onclick: () => this.putBack() }, "Back to the numbers it came with");
  private view: StepsView | null = null;
  private open: Operation;
  private lines = false;
  private timer = 0;

  constructor(root: HTMLElement, private readonly data: PageData) {
    this.given = (data.situations ?? (data.situation ? [data.situation] : [])).map(unpackSituation);
    for (const one of [...this.given].reverse()) this.left.set(one.operation, { situation: one });
    this.open = this.given[0]?.operation ?? data.tab ?? "conv_forward";
    this.fillChooser();
    this.restore();
    root.append(this.header(), h("main", {}, this.place, help()));
    this.show(this.open);
    document.addEventListener("keydown", (event) => handOn(event, this.view));
    window.addEventListener("hashchange", () => {
      if (this.restore()) this.show(this.open);
    });
    this.acceptPictures();
  }

  private header(): HTMLElement {
    const tablist = h("div", { role: "tablist", "aria-label": "what to watch", onkeydown: (event: KeyboardEvent) => this.onTabKey(event) });
    for (const operation of OPERATIONS) {
      const tab = h("button", { type: "button", role: "tab", id: `tab-${operation}`, "aria-controls": "steps", onclick: (event: MouseEvent) => this.chooseTab(operation, event) }, TABS[operation]);
      this.tabs.set(operation, tab);
      tablist.append(tab);
    }
    return h("header", { class: "top" },
      h("div", { class: "brand" }, h("h1", {}, "convstep lens"), this.given.length > 1 && this.chooser, this.back, this.said,
        hasAddress() && h("button", { type: "button", onclick: () => void this.copy() }, "Copy link"), themeButton()),
      tablist);
  }

  /** Of several situations, such as all that is wrong in a file, one is open. */
  private fillChooser(): void {
    this.chooser.append(...this.given.map((one, n) => h("option", { value: n }, one.title ?? TABS[one.operation])));
    this.chooser.addEventListener("change", () => this.showGiven(this.given[Number(this.chooser.value)]));
  }

  private showGiven(situation: Situation): void {
    this.leave(situation.operation);
    this.left.set(situation.operation, { situation });
    this.show(situation.operation);
  }

  /** After changes, what was given is opened again. */
  private putBack(): void {
    this.showGiven(this.origin(this.open));
    this.place.focus({ preventScroll: true });
  }

  /** Before another operation is opened, keep where the open one stands. */
  private leave(operation: Operation): void {
    const { view } = this;
    if (view && operation !== this.open) this.left.set(this.open, { situation: view.situation, time: view.time });
  }

  private show(operation: Operation): void {
    this.leave(operation);
    const carried = this.carried(operation);
    this.view?.close();
    this.open = operation;
    for (const [name, tab] of this.tabs) {
      const chosen = name === operation;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    this.place.setAttribute("aria-labelledby", `tab-${operation}`);
    fill(this.place);
    const left = carried ?? this.left.get(operation) ?? { situation: this.own(operation) };
    this.left.set(operation, left);
    this.view = mountSteps(this.place, left.situation, {
      code: this.data.code,
      presets: this.data.presets,
      time: left.time,
      lines: this.lines,
      changed: (view) => {
        this.lines = view.lines;
        this.showWhich(view);
        this.remember(view);
      },
    });
  }

  private showWhich({ situation }: StepsView): void {
    const { operation } = situation;
    const isGiven = this.given.includes(situation);
    if (isGiven) this.from.set(operation, situation);
    const n = this.given.indexOf(this.origin(operation));
    this.chooser.value = n >= 0 ? String(n) : "";
    this.back.hidden = isGiven || n < 0;
  }

  /** From one pass of an operation to the other, the reader's numbers come along. */
  private carried(operation: Operation): Left | null {
    const situation = this.view?.situation;
    if (!situation || operation === this.open || familyOf(operation) !== familyOf(this.open)) return null;
    const came = this.given.some((one) => one.operation === operation);
    if (came || situation === this.own(this.open)) return null;
    const left = this.left.get(operation);
    const grad = left?.situation.grad ?? this.own(operation).grad;
    return { situation: withGradient({ ...plain(situation), operation, grad }), ...(left?.time !== undefined && { time: left.time }) };
  }

  private readonly owned = new Map<Operation, Situation>();

  private own(operation: Operation): Situation {
    const found = this.owned.get(operation) ?? ownSituation(operation);
    this.owned.set(operation, found);
    return found;
  }

  // ---------------------------------------------------------------- the link

  private origin(operation: Operation): Situation {
    return this.from.get(operation) ?? this.came(operation);
  }

  /** The numbers that a tab had when the page was opened. */
  private came(operation: Operation): Situation {
    return this.given.find((one) => one.operation === operation) ?? this.own(operation);
  }

  private stateOf(view: StepsView): link.State {
    const { situation, time, lines } = view;
    const { operation } = situation;
    if (situation === this.came(operation)) return { operation, time, lines };
    const given = this.given.indexOf(this.origin(operation));
    const isGiven = this.given.includes(situation);
    return { operation, time, lines, ...(given >= 0 && { given }), ...(!isGiven && { situation }) };
  }

  /** Open what the address says; whether it says anything that is not open already. */
  private restore(): boolean {
    const state = link.read(window.location.hash);
    if (state) this.said.textContent = "";
    else if (window.location.hash.length > 1) this.said.textContent = "The link is not complete, or not of this page.";
    if (!state || (this.view && link.write(this.stateOf(this.view)) === link.write(state))) return false;
    const given = this.given[state.given ?? -1];
    const origin = given?.operation === state.operation ? given : this.came(state.operation);
    if (this.given.includes(origin)) this.from.set(state.operation, origin);
    const situation = state.situation ?? origin;
    this.leave(state.operation);
    this.left.set(state.operation, { situation, time: state.time });
    this.view?.close();
    this.view = null;
    this.open = state.operation;
    this.lines = state.lines;
    return true;
  }

  /** The address follows what is shown, once it rests. */
  private remember(view: StepsView): void {
    window.clearTimeout(this.timer);
    if (!hasAddress()) return;
    this.timer = window.setTimeout(() => {
      try {
        window.history.replaceState(null, "", `#${link.write(this.stateOf(view))}`);
      } catch {
        // A browser may refuse: after many changes in a short time, or inside a frame.
      }
    }, 300);
  }

  private async copy(): Promise<void> {
    if (!this.view) return;
    const address = `${window.location.href.replace(/#.*/, "")}#${link.write(this.stateOf(this.view))}`;
    try {
      await navigator.clipboard.writeText(address);
      this.said.textContent = "copied";
    } catch {
      window.location.hash = link.write(this.stateOf(this.view));
      this.said.textContent = "the address now holds it";
    }
    window.setTimeout(() => (this.said.textContent = ""), 3000);
  }

  // ---------------------------------------------------------------- keys and pictures

  /** After a click of the mouse the arrow keys step; who came to the tab by keyboard stays there. */
  private chooseTab(operation: Operation, event: MouseEvent): void {
    if (operation !== this.open) this.show(operation);
    if (event.detail > 0) this.place.focus({ preventScroll: true });
  }

  private onTabKey(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const n = (OPERATIONS.indexOf(this.open) + by + OPERATIONS.length) % OPERATIONS.length;
    this.show(OPERATIONS[n]);
    this.tabs.get(OPERATIONS[n])!.focus();
  }

  private acceptPictures(): void {
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) this.view?.take(file);
    });
  }
}

/** A page inside a notebook's cell has no address that could be passed on. */
function hasAddress(): boolean {
  return window.location.protocol !== "about:";
}

const KEYS: [string, string][] = [
  ["← →", "one step back or forward"],
  ["Space", "play and pause"],
  ["Home, End", "before the first step, after the last"],
  ["L", "each line, or each cell"],
  ["Tab, arrow keys", "into a grid, and from cell to cell: what belongs to a cell is marked"],
  ["Enter", "on an output cell: go to its step; on an input or filter cell: change the number; on the gradient's open cell: change it"],
];

function help(): HTMLElement {
  const marks: [string, string][] = [
    ["window", "the window of this step"],
    ["current", "the cell of this step"],
    ["chosen", "the maximum"],
    ["padding", "padding"],
    ["hover", "belongs to the cell that is pointed at"],
    ["unused", "read by no window"],
    ["wrong", "differs from what is right"],
  ];
  return h("details", { class: "help" }, h("summary", {}, "Keys and marks"),
    h("dl", {}, ...KEYS.flatMap(([key, words]) => [h("dt", {}, key), h("dd", {}, words)])),
    h("ul", { class: "marks" }, ...marks.map(([name, words]) => h("li", {}, h("span", { class: `cell ${name}`, "aria-hidden": "true" }, "1"), words))),
    h("p", {}, "Numbers above zero are shaded orange, those below zero blue. On the picture of a large input you can draw; with Shift, erase."),
    h("p", {}, "A transposed convolution (a deconvolution) is what makes dA_prev of dZ: each number spreads its filter over a window, and what overlaps adds up."));
}
