/** Convolution, forward and backward: what is to be seen at one step. */

import { convCell } from "../core/conv";
import { readers } from "../core/geometry";
import { at4 } from "../core/tensor";
import type { Cell } from "../situation";
import { bracketed, count, exact, number } from "../words";
import {
  type CellView, type Look, Mark, type Moment, type Panel, type SceneMaker, type Sum, plane,
  shownPlanes,
} from "./scene";
import { channelsOf, outputPanel, pointedInput, vector, windowedInput } from "./shared";
import { Stage, largestOf } from "./stage";
import { comparison } from "./theirs";

/** Sums are written out for so many channels, and so many numbers each. */
const MOST_LINES = 8;
const MOST_TERMS = 30;

export const convForward: SceneMaker = (s, moment, look) => {
  const stage = new Stage(s);
  const output = forwardOutput(stage, moment, look);
  const panels = [windowedInput(stage, moment, look), filters(stage, moment, look, "×"), bias(stage, moment)];
  const work = moment.inside ? [products(stage, moment, look)] : [];
  return {
    rows: [...comparison(s, output), { caption: "", panels: [...panels, ...work, output] }],
    sums: moment.inside ? forwardSums(stage, moment.cell!) : [],
    sentence: forwardSentence(stage, moment),
  };
};

export const convBackward: SceneMaker = (s, moment, look) => {
  const stage = new Stage(s);
  const grad = gradient(stage, moment, look);
  const [dA, dW, db] = [inputTotals(stage, moment, look), weightTotals(stage, moment, look), biasTotals(stage, moment)];
  const inside = moment.inside;
  const rows = [
    ...[dA, dW, db].flatMap((panel) => comparison(s, panel)),
    { caption: "The gradient that comes in", panels: [grad] },
    {
      caption: "Into dA_prev: the filter times the gradient",
      panels: [filters(stage, moment, look), ...(inside ? [scaledFilter(stage, moment, look)] : []), dA],
    },
    {
      caption: "Into dW: the window times the gradient; into db: the gradient itself",
      panels: [windowedInput(stage, moment, look), ...(inside ? [scaledWindow(stage, moment, look)] : []), dW, db],
    },
  ];
  return { rows, sums: inside ? backwardSums(stage, moment) : [], sentence: backwardSentence(stage, moment, look) };
};

// ------------------------------------------------------------------ what both show

/** All filters where they are few, else the one of this step. */
function filterPlanes(stage: Stage, look: Look, c: number): { filter: number; k: number }[] {
  const [, , channels, filters] = stage.s.W.shape;
  const shown = channelsOf(stage, look, c);
  const ks = shownPlanes(channels, channels === stage.s.A_prev.shape[3] ? look.firstChannel : 0);
  const some = channels * filters <= 12 && shown.count === channels;
  const which = some ? [...Array(filters).keys()] : [c];
  return which.flatMap((filter) => ks.map((k) => ({ filter, k })));
}

/** A line for each filter. */
function acrossOf(planes: readonly { filter: number }[]): number {
  return planes.filter(({ filter }) => filter === planes[0].filter).length;
}

function filters(stage: Stage, moment: Moment, look: Look, sign?: string): Panel {
  const { W } = stage.s;
  const [, h, w, c] = moment.cell ?? [0, 0, 0, 0];
  const planes = filterPlanes(stage, look, c);
  const at = pointedInput(look);
  return {
    id: "W",
    title: "W",
    hint: count(W.shape[3], "filter"),
    kind: "filter",
    ...(sign && { sign }),
    numbered: true,
    scale: largestOf(W.data),
    across: acrossOf(planes),
    planes: planes.map(({ filter, k }) => {
      const isOther = moment.inside && filter !== c;
      return plane(
        `W[:, :, ${k}, ${filter}]`,
        [W.shape[0], W.shape[1]],
        (r, q) => {
          const meets =
            at !== null && moment.inside && !isOther &&
            at[0] === h * stage.rows.stride + r * stage.rows.dilation &&
            at[1] === w * stage.columns.stride + q * stage.columns.dilation;
          return {
            value: W.data[at4(W, r, q, k, filter)],
            marks: (isOther ? Mark.other : 0) | (meets ? Mark.hover : 0),
          };
        },
        [[0, W.shape[0]], [0, W.shape[1]]],
        isOther,
      );
    }),
    source: (p, r, q) => ({ name: "W", at: at4(W, r, q, planes[p].k, planes[p].filter) }),
  };
}

