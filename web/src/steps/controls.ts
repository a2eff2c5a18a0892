/** Sizes and presets: what can be changed of a situation, and the arithmetic of its output's size. */

import { conv2d } from "../core/conv";
import { axis, extent, misfit, padded, unused } from "../core/geometry";
import { type Tensor, unpack, zeros } from "../core/tensor";
import { FILTERS, type Settings, changed, ownSituation, settingsOf, withFilter, withGradient, withImage, withPadding } from "../defaults";
import { fill, h, setText } from "../dom";
import { readImage } from "../images";
import {
  type PackedSituation, type Presets, type Situation, isConvolution, isPooling, unpackSituation,
} from "../situation";
import { count, exact } from "../words";
import { both } from "./values";

interface Field {
  readonly name: keyof Settings;
  readonly words: string;
  readonly least: number;
  readonly most: number;
}

const INPUT: Field[] = [
  { name: "height", words: "height", least: 1, most: 64 },
  { name: "width", words: "width", least: 1, most: 64 },
  { name: "channels", words: "channels", least: 1, most: 8 },
];
const WINDOW: Field[] = [
  { name: "kernelHeight", words: "f (height)", least: 1, most: 11 },
  { name: "kernelWidth", words: "f (width)", least: 1, most: 11 },
  { name: "stride", words: "stride", least: 1, most: 8 },
];
const PAD: Field = { name: "pad", words: "pad", least: 0, most: 25 };
const FILTER_COUNT: Field = { name: "filters", words: "filters", least: 1, most: 8 };
const DILATION: Field = { name: "dilation", words: "dilation", least: 1, most: 5 };

function fieldsOf(s: Situation): Field[] {
  if (s.operation === "zero_pad") return [...INPUT, PAD];
  return isConvolution(s.operation) ? [...INPUT, FILTER_COUNT, ...WINDOW, PAD, DILATION] : [...INPUT, ...WINDOW];
}

export class Controls {
  readonly element: HTMLElement;
  private readonly inputs = new Map<keyof Settings, HTMLInputElement>();
  private readonly formula = h("div", { class: "formula" });
  private readonly message = h("p", { class: "message", role: "status" });

  constructor(
    private situation: Situation,
    private readonly presets: Presets | undefined,
    private readonly change: (s: Situation) => void,
  ) {
    const fields = fieldsOf(situation).map((field) => this.field(field));
    const roomy = window.matchMedia("(min-width: 40rem)").matches;
    this.element = h("section", { class: "controls", "aria-label": "sizes and numbers" },
      h("details", { open: roomy }, h("summary", {}, "Sizes and numbers"),
        h("div", { class: "fields" }, ...fields), h("div", { class: "fields" }, ...this.choices())),
      this.formula, this.message);
    this.show(situation);
  }

  /** Show a situation's sizes, and what comes of them. */
  show(s: Situation): void {
    this.situation = s;
    const settings = settingsOf(s);
    for (const [name, input] of this.inputs) {
      if (document.activeElement !== input || !input.matches(":invalid")) input.value = String(settings[name]);
    }
    fill(this.formula, ...formulas(s).map((line) => h("p", {}, line)));
    const wrong = s.operation === "zero_pad" ? [] : misfits(s);
    this.message.classList.toggle("wrong", wrong.length > 0);
    setText(this.message, [...wrong, ...(wrong.length ? [] : leftOver(s))].join(" "));
  }

  private field(field: Field): HTMLElement {
    // Who types 10 types 1 before: what was there then is not to be cut to 1.
    let [before, made]: (Situation | null)[] = [null, null];
    const input = h("input", {
      type: "number", min: field.least, max: field.most, step: 1, inputmode: "numeric",
      onfocus: () => (made = null),
      oninput: () => {
        if (!input.checkValidity() || input.value === "") return;
        if (!before || this.situation !== made) before = this.situation;
        made = changed(before, { [field.name]: Number(input.value) });
        this.change(made);
      },
      onchange: () => {
        if (input.value === "") {
          input.value = String(settingsOf(this.situation)[field.name]);
          return;
        }
        const number = Math.round(Number(input.value)) || field.least;
        const possible = Math.max(field.least, Math.min(field.most, number));
        input.value = String(possible);
        input.dispatchEvent(new Event("input"));
        if (number !== possible) setText(this.message, `Here ${field.words} can be ${field.least} to ${field.most}.`);
      },
    });
    this.inputs.set(field.name, input);
    return h("label", {}, field.words, input);
  }

  private choices(): HTMLElement[] {
    const numbers: [string, () => Situation][] = [["small whole numbers", () => ownSituation(this.situation.operation)]];
    const { presets } = this;
    if (presets) {
      numbers.push(["the lesson's numbers", () => lessons(this.situation, presets)]);
      const digits = unpack(presets.digits);
      ["0", "3", "8"].forEach((digit, n) => numbers.push([`a handwritten ${digit}`, () => withImage(this.situation, example(digits, n))]));
    }
    numbers.push(["zeros, 28 × 28, to draw on", () => withImage(this.situation, zeros([1, 28, 28, 1]))]);
    const chosen = [this.chooser("numbers", numbers)];
    if (isConvolution(this.situation.operation)) {
      const filters = Object.entries(FILTERS).map(([name, { words }]): [string, () => Situation] => [words, () => withFilter(this.situation, name)]);
      const paddings: [string, () => Situation][] = [
        ["valid: none", () => withPadding(this.situation, "valid")],
        ["same: outputs = ⌈inputs / stride⌉", () => withPadding(this.situation, "same")],
      ];
      chosen.push(this.chooser("filter", filters), this.chooser("padding", paddings));
    }
    return [...chosen, this.picture()];
  }

