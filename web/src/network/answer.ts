/** What the network says of an example: bars for its most probable classes, or its numbers. */

import { h } from "../dom";
import { number } from "../words";
import type { Network } from "./data";
import { percent } from "./panel";

const MOST = 10;

export function answer(network: Network, index: number): HTMLElement {
  const example = network.example(index);
  const scores = network.unpack(example.scores).data;
  const probabilities = example.probabilities && network.unpack(example.probabilities).data;
  const numbers = probabilities ?? scores;
  const order = Array.from(numbers.keys()).sort((a, b) => numbers[b] - numbers[a]).slice(0, MOST);
  const most = Math.max(...order.map((k) => Math.abs(numbers[k])), 1e-30);
  return h(
    "section", { class: "net-answer", "aria-label": "What the network says" },
    h("h2", {}, verdict(network, index)),
    h("ol", {}, ...order.map((k) => {
      const wide = (100 * Math.abs(numbers[k])) / (probabilities ? 1 : most);
      const value = probabilities ? percent(numbers[k]) : number(numbers[k]);
      return h(
        "li", { class: k === example.label ? "true" : null },
        h("span", { class: "net-class" }, network.className(k) + (k === example.label ? " (true)" : "")),
        h("span", { class: "net-bar" }, h("span", { style: `width:${wide}%` })),
        h("span", { class: "net-share" }, value),
      );
    })),
    h("p", { class: "quiet" }, `Gradients are those of ${targetWords(network, index)}.` +
      (numbers.length > MOST ? ` The first ${MOST} of ${numbers.length} outputs.` : "")),
  );
}

export function targetWords(network: Network, index: number): string {
  const { target, probabilities } = network.example(index);
  return probabilities ? `the score of class ${network.className(target)}` : `output ${target}`;
}

function verdict(network: Network, index: number): string {
  const { label, probabilities, scores } = network.example(index);
  if (!probabilities) return "The outputs";
  const numbers = network.unpack(scores).data;
  const said = numbers.indexOf(Math.max(...numbers));
  const share = percent(network.unpack(probabilities).data[said]);
  const right = label === null ? "" : label === said ? ", rightly" : `; it is ${network.className(label)}`;
  return `It says ${network.className(said)} (${share})${right}`;
}
