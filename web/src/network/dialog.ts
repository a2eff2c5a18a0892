/** The step view of a clicked window, over the network; closing it gives the focus back. */

import { fill, h } from "../dom";
import type { PageData } from "../situation";
import { type StepsView, handOn, mountSteps } from "../steps/view";
import { exact } from "../words";
import { type Layer, type Network, type Place, valueAt } from "./data";
import { situationAt } from "./window";

export class WindowDialog {
  private readonly body = h("div");
  private readonly said = h("p", { class: "net-said" });
  private readonly forward = h("button", { type: "button" }, "Forward");
  private readonly backward = h("button", { type: "button" }, "Backward");
  readonly element = h(
    "dialog", { class: "net-dialog", "aria-label": "The window, step by step" },
    h("div", { class: "net-bar-top" },
      h("button", { type: "button", onclick: () => this.element.close() }, "Back to the network"),
      h("div", { role: "group", "aria-label": "Direction" }, this.forward, this.backward)),
    this.said, this.body,
  );
  private view: StepsView | null = null;

  constructor(
    private readonly network: Network, private readonly code: PageData["code"],
    turned: (open: "forward" | "backward" | null) => void,
  ) {
    this.forward.onclick = () => turned("forward");
    this.backward.onclick = () => turned("backward");
    this.element.addEventListener("keydown", (event) => handOn(event, this.view));
    this.element.addEventListener("close", () => {
      this.view?.close();
      this.view = null;
      turned(null);
    });
  }

  get isOpen(): boolean {
    return this.element.open;
  }

  /** Open a window; returns whether the layer has one. */
  show(example: number, layer: Layer, place: Place, open: "forward" | "backward"): boolean {
    const found = situationAt(this.network, example, layer, place, open === "backward");
    if (!found) return false;
    const value = valueAt(this.network.values(example, layer.name), place);
    const activation = layer.step?.activation;
    const summed = layer.step?.operation === "conv_forward";
    const made = summed ? `sum ${exact(found.computed)}` : `value ${exact(value)}`;
    const after = activation ? `, after ${activation} ${exact(value)}` : "";
    const where = `${layer.name} at row ${place.h}, column ${place.w}, map ${place.c}`;
    fill(this.said, `${where}: ${made}${after}.`);
    this.said.dataset.sum = String(found.computed);
    this.said.dataset.value = String(value);
    this.forward.setAttribute("aria-pressed", String(open === "forward"));
    this.backward.setAttribute("aria-pressed", String(open === "backward"));
    this.view?.close();
    fill(this.body);
    this.view = mountSteps(this.body, found.situation, { code: this.code });
    if (!this.element.open) this.element.showModal();
    return true;
  }
}
