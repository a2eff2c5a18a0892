/** What there is to know of one layer: statistics, dead units, saturation, filters. */

import { type Tensor, largestOf } from "../core/tensor";
import { h } from "../dom";
import { count, number } from "../words";
import { ground, shade, signed } from "../colours";
import type { Layer, Network } from "./data";

const MOST_FILTERS = 32;
const MOST_INPUTS = 8;

export function panel(network: Network, layer: Layer): HTMLElement {
  return h(
    "section", { class: "net-panel", "aria-label": `About ${layer.name}` },
    h("h2", {}, layer.name),
    h("p", {}, `${layer.kind}${layer.words ? `: ${layer.words}` : ""}. ` +
      `${count(layer.parameters, "parameter")}` +
      `${layer.inputs.length ? `. Inputs: ${layer.inputs.join(", ")}` : ""}.`),
    statistics(layer, network.packed.examples.length),
    layer.step?.W ? filters(layer, network.unpack(layer.step.W)) : null,
  );
}

function statistics(layer: Layer, examples: number): HTMLElement {
  const s = layer.statistics;
  const shown = (n: number | null) => (n === null ? "not finite" : number(n));
  const rows: [string, string][] = [
    ["Mean", shown(s.mean)],
    ["Standard deviation", shown(s.std)],
    ["Least", shown(s.min)],
    ["Largest", shown(s.max)],
    ["Zeros", percent(s.zeros)],
  ];
  if (s.saturated !== null) rows.push(["Saturated", `${percent(s.saturated)} at a limit of the activation`]);
  rows.push(["Dead", dead(layer)]);
  return h(
    "table", { class: "net-table" },
    h("caption", {}, `Over ${count(examples, "example")}`),
    h("tbody", {}, ...rows.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value)))),
  );
}

function dead(layer: Layer): string {
  const { dead: silent, channels } = layer.statistics;
  const noun = layer.shape.length === 1 ? "unit" : "channel";
  if (silent.length === 0) return `none of ${count(channels, noun)}`;
  const listed = silent.slice(0, 24).join(", ") + (silent.length > 24 ? ", ..." : "");
  return `${silent.length} of ${count(channels, noun)}, the same everywhere: ${listed}`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.001 ? 2 : 1)} %`;
}

function filters(layer: Layer, W: Tensor): HTMLElement {
  const [height, width, inputs, outputs] = W.shape;
  const colour = inputs === 3 && layer.step?.groups === 1;
  const [shownInputs, shown] = [colour ? 1 : Math.min(inputs, MOST_INPUTS), Math.min(outputs, MOST_FILTERS)];
  const scale = Math.max(2, Math.floor(36 / Math.max(height, width)));
  const [tile, down] = [width * scale + 3, height * scale + 3];
  const canvas = h("canvas", {
    role: "img",
    width: shown * tile,
    height: shownInputs * down,
    "aria-label": `The filters of ${layer.name}: ${shown} of ${layer.channels}, ${height} x ${width}`,
  });
  const context = canvas.getContext("2d");
  const [limit, base] = [largestOf(W.data), ground()];
  const at = (r: number, s: number, k: number, c: number) => W.data[((r * width + s) * inputs + k) * outputs + c];
  for (let c = 0; context && c < shown; c++)
    for (let k = 0; k < shownInputs; k++)
      for (let r = 0; r < height; r++)
        for (let s = 0; s < width; s++) {
          const rgb = colour
            ? [0, 1, 2].map((each) => shade(at(r, s, each, c), -limit, limit))
            : signed(at(r, s, k, c), limit, base);
          context.fillStyle = `rgb(${rgb.map(Math.round).join(" ")})`;
          context.fillRect(c * tile + s * scale, k * down + r * scale, scale, scale);
        }
  const rows = colour ? "the three input channels as red, green and blue" :
    `a row for each input channel${inputs > shownInputs || (layer.step && W.shape[2] > shownInputs) ? `, the first ${shownInputs}` : ""}`;
  return h(
    "figure", { class: "net-filters" },
    h("figcaption", {}, `Filters: ${shown === layer.channels ? "all" : `the first ${shown} of`} ${layer.channels}, ${rows}. ` +
      (colour ? "Grey is zero." : "Orange is positive, blue negative.")),
    h("div", { class: "net-scroll", tabindex: 0, role: "region", "aria-label": "Filters" }, canvas),
  );
}