  private chooser(words: string, choices: readonly [string, () => Situation][]): HTMLElement {
    const select = h("select", {
      "aria-label": words,
      onchange: () => {
        const choice = choices[Number(select.value)];
        select.value = "";
        if (choice) this.change(choice[1]());
      },
    }, h("option", { value: "" }, "choose …"), ...choices.map(([name], n) => h("option", { value: n }, name)));
    return h("label", {}, words, select);
  }

  private picture(): HTMLElement {
    const input = h("input", {
      type: "file", accept: "image/*",
      onchange: () => {
        const file = input.files?.[0];
        if (file) void this.take(file);
        input.value = "";
      },
    });
    return h("label", { class: "picture" }, "picture (or drop one)", input);
  }

  /** Take a picture as input. */
  async take(file: Blob): Promise<void> {
    try {
      const image = await readImage(file, this.situation.A_prev.shape[3] === 3 ? 3 : 1);
      this.change(withImage(this.situation, image));
    } catch {
      this.message.classList.add("wrong");
      setText(this.message, "This file is no picture that the browser can read.");
    }
  }
}

function example(batch: Tensor, n: number): Tensor {
  const one = zeros([1, ...batch.shape.slice(1)]);
  one.data.set(batch.data.subarray(n * one.data.length, (n + 1) * one.data.length));
  return one;
}

/** The numbers that the lesson's own cells draw. */
function lessons(s: Situation, presets: Presets): Situation {
  const { operation } = s;
  const name = operation.replace(/^(max|average)_/, "");
  const base: PackedSituation = {
    operation, A_prev: presets.digits, kernel: [1, 1], stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1],
    groups: 1, ties: "all", count_padding: false, cell: [0, 0, 0, 0],
  };
  const found = unpackSituation({ ...base, ...presets.lesson[name] });
  if (operation !== "conv_backward") return found;
  // The lesson hands Z itself back as the gradient.
  return withGradient({ ...found, grad: conv2d(found.A_prev, found.W, found.b, found.geometry) });
}

// ------------------------------------------------------------------ the size of the output

function formulas(s: Situation): string[] {
  const [, height, width] = s.A_prev.shape;
  return ([["n_H", 0, height], ["n_W", 1, width]] as const).map(([name, which, size]) => {
    const a = axis(s.geometry, which, size);
    const pads = a.before === a.after ? `2·${a.before}` : `${a.before} + ${a.after}`;
    if (s.operation === "zero_pad") return `${name} = ${name}_prev + 2·pad = ${size} + ${pads} = ${padded(a)}`;
    const unpadded = isPooling(s.operation) && padded(a) === size;
    const f = a.dilation > 1 ? "((f − 1)·dilation + 1)" : "f";
    const general = `${name} = ⌊(${name}_prev − ${f}${unpadded ? "" : " + 2·pad"}) / stride⌋ + 1`;
    const window = a.dilation > 1 ? `((${a.kernel} − 1)·${a.dilation} + 1)` : `${a.kernel}`;
    const quotient = (padded(a) - extent(a)) / a.stride;
    const inside = Number.isInteger(quotient) ? exact(quotient) : `⌊${exact(quotient)}⌋`;
    return `${general} = ⌊(${size} − ${window}${unpadded ? "" : ` + ${pads}`}) / ${a.stride}⌋ + 1 = ${inside} + 1 = ${exact(Math.floor(quotient) + 1)}`;
  });
}

function misfits(s: Situation): string[] {
  const [, height, width] = s.A_prev.shape;
  return [misfit(axis(s.geometry, 0, height), "rows"), misfit(axis(s.geometry, 1, width), "columns")].filter(
    (words): words is string => words !== null,
  );
}

function last(n: number, word: string): string {
  return n === 1 ? `the last ${word}` : `the last ${count(n, word)}`;
}

/** What the reader should know of a setting: cells that no window reads, lines that do not say all. */
function leftOver(s: Situation): string[] {
  if (s.operation === "zero_pad") return ["np.pad has no loops to be watched: the page goes from cell to cell by itself."];
  const [, height, width] = s.A_prev.shape;
  const [rows, columns] = [axis(s.geometry, 0, height), axis(s.geometry, 1, width)];
  const said = [];
  const parts = [
    unused(rows) > 0 && last(unused(rows), "row"),
    unused(columns) > 0 && last(unused(columns), "column"),
  ].filter(Boolean);
  if (parts.length) said.push(`The stride does not lead to the end: no window reads ${parts.join(" and ")} (struck out).`);
  const { kernel, dilation, stride, groups, padding } = s.geometry;
  const more = [
    kernel[0] !== kernel[1] && `f is ${both(kernel)}`,
    both(dilation) !== "1" && `the window's cells lie ${both(dilation)} apart`,
    stride[0] !== stride[1] && `stride is ${both(stride)}`,
    padding.some((n) => n !== padding[0]) && `pad is ${padding.join(", ")} (top, bottom, left, right)`,
    groups > 1 && `the channels are cut into ${groups} groups`,
  ].filter(Boolean);
  if (more.length) said.push(`The code is that of the lesson, with one f, one stride and one pad; here ${more.join(", and ")}.`);
  return said;
}
