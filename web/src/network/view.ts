/** A network on an image: feature maps, gradients, and the step view of any window in them. */

import { append, fill, h, setText } from "../dom";
import type { PageData } from "../situation";
import { themeButton } from "../theme";
import { exact } from "../words";
import { answer } from "./answer";
import { Card } from "./card";
import { type Layer, Network, type PackedNetwork, type Place, sizes, valueAt } from "./data";
import { WindowDialog } from "./dialog";
import "./network.css";
import { panel } from "./panel";
import { runReport } from "./report";
import { type Shown, type State, readState, writeState } from "./state";
import { pixelsOf, windowOf } from "./window";

export function mountNetwork(root: HTMLElement, data: PageData): void {
  new View(root, data, data.network as PackedNetwork);
}

const SHOWN: [Shown, string][] = [
  ["values", "Values"],
  ["gradients", "Gradients"],
  ["both", "Both"],
];

class View {
  private readonly network: Network;
  private readonly cards = new Map<string, Card>();
  private readonly about = h("div");
  private readonly said = h("div");
  private readonly readout = h("p", { class: "net-readout", role: "status" });
  private readonly chooser = h("select", { "aria-label": "Example" });
  private readonly modes = new Map<Shown, HTMLInputElement>();
  private readonly dialog: WindowDialog;
  private state: State;

  constructor(root: HTMLElement, data: PageData, packed: PackedNetwork) {
    this.network = new Network(packed);
    const first = this.network.layers.find((layer) => layer.step) ?? this.network.layers[0];
    const usual: State = { example: 0, layer: first.name, place: null, shown: "values", open: null };
    this.state = usual;
    this.dialog = new WindowDialog(this.network, data.code, (open) => this.turn(open));
    this.build(root);
    this.restore(usual);
    window.addEventListener("hashchange", () => this.restore(usual));
  }

  // ---------------------------------------------------------------- what there is

  private build(root: HTMLElement): void {
    const { packed } = this.network;
    this.network.layers.forEach((layer, number) => {
      const card = new Card(this.network, layer, number, {
        look: (at, place) => this.look(at, place),
        open: (at, place) => this.open(at, place),
        choose: (at) => this.choose(at),
      });
      this.cards.set(layer.name, card);
    });
    const report = packed.report && runReport(this.network, packed.report, (index) => this.example(index, true));
    append(root, [h(
      "main", { class: "net" },
      h("header", { class: "brand" }, h("h1", {}, packed.title), themeButton(() => this.repaint())),
      report ?? null,
      report ? h("h2", { id: "inside" }, "Inside the network") : null,
      this.controls(),
      this.said,
      this.readout,
      h("div", { class: "net-strip", role: "region", tabindex: 0, "aria-label": "Layers" },
        h("ol", {}, ...[...this.cards.values()].map((card) => card.element))),
      this.legend(),
      this.about,
      this.dialog.element,
    )]);
  }

  private controls(): HTMLElement {
    const { examples } = this.network.packed;
    this.chooser.append(...examples.map((each, index) => h("option", { value: index }, each.title)));
    this.chooser.onchange = () => this.example(Number(this.chooser.value), false);
    const radios = SHOWN.map(([shown, words]) => {
      const input = h("input", { type: "radio", name: "shown", value: shown });
      input.onchange = () => this.change({ shown });
      this.modes.set(shown, input);
      return h("label", {}, input, ` ${words}`);
    });
    return h(
      "div", { class: "net-controls" },
      examples.length > 1 ? h("label", {}, "Example ", this.chooser) : h("span", {}, examples[0].title),
      h("fieldset", {}, h("legend", {}, "Show"), ...radios),
    );
  }

  private legend(): HTMLElement {
    const cut = this.network.packed.maps < Math.max(...this.network.layers.map((l) => l.channels));
    return h("p", { class: "quiet" },
      "Orange is positive, blue negative, each layer by its own largest number. ",
      "A box with a line is the window that a cell was made of; a dashed one in the input is all that it can see. ",
      "Click a cell, or press Enter on it, to go through its window step by step.",
      cut && ` So that the page stays small, it has at most ${this.network.packed.maps} maps of a layer.`);
  }

  // ---------------------------------------------------------------- where we are

  private restore(usual: State): void {
    const linked = location.hash !== "";
    const asked = readState(location.hash, usual);
    const layer = this.network.layer(asked.layer) ?? this.network.layers[0];
    const examples = this.network.packed.examples.length;
    const example = asked.example >= 0 && asked.example < examples ? Math.floor(asked.example) : 0;
    const place = asked.place && this.fits(example, layer, asked.place) ? asked.place : null;
    this.change({ ...asked, example, layer: layer.name, place, open: place ? asked.open : null });
    if (linked) this.cards.get(layer.name)?.element.scrollIntoView({ block: "nearest", inline: "center" });
  }