function bias(stage: Stage, moment: Moment): Panel {
  const { b } = stage.s;
  const c = moment.cell?.[3] ?? 0;
  return {
    ...vector("b", "b", "added once", "filter", b.data.length, c, (n) => ({
      value: b.data[n],
      marks: moment.inside && n === c ? Mark.current : 0,
    })),
    sign: "+",
    source: (_, __, n) => ({ name: "b", at: n }),
  };
}

/** Planes of the kernel's size, one for each input channel that the filter reads. */
function kernelPanel(
  stage: Stage, look: Look, c: number, words: Pick<Panel, "id" | "title" | "hint" | "sign">,
  value: (r: number, q: number, k: number) => number,
): Panel {
  const { W } = stage.s;
  const channels = channelsOf(stage, look, c);
  const ks = shownPlanes(W.shape[2], W.shape[2] === stage.s.A_prev.shape[3] ? look.firstChannel : 0);
  let most = 0;
  for (const k of ks) for (let r = 0; r < W.shape[0]; r++) for (let q = 0; q < W.shape[1]; q++) most = Math.max(most, Math.abs(value(r, q, k)) || 0);
  return {
    ...words,
    kind: "work",
    numbered: false,
    scale: most,
    planes: ks.map((k) =>
      plane(`channel ${channels.first + k}`, [W.shape[0], W.shape[1]], (r, q) => ({ value: value(r, q, k), marks: 0 }),
        [[0, W.shape[0]], [0, W.shape[1]]]),
    ),
  };
}

/** The input cell that the filter's number (r, q, k) meets in the window of a cell. */
function met(stage: Stage, [i, h, w, c]: Cell, r: number, q: number, k: number): number {
  const { rows, columns, s } = stage;
  const first = Math.floor(c / (s.W.shape[3] / s.geometry.groups)) * s.W.shape[2];
  return stage.input(i, h * rows.stride + r * rows.dilation, w * columns.stride + q * columns.dilation, first + k);
}

// ------------------------------------------------------------------ forward

function products(stage: Stage, moment: Moment, look: Look): Panel {
  const cell = moment.cell!;
  const { W } = stage.s;
  return kernelPanel(
    stage, look, cell[3],
    { id: "products", title: "a_slice_prev × W[..., c]", hint: "cell by cell", sign: "=" },
    (r, q, k) => met(stage, cell, r, q, k) * W.data[at4(W, r, q, k, cell[3])],
  );
}

function forwardOutput(stage: Stage, moment: Moment, look: Look): Panel {
  const { s } = stage;
  const done = moment.done("Z");
  const value = (cell: Cell): CellView =>
    stage.order(cell) < done ? { value: zCell(stage, cell), marks: 0 } : { value: null, marks: Mark.waiting };
  const i = moment.cell?.[0] ?? 0;
  const words = { id: "output", title: `Z[${i}]`, hint: "the output", kind: "output" } as const;
  const scale = s.after ? largestOf(s.after.value.data) : largestOf(s.A_prev.data) * largestOf(s.W.data) * 2;
  const panel = outputPanel(stage, moment, look, words, scale, value);
  const shown = panel.planes.map((_, k) => panel.target!(k, 0, 0)![3]);
  return {
    ...panel,
    sign: "→",
    result: { name: "Z", at: (k, row, column) => stage.order([i, row, column, shown[k]]) },
  };
}

const cells = new WeakMap<object, Float64Array>();

/** A number of Z; each is computed when it is first looked at. */
export function zCell(stage: Stage, cell: Cell): number {
  const { s } = stage;
  let found = cells.get(s);
  if (!found) {
    found = new Float64Array(stage.cells).fill(NaN);
    cells.set(s, found);
  }
  const order = stage.order(cell);
  if (Number.isNaN(found[order])) found[order] = convCell(s.A_prev, s.W, s.b, s.geometry, ...cell);
  return found[order];
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
        part += x * weight;
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
  if (moment.finished) return `All ${count(stage.cells, "cell")} of Z are done.`;
  if (!moment.cell) return "Before the loops: sizes, padding, an output of zeros.";
  const [i, h, w, c] = moment.cell;
  const window = `Example ${i}, output row ${h}, column ${w}: the window covers ${stage.spanWords(h, w)} of the ${stage.hasPadding ? "padded " : ""}input`;
  if (!moment.inside) return `${window}.`;
  const { W, b } = stage.s;
  const many = W.shape[0] * W.shape[1] * W.shape[2];
  const total = zCell(stage, moment.cell);
  const sum = `${window}. Filter ${c}: ${count(many, "product")} add up to ${exact(total - b.data[c])}; with the bias ${exact(b.data[c])}`;
  return `${sum}, Z[${moment.cell.join(", ")}] = ${exact(total)}.`;
}

// ------------------------------------------------------------------ backward

