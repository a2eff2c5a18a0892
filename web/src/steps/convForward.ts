/** Convolution, forward: what is to be seen at one step. */

import { convCell } from "../core/conv";
import { at4, largestOf } from "../core/tensor";
import type { Cell, Situation } from "../situation";
import { adds, bracketed, count, exact } from "../words";
import { bias, filters, kernelPanel, met, times } from "./filters";
import { resultPanel } from "./results";
import { remembered } from "./running";
import type { Look, Moment, Panel, SceneMaker, Sum } from "./scene";
import { pointedSentence, pointedTap, windowedInput } from "./shared";
import { Stage } from "./stage";
import { comparison } from "./theirs";

/** Sums are written out for so many channels, and so many numbers each. */
const MOST_LINES = 8;
const MOST_TERMS = 30;
/** So many are computed in a moment. */
const MOST_PRODUCTS = 2e6;

export const convForward: SceneMaker = (s, moment, look) => {
  const stage = new Stage(s);
  const output = forwardOutput(stage, moment, look);
  const panels = [windowedInput(stage, moment, look), filters(stage, moment, look, "×"), bias(stage, moment)];
  const work = moment.inside ? [products(stage, moment, look)] : [];
  return {
    rows: [...comparison(s, output), { caption: "", panels: [...panels, ...work, output] }],
    sums: moment.inside ? forwardSums(stage, moment.cell!) : [],
    sentence: forwardSentence(stage, moment),
    pointed: pointedSentence(stage, look) ?? productSentence(stage, moment, look),
  };
};

function products(stage: Stage, moment: Moment, look: Look): Panel {
  const cell = moment.cell!;
  const { W } = stage.s;
  return kernelPanel(
    stage, moment, look,
    { id: "products", title: "a_slice_prev × W[..., c]", hint: "cell by cell", sign: "=" },
    (r, q, k) => times(stage, cell, r, q, k, W.data[at4(W, r, q, k, cell[3])]),
  );
}

/** The product that is pointed at, by itself or by one of its factors. */
function productSentence(stage: Stage, moment: Moment, look: Look): string | null {
  const at = pointedTap(stage, moment, look);
  if (!at) return null;
  const [cell, [r, q, k]] = [moment.cell!, at];
  const weight = stage.s.W.data[at4(stage.s.W, r, q, k, cell[3])];
  const [x, product] = [met(stage, cell, r, q, k), times(stage, cell, r, q, k, weight)];
  return `Row ${r}, column ${q} of the window: ${bracketed(x)} · ${bracketed(weight)} = ${exact(product)}.`;
}

function forwardOutput(stage: Stage, moment: Moment, look: Look): Panel {
  return resultPanel(stage, moment, look, "Z", scaleOf(stage.s), (cell) => zCell(stage, cell));
}

/** The largest number of Z; where to compute all of it would take long, what it is likely to be. */
const scaleOf = remembered((s: Situation): number => {
  if (s.after) return largestOf(s.after.value.data);
  const stage = new Stage(s);
  const products = (stage.cells / s.W.shape[3]) * s.W.data.length;
  if (products > MOST_PRODUCTS) return largestOf(s.A_prev.data) * largestOf(s.W.data) * 2;
  for (let order = 0; order < stage.cells; order++) zCell(stage, stage.cellAt(order));
  return largestOf(known(s));
});

const known = remembered((s: Situation) => new Float64Array(new Stage(s).cells).fill(NaN));

/** A number of Z; each is computed when it is first looked at. */
export function zCell(stage: Stage, cell: Cell): number {
  const { s } = stage;
  const cells = known(s);
  const order = stage.order(cell);
  if (Number.isNaN(cells[order])) cells[order] = convCell(s.A_prev, s.W, s.b, s.geometry, ...cell);
  return cells[order];
}

function forwardSums(stage: Stage, cell: Cell): Sum[] {
  const { W, b, after } = stage.s;
  const c = cell[3];
  const sums: Sum[] = [];
  const parts: number[] = [];
  for (let k = 0; k < W.shape[2]; k++) {
    const terms = [];
    let part = 0;
    for (let r = 0; r < W.shape[0]; r++)
      for (let q = 0; q < W.shape[1]; q++) {
        const [x, weight] = [met(stage, cell, r, q, k), W.data[at4(W, r, q, k, c)]];
        part += times(stage, cell, r, q, k, weight);
        terms.push(`${bracketed(x)}·${bracketed(weight)}`);
      }
    parts.push(part);
    if (k < MOST_LINES) sums.push({ label: `channel ${k}`, terms: joined(terms), result: exact(part) });
  }
  if (parts.length > MOST_LINES) {
    const rest = parts.slice(MOST_LINES).reduce((x, y) => x + y, 0);
    sums.push({ label: `${parts.length - MOST_LINES} more channels`, terms: "", result: exact(rest) });
  }
  const all = parts.length > 1 ? joined(parts.map((part) => bracketed(part, 6))) : exact(parts[0]);
  const total = parts.reduce((x, y) => x + y, 0) + b.data[c];
  sums.push({ label: `Z[${cell.join(", ")}]`, terms: `${all} + b ${bracketed(b.data[c], 6)}`, result: exact(total) });
  if (after) {
    const made = after.value.data[stage.order(cell)];
    sums.push({ label: "the layer's output", terms: `${after.activation}(${exact(total)})`, result: exact(made) });
  }
  return sums;
}

function joined(terms: readonly string[]): string {
  if (terms.length <= MOST_TERMS) return terms.join(" + ");
  return `${terms.slice(0, MOST_TERMS).join(" + ")} + … (${terms.length - MOST_TERMS} more)`;
}

function forwardSentence(stage: Stage, moment: Moment): string {
  if (moment.finished) return `Z is done: ${count(stage.cells, "cell")}.`;
  if (!moment.cell) return "Before the loops: sizes, padding, an output of zeros.";
  const [i, h, w, c] = moment.cell;
  const window = `Example ${i}, output row ${h}, column ${w}: the window covers ${stage.spanWords(h, w)} of the ${stage.hasPadding ? "padded " : ""}input`;
  if (!moment.inside) return `${window}.`;
  const { W, b } = stage.s;
  const many = W.shape[0] * W.shape[1] * W.shape[2];
  const total = zCell(stage, moment.cell);
  const sum = `${window}. Filter ${c}: ${adds(many, "product")} up to ${exact(total - b.data[c])}; with the bias ${exact(b.data[c])}`;
  return `${sum}, Z[${moment.cell.join(", ")}] = ${exact(total)}.`;
}
