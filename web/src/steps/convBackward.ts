/** Convolution, backward: what is to be seen at one step. */

import { readers } from "../core/geometry";
import { at4, largestOf } from "../core/tensor";
import type { Cell } from "../situation";
import { bracketed, exact, number } from "../words";
import { acrossOf, filterPlanes, filters, kernelPanel, met } from "./filters";
import { type Total, gradientPanel, incoming, totalsPanel } from "./results";
import { type Look, Mark, type Moment, type Panel, type SceneMaker, type Sum, plane } from "./scene";
import { channelsOf, pointedSentence, vector, windowedInput } from "./shared";
import { Stage } from "./stage";
import { comparison } from "./theirs";

export const convBackward: SceneMaker = (s, moment, look) => {
  const stage = new Stage(s);
  const grad = gradientPanel(stage, moment, look, "dZ");
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
): Total {
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
  const { grad, W } = stage.s;
  const done = moment.done("da_slice");
  const name = stage.hasPadding ? "dA_prev_pad" : "dA_prev";
  const scale = largestOf(grad.data) * largestOf(W.data) * 2;
  return totalsPanel(stage, moment, look, name, scale, (i, row, column, channel) =>
    inputTotal(stage, done, i, row, column, channel),
  );
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
  const pointed = pointedSentence(stage, look);
  if (pointed) return `${pointed} So many parts come back to it from each filter.`;
  if (moment.finished) {
    const cut = stage.hasPadding ? " What came to the padding is cut off: dA_prev is the inner part." : "";
    return `All gradients are added up.${cut}`;
  }
  if (!moment.cell) return "Before the loops: the cache is taken apart, and the gradients begin as zeros.";
  const [i, h, w, c] = moment.cell;
  if (!moment.inside) return `Example ${i}, output row ${h}, column ${w}: the window covers ${stage.spanWords(h, w)}.`;
  const dz = incoming(stage, moment.cell);
  const by = number(dz);
  const name = stage.hasPadding ? "dA_prev_pad" : "dA_prev";
  return (
    `dZ[${i}, ${h}, ${w}, ${c}] = ${number(dz, 6)}. ${by} · W[..., ${c}] is added into ${name}[${i}, ${stage.slice(h, w)}, :], ` +
    `${by} · a_slice into dW[..., ${c}], and ${by} itself to db[..., ${c}].`
  );
}