function gradient(stage: Stage, moment: Moment, look: Look): Panel {
  const { grad } = stage.s;
  const i = moment.cell?.[0] ?? 0;
  const words = { id: "grad", title: `dZ[${i}]`, hint: "how the cost changes with each output", kind: "output" } as const;
  const panel = outputPanel(stage, moment, look, words, largestOf(grad.data), (cell) => ({
    value: grad.data[stage.order(cell)],
    marks: stage.order(cell) >= moment.cells && !isNow(stage, moment, cell) ? Mark.waiting : 0,
  }));
  return {
    ...panel,
    source: (k, row, column) => ({ name: "grad", at: stage.order(panel.target!(k, row, column)!) }),
  };
}

function isNow(stage: Stage, moment: Moment, cell: Cell): boolean {
  return moment.inside && stage.order(cell) === stage.order(moment.cell!);
}

function incoming(stage: Stage, cell: Cell): number {
  return stage.s.grad.data[stage.order(cell)];
}

function scaledFilter(stage: Stage, moment: Moment, look: Look): Panel {
  const cell = moment.cell!;
  const { W } = stage.s;
  const dz = incoming(stage, cell);
  return kernelPanel(
    stage, look, cell[3],
    { id: "scaledFilter", title: `W[..., ${cell[3]}] × ${bracketed(dz)}`, hint: "is added in the window", sign: "→" },
    (r, q, k) => W.data[at4(W, r, q, k, cell[3])] * dz,
  );
}

function scaledWindow(stage: Stage, moment: Moment, look: Look): Panel {
  const cell = moment.cell!;
  const dz = incoming(stage, cell);
  return kernelPanel(
    stage, look, cell[3],
    { id: "scaledWindow", title: `a_slice × ${bracketed(dz)}`, hint: "is added to the filter's gradient", sign: "→" },
    (r, q, k) => met(stage, cell, r, q, k) * dz,
  );
}

/** What has come to cell (row, column) of dA_prev_pad so far, and from how many windows. */
export function inputTotal(
  stage: Stage, done: number, i: number, row: number, column: number, channel: number,
): { value: number; windows: number } {
  const { W, geometry } = stage.s;
  const perGroup = W.shape[3] / geometry.groups;
  const group = Math.floor(channel / W.shape[2]);
  const k = channel - group * W.shape[2];
  let [value, windows] = [0, 0];
  for (const h of readers(stage.rows, row)) {
    const r = (row - h * stage.rows.stride) / stage.rows.dilation;
    for (const w of readers(stage.columns, column)) {
      const q = (column - w * stage.columns.stride) / stage.columns.dilation;
      let added = false;
      for (let c = group * perGroup; c < (group + 1) * perGroup; c++) {
        const order = stage.order([i, h, w, c]);
        if (order >= done) break;
        value += W.data[at4(W, r, q, k, c)] * stage.s.grad.data[order];
        added = true;
      }
      if (added) windows += 1;
    }
  }
  return { value, windows };
}

function inputTotals(stage: Stage, moment: Moment, look: Look): Panel {
  const { s } = stage;
  const done = moment.done("da_slice");
  const input = windowedInput(stage, moment, look);
  const i = moment.cell?.[0] ?? 0;
  const first = input.pager?.from ?? 0;
  return {
    ...input,
    id: "dA_prev",
    title: `${stage.hasPadding ? "dA_prev_pad" : "dA_prev"}[${i}]`,
    hint: "running totals; the small number counts the windows",
    kind: "output",
    sign: "→",
    scale: largestOf(s.grad.data) * largestOf(s.W.data) * 2,
    planes: input.planes.map((one, p) => ({
      ...one,
      cell: (row: number, column: number) => {
        const { value, windows } = inputTotal(stage, done, i, row, column, first + p);
        return {
          value,
          marks: one.cell(row, column).marks | (windows === 0 ? Mark.waiting : 0),
          ...(windows > 0 && { badge: `${windows}` }),
        };
      },
    })),
    source: () => null,
    result: { name: "dA_prev", at: (p, row, column) => stage.inputAt(i, row, column, first + p) },
  };
}

const weightSums = new WeakMap<object, Map<string, number>>();

/** What has come to a filter's number so far. */
export function weightTotal(stage: Stage, done: number, r: number, q: number, k: number, c: number): number {
  const key = `${done}:${r}:${q}:${k}:${c}`;
  let found = weightSums.get(stage.s);
  if (!found || found.size > 50_000) weightSums.set(stage.s, (found = new Map()));
  let total = found.get(key);
  if (total !== undefined) return total;
  total = 0;
  const [m, rows, columns] = stage.out;
  for (let i = 0; i < m; i++)
    for (let h = 0; h < rows; h++)
      for (let w = 0; w < columns; w++) {
        const cell: Cell = [i, h, w, c];
        if (stage.order(cell) < done) total += met(stage, cell, r, q, k) * incoming(stage, cell);
      }
  found.set(key, total);
  return total;
}

