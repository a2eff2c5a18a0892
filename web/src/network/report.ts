/** The report of a training run: curves, the confusion table, and the images it got wrong. */

import { h } from "../dom";
import { count, number } from "../words";
import type { Network, RunReport } from "./data";
import { layOut, paint } from "./maps";
import { percent } from "./panel";

type Open = (example: number) => void;

export function runReport(network: Network, report: RunReport, open: Open): HTMLElement {
  const { result } = report;
  const [low, high] = result.test_interval_95 as [number, number];
  return h(
    "div", { class: "net-report" },
    h("p", { class: "net-figure" },
      h("strong", {}, percent(result.test_accuracy as number)),
      ` right: ${result.test_right} of ${result.test_examples} test images`,
      ` (95 % interval ${percent(low)} to ${percent(high)}).`,
      report.history.best_epoch ? ` Best epoch: ${report.history.best_epoch} of ${report.history.epochs}.` : ""),
    h("h2", {}, "Learning curves"),
    h("div", { class: "net-curves" }, curve(report, "loss", "Loss"), curve(report, "accuracy", "Accuracy")),
    h("h2", {}, "True class and answer"),
    confusion(result.confusion as number[][], report.class_names),
    h("h2", {}, "What it got wrong"),
    mistakes(network, report, open),
  );
}

// ---------------------------------------------------------------------------- curves

const [WIDE, HIGH, LEFT, BELOW] = [420, 220, 48, 28];
const SVG = "http://www.w3.org/2000/svg";

function svg(tag: string, properties: Record<string, string | number>, text = ""): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(properties)) element.setAttribute(name, String(value));
  if (text) element.textContent = text;
  return element;
}

function curve(report: RunReport, name: string, title: string): HTMLElement | null {
  const { series, epochs, best_epoch: best } = report.history;
  const lines = [name, `validation_${name}`].filter((each) => series[each]);
  const numbers = lines.flatMap((each) => series[each]).filter((n): n is number => n !== null);
  if (numbers.length === 0) return null;
  const [low, high] = [Math.min(...numbers, name === "loss" ? 0 : 1), Math.max(...numbers, name === "loss" ? 0 : 1)];
  const x = (epoch: number) => LEFT + ((WIDE - LEFT - 10) * (epoch - 1)) / Math.max(1, epochs - 1);
  const y = (value: number) => 10 + ((HIGH - BELOW - 10) * (high - value)) / (high - low || 1);
  const words = lines.map((each) => `${label(each)} ${number(series[each].at(-1) ?? NaN)}`).join(", ");
  const figure = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": `${title}, last epoch: ${words}` });
  for (const value of [low, (low + high) / 2, high]) {
    figure.append(svg("line", { class: "grid", x1: LEFT, x2: WIDE - 10, y1: y(value), y2: y(value) }));
    figure.append(svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, number(value)));
  }
  figure.append(svg("text", { x: LEFT, y: HIGH - 8 }, "epoch 1"));
  figure.append(svg("text", { x: WIDE - 10, y: HIGH - 8, "text-anchor": "end" }, String(epochs)));
  if (best) figure.append(svg("line", { class: "best", x1: x(best), x2: x(best), y1: 10, y2: HIGH - BELOW }));
  for (const each of lines) figure.append(...path(series[each], each === name ? "training" : "validation", x, y));
  return h("figure", {},
    h("figcaption", {}, `${title}: `, key("training"), " training",
      ...(lines.length > 1 ? [", ", key("validation"), " validation (dashed)"] : []),
      best ? "; the upright line is the best epoch" : ""),
    figure as unknown as HTMLElement);
}

function label(name: string): string {
  return name.startsWith("validation_") ? "validation" : "training";
}

function key(kind: string): HTMLElement {
  return h("span", { class: `key ${kind}`, "aria-hidden": "true" });
}

/** A line with gaps where a number is missing; a dot for each epoch where there are few. */
function path(
  values: readonly (number | null)[], kind: string, x: (epoch: number) => number, y: (value: number) => number,
): SVGElement[] {
  let [d, pen] = ["", "M"];
  const dots: SVGElement[] = [];
  values.forEach((value, k) => {
    if (value === null) return void (pen = "M");
    d += `${pen}${x(k + 1).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
    if (values.length <= 20) dots.push(svg("circle", { class: kind, cx: x(k + 1), cy: y(value), r: 2.5 }));
  });
  return [svg("path", { class: kind, d }), ...dots];
}

// ---------------------------------------------------------------------------- tables

function confusion(counts: number[][], names: readonly string[]): HTMLElement {
  const cell = (n: number, row: number, column: number) =>
    h("td", { class: n === 0 ? "none" : row === column ? "right" : "wrong" }, n === 0 ? "·" : String(n));
  return h("div", { class: "net-scroll", tabindex: 0, role: "region", "aria-label": "Confusion table" },
    h("table", { class: "net-confusion" },
      h("caption", {}, "True class down, answer across"),
      h("thead", {}, h("tr", {}, h("td"), ...names.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...counts.map((row, r) =>
        h("tr", {}, h("th", { scope: "row" }, names[r]), ...row.map((n, c) => cell(n, r, c)))))));
}

function mistakes(network: Network, report: RunReport, open: Open): HTMLElement {
  const first = network.packed.examples.length - report.mistakes;
  if (report.mistakes === 0) return h("p", {}, "Nothing.");
  const items = network.packed.examples.slice(first).map((_, k) => mistake(network, first + k, open));
  const hidden = report.all_mistakes - report.mistakes;
  return h("div", {},
    h("p", { class: "quiet" }, "The most confident first. " +
      (hidden > 0 ? `${count(hidden, "more image")} are not shown. ` : "") + "A click looks inside the network."),
    h("ol", { class: "net-mistakes" }, ...items));
}

function mistake(network: Network, index: number, open: Open): HTMLElement {
  const { probabilities, label } = network.example(index);
  const shares = probabilities ? network.unpack(probabilities).data : new Float64Array(0);
  const said = shares.indexOf(Math.max(...shares));
  const canvas = h("canvas", { "aria-hidden": "true" });
  const values = network.values(index, network.packed.input);
  paint(canvas, values, layOut(values, true), { picture: true, range: network.packed.value_range });
  const named = (k: number | null) => (k === null ? "" : `${network.className(k)} (${percent(shares[k])})`);
  return h("li", {}, h("button", { type: "button", onclick: () => open(index) },
    canvas, h("span", {}, `true: ${named(label)}`), h("span", {}, `said: ${named(said)}`)));
}
