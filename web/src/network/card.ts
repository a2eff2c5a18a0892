/** A layer as a card: its name, where its input comes from, its maps; and the cursor on them. */

import { fill, h } from "../dom";
import { shape } from "../words";
import type { Kind, Layer, Network, Place } from "./data";
import { type Layout, boxes, cellAt, extentOf, layOut, paint } from "./maps";
import type { Shown } from "./state";
import type { Region } from "./window";

/** What a card tells of. */
export interface CardEvents {
  /** The cursor is on a cell, or left the maps. */
  look(layer: Layer, place: Place | null): void;
  open(layer: Layer, place: Place): void;
  choose(layer: Layer): void;
}

interface Maps {
  kind: Kind;
  canvas: HTMLCanvasElement;
  over: HTMLElement;
  element: HTMLElement;
}

const KEYS: Record<string, [rows: number, columns: number, channels: number]> = {
  ArrowUp: [-1, 0, 0],
  ArrowDown: [1, 0, 0],
  ArrowLeft: [0, -1, 0],
  ArrowRight: [0, 1, 0],
  PageUp: [0, 0, -1],
  PageDown: [0, 0, 1],
};

export class Card {
  readonly element: HTMLLIElement;
  private readonly body = h("div", { class: "net-maps" });
  private readonly button: HTMLButtonElement;
  private maps: Maps[] = [];
  private layout: Layout | null = null;
  private cursor: Place = { h: 0, w: 0, c: 0 };
  private example = 0;

  constructor(
    private readonly network: Network, readonly layer: Layer, number: number, private readonly events: CardEvents,
  ) {
    this.button = h("button", { type: "button", onclick: () => events.choose(layer) }, layer.name);
    const previous = network.layers[number - 1]?.name;
    const from = layer.inputs.length > 1 || (number > 0 && layer.inputs[0] !== previous);
    this.element = h(
      "li", { class: "net-card" },
      h("h3", {}, this.button),
      h("p", {}, layer.words.length && layer.kind !== "Input" ? `${layer.kind}: ${layer.words}` : layer.kind),
      h("p", { class: "quiet" }, shape(layer.shape)),
      from && h("p", { class: "net-from" }, `inputs: ${layer.inputs.join(" + ")}`),
      this.body,
      this.kept(),
    );
  }

  /** Say how many maps there are where the page has not all of them. */
  private kept(): HTMLElement | null {
    const maps = Math.min(this.network.packed.maps, this.layer.channels);
    const cut = maps < this.layer.channels && this.layer.kind !== "Input" && this.layer.shape.length > 1;
    return cut ? h("p", { class: "quiet" }, `the first ${maps} of ${this.layer.channels} maps`) : null;
  }

  draw(example: number, shown: Shown): void {
    this.example = example;
    const kinds: Kind[] = shown === "both" ? ["values", "grads"] : [shown === "values" ? "values" : "grads"];
    this.maps = kinds.map((kind) => this.canvasOf(kind));
    fill(this.body, ...this.maps.map((each) => each.element));
    soon(this.body, () => this.paint());
  }

  /** Mark cells of the maps. */
  mark(region: Region | null, kind: string): void {
    for (const each of this.maps) {
      for (const old of each.over.querySelectorAll(`.${kind}`)) old.remove();
      if (region && this.layout) each.over.append(...boxes(this.layout, region, kind));
    }
  }

  focus(place: Place): void {
    this.cursor = place;
    this.maps[0]?.canvas.focus({ preventScroll: false });
  }

  current(is: boolean): void {
    this.element.classList.toggle("current", is);
    this.button.setAttribute("aria-pressed", String(is));
  }

  paint(): void {
    const { layer, network } = this;
    for (const { kind, canvas } of this.maps) {
      const values = network.array(this.example, kind, layer.name);
      if (!values || !this.layout) continue;
      const picture = this.layout.height > 1 && layer.kind === "Input" && kind === "values";
      paint(canvas, values, this.layout, { picture, range: network.packed.value_range });
    }
  }

  private canvasOf(kind: Kind): Maps {
    const { layer, network } = this;
    const values = network.array(this.example, kind, layer.name);
    const noun = kind === "values" ? "values" : "gradients";
    const over = h("div", { class: "net-over" });
    if (!values) {
      const words = h("p", { class: "quiet" }, `no ${noun}`);
      return { kind, canvas: h("canvas"), over, element: words };
    }
    const layout = layOut(values, layer.kind === "Input");
    this.layout = layout;
    const enter = layer.step ? "; Enter opens the window" : "";
    const [width, height] = extentOf(layout);
    const canvas = h("canvas", {
      width,
      height,
      tabindex: 0,
      role: "application",
      "aria-roledescription": layout.flat ? "numbers" : "feature maps",
      "aria-label": `${layer.name}, ${noun}, ${shape(layer.shape)}: arrow keys move` +
        `${layout.flat ? "" : ", Page Up and Page Down change the map"}${enter}`,
      onpointermove: (event: PointerEvent) => this.point(event, false),
      onpointerleave: () => this.events.look(layer, null),
      onclick: (event: MouseEvent) => this.point(event, true),
      onfocus: () => canvas.matches(":focus-visible") && this.events.look(layer, this.cursor),
      onblur: () => this.events.look(layer, null),
      onkeydown: (event: KeyboardEvent) => this.key(event),
    });
    const caption = h("p", { class: "net-caption" }, noun);
    const element = h("div", {}, caption, h("div", { class: "net-tiles" }, canvas, over));
    return { kind, canvas, over, element };
  }

  private point(event: MouseEvent, open: boolean): void {
    if (!this.layout) return;
    const place = cellAt(this.layout, event.offsetX, event.offsetY);
    if (!place) return this.events.look(this.layer, null);
    this.cursor = place;
    if (open) this.events.open(this.layer, place);
    else this.events.look(this.layer, place);
  }

  private key(event: KeyboardEvent): void {
    const l = this.layout;
    if (!l) return;
    if (event.key === "Enter" || event.key === " ") {
      this.events.open(this.layer, this.cursor);
    } else if (event.key in KEYS) {
      const [rows, columns, channels] = KEYS[event.key];
      const { h: row, w, c } = this.cursor;
      const along = l.flat ? rows * l.columns + columns : channels;
      this.cursor = {
        h: clamp(row + (l.flat ? 0 : rows), l.height),
        w: clamp(w + (l.flat ? 0 : columns), l.width),
        c: l.together ? 0 : clamp(c + along, l.channels),
      };
      this.events.look(this.layer, this.cursor);
    } else return;
    event.preventDefault();
  }
}

function clamp(n: number, size: number): number {
  return Math.max(0, Math.min(size - 1, n));
}

/** Do something when an element comes into view: a large network has many maps. */
function soon(element: HTMLElement, action: () => void): void {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    action();
  }, { rootMargin: "400px" });
  observer.observe(element);
}