function weightTotals(stage: Stage, moment: Moment, look: Look): Panel {
  const { W, grad, A_prev } = stage.s;
  const c = moment.cell?.[3] ?? 0;
  const done = moment.done("dW");
  const planes = filterPlanes(stage, look, c);
  return {
    id: "dW",
    title: "dW",
    hint: "running totals",
    kind: "output",
    sign: "→",
    numbered: true,
    scale: largestOf(A_prev.data) * largestOf(grad.data) * 2,
    across: acrossOf(planes),
    planes: planes.map(({ filter, k }) =>
      plane(
        `dW[:, :, ${k}, ${filter}]`,
        [W.shape[0], W.shape[1]],
        (r, q) => ({
          value: weightTotal(stage, done, r, q, k, filter),
          marks: moment.inside && filter === c ? Mark.window : Mark.other,
        }),
        [[0, W.shape[0]], [0, W.shape[1]]],
        moment.inside && filter !== c,
      ),
    ),
    result: { name: "dW", at: (p, r, q) => at4(W, r, q, planes[p].k, planes[p].filter) },
  };
}

function biasTotal(stage: Stage, done: number, c: number): number {
  let total = 0;
  for (let order = c; order < Math.min(done, stage.cells); order += stage.out[3]) total += stage.s.grad.data[order];
  return total;
}

function biasTotals(stage: Stage, moment: Moment): Panel {
  const c = moment.cell?.[3] ?? 0;
  const done = moment.done("db");
  return {
    ...vector("db", "db", "running totals", "output", stage.out[3], c, (n) => ({
      value: biasTotal(stage, done, n),
      marks: moment.inside && n === c ? Mark.window : 0,
    })),
    sign: "→",
    result: { name: "db", at: (_, __, n) => n },
  };
}

function backwardSums(stage: Stage, moment: Moment): Sum[] {
  const [i, h, w, c] = moment.cell!;
  const dz = incoming(stage, moment.cell!);
  const order = stage.order(moment.cell!);
  const { W } = stage.s;
  const first = channelsOf(stage, { pointed: null, firstChannel: 0 }, c).first;
  const [y, x] = [h * stage.rows.stride, w * stage.columns.stride];
  const a0 = inputTotal(stage, order, i, y, x, first).value;
  const w0 = W.data[at4(W, 0, 0, 0, c)];
  const d0 = weightTotal(stage, order, 0, 0, 0, c);
  const x0 = met(stage, moment.cell!, 0, 0, 0);
  const b0 = biasTotal(stage, order, c);
  const name = stage.hasPadding ? "dA_prev_pad" : "dA_prev";
  return [
    { label: `${name}[${i}, ${y}, ${x}, ${first}]`, terms: `${exact(a0)} + ${bracketed(w0)}·${bracketed(dz)}`, result: exact(a0 + w0 * dz) },
    { label: `dW[0, 0, 0, ${c}]`, terms: `${exact(d0)} + ${bracketed(x0)}·${bracketed(dz)}`, result: exact(d0 + x0 * dz) },
    { label: `db[0, 0, 0, ${c}]`, terms: `${exact(b0)} + ${bracketed(dz)}`, result: exact(b0 + dz) },
  ];
}

function backwardSentence(stage: Stage, moment: Moment, look: Look): string {
  const at = pointedInput(look);
  if (at) return pointedSentence(stage, at);
  if (moment.finished) {
    const cut = stage.hasPadding ? " What came to the padding is cut off: dA_prev is the inner part." : "";
    return `All gradients are added up.${cut}`;
  }
  if (!moment.cell) return "Before the loops: the cache is taken apart, and the gradients begin as zeros.";
  const [i, h, w, c] = moment.cell;
  if (!moment.inside) return `Example ${i}, output row ${h}, column ${w}: the window covers ${stage.spanWords(h, w)}.`;
  const dz = incoming(stage, moment.cell);
  return (
    `dZ[${i}, ${h}, ${w}, ${c}] = ${number(dz, 6)}. Filter ${c} times it is added into rows and columns ` +
    `${stage.slice(h, w)} of dA_prev; the window times it into dW[..., ${c}]; and it is added to db[..., ${c}].`
  );
}

function pointedSentence(stage: Stage, [row, column]: readonly [number, number]): string {
  const windows = readers(stage.rows, row).length * readers(stage.columns, column).length;
  return `Row ${row}, column ${column} is read by ${count(windows, "window")}: so many parts come back to it from each filter.`;
}