  private fits(example: number, layer: Layer, place: Place): boolean {
    const [height, width, channels] = sizes(this.network.shaped(example, layer.name));
    return place.h < height && place.w < width && place.c < channels;
  }

  /** Go somewhere: only what differs is drawn again. */
  private change(to: Partial<State>): void {
    const [before, now] = [this.state, { ...this.state, ...to }];
    const drawn = this.said.firstChild !== null;
    this.state = now;
    if (!drawn || before.example !== now.example || before.shown !== now.shown) this.draw();
    if (!drawn || before.layer !== now.layer) this.tell();
    this.mark(this.layer, now.place);
    if (now.open && now.place) this.show(this.layer, now.place, now.open);
    else if (this.dialog.isOpen) this.dialog.element.close();
    this.remember();
  }

  private get layer(): Layer {
    return this.network.layer(this.state.layer) ?? this.network.layers[0];
  }

  private draw(): void {
    const { example, shown } = this.state;
    this.chooser.value = String(example);
    const mode = this.modes.get(shown);
    if (mode) mode.checked = true;
    fill(this.said, answer(this.network, example));
    for (const card of this.cards.values()) card.draw(example, shown);
  }

  private tell(): void {
    fill(this.about, panel(this.network, this.layer));
    for (const card of this.cards.values()) card.current(card.layer === this.layer);
  }

  private repaint(): void {
    for (const card of this.cards.values()) card.paint();
    this.tell();
  }

  private remember(): void {
    try {
      history.replaceState(null, "", writeState(this.state));
    } catch {
      // In a frame without an address there is no link to keep.
    }
  }

  // ---------------------------------------------------------------- what is done

  private example(index: number, scroll: boolean): void {
    this.change({ example: index, place: null, open: null });
    if (scroll) this.chooser.focus();
  }

  private choose(layer: Layer): void {
    this.change({ layer: layer.name, place: null, open: null });
  }

  private look(layer: Layer, place: Place | null): void {
    if (!place) return this.mark(this.layer, this.state.place);
    this.mark(layer, place);
  }

  private open(layer: Layer, place: Place): void {
    this.change({ layer: layer.name, place, open: layer.step ? "forward" : null });
  }

  private show(layer: Layer, place: Place, open: "forward" | "backward"): void {
    if (this.dialog.show(this.state.example, layer, place, open)) return;
    this.state = { ...this.state, open: null };
    setText(this.readout, `${this.numbers(layer, place)} Its window is not on the page.`);
  }

  private turn(open: "forward" | "backward" | null): void {
    if (open) return this.change({ open });
    this.state = { ...this.state, open: null };
    this.remember();
    if (this.state.place) this.cards.get(this.state.layer)?.focus(this.state.place);
  }

  /** Mark a cell, its window in the layers before, and what it sees of the input. */
  private mark(layer: Layer, place: Place | null): void {
    for (const card of this.cards.values()) for (const kind of ["now", "from", "sees"]) card.mark(null, kind);
    if (!place) return setText(this.readout, "Point at a cell, or go to one with Tab and the arrow keys.");
    const { example } = this.state;
    const own = { top: place.h, bottom: place.h, left: place.w, right: place.w };
    this.cards.get(layer.name)?.mark({ ...own, channels: [place.c] }, "now");
    const seen = layer.shape.length > 1 || layer.step ? pixelsOf(this.network, example, layer, own) : null;
    const { input } = this.network.packed;
    if (layer.name !== input) this.cards.get(input)?.mark(seen, "sees");
    const region = windowOf(this.network, example, layer, place);
    for (const name of layer.inputs) this.cards.get(name)?.mark(region, "from");
    setText(this.readout, this.numbers(layer, place));
  }

  private numbers(layer: Layer, place: Place): string {
    const { example } = this.state;
    const values = this.network.values(example, layer.name);
    const flat = values.shape.length === 1;
    const where = flat ? `number ${place.c}` : `map ${place.c}, row ${place.h}, column ${place.w}`;
    const grads = this.network.array(example, "grads", layer.name);
    const grad = grads ? `, gradient ${exact(valueAt(grads, place))}` : "";
    return `${layer.name}, ${where}: ${exact(valueAt(values, place))}${grad}.`;
  }
}
