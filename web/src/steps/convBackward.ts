/** Convolution, backward: what is to be seen at one step. */

import { addToInput, addToWeight } from "../core/conv";
import type { Geometry } from "../core/geometry";
import { type Tensor, at4, largestOf } from "../core/tensor";
import type { Cell, Situation } from "../situation";
import { bracketed, exact, number } from "../words";
import { acrossOf, filterPlanes, filters, kernelPanel, met } from "./filters";
import { gradientPanel, incoming, totalsPanel } from "./results";
import { Running, remembered } from "./running";
import { type Look, Mark, type Moment, type Panel, type SceneMaker, type Sum, plane } from "./scene";
import { channelsOf, pointedSentence, tapMark, vector, windowedInput } from "./shared";
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
    stage, moment, look,
    { id: "scaledFilter", title: `W[..., ${cell[3]}] × ${bracketed(dz)}`, hint: "is added in the window", sign: "→" },
    (r, q, k) => W.data[at4(W, r, q, k, cell[3])] * dz,
  );
}

function scaledWindow(stage: Stage, moment: Moment, look: Look): Panel {
  const cell = moment.cell!;
  const dz = incoming(stage, cell);
  return kernelPanel(
    stage, moment, look,
    { id: "scaledWindow", title: `a_slice × ${bracketed(dz)}`, hint: "is added to the filter's gradient", sign: "→" },
    (r, q, k) => met(stage, cell, r, q, k) * dz,
  );
}

/** The running totals of a situation, those of the input with its padding. */
const totalsOf = remembered((s: Situation) => {
  const stage = new Stage(s);
  const unpadded: Geometry = { ...s.geometry, padding: [0, 0, 0, 0] };
  const padded = [s.A_prev.shape[0], ...stage.padded, s.A_prev.shape[3]];
  const running = (shape: readonly number[], add: (sums: Tensor, cell: Cell, dz: number) => void): Running =>
    new Running(shape, stage.cells, (sums, order) => add(sums, stage.cellAt(order), s.grad.data[order]));
  return {
    dA: running(padded, (sums, cell, dz) => addToInput(sums, s.W, unpadded, ...cell, dz)),
    dW: running(s.W.shape, (sums, cell, dz) => addToWeight(sums, s.A_prev, s.geometry, ...cell, dz)),
    db: running([s.W.shape[3]], (sums, cell, dz) => (sums.data[cell[3]] += dz)),
  };
});

function inputTotals(stage: Stage, moment: Moment, look: Look): Panel {
  const { grad, W, geometry } = stage.s;
  const done = moment.done("da_slice");
  const name = stage.hasPadding ? "dA_prev_pad" : "dA_prev";
  const scale = largestOf(grad.data) * largestOf(W.data) * 2;
  const perGroup = W.shape[3] / geometry.groups;
  return totalsPanel(stage, moment, look, name, scale, (i, row, column, channel) => {
    const totals = totalsOf(stage.s).dA.at(done);
    const firstFilter = Math.floor(channel / W.shape[2]) * perGroup;
    return {
      value: totals.data[at4(totals, i, row, column, channel)],
      windows: stage.windowsDone(done, i, row, column, firstFilter),
    };
  });
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
          value: totalsOf(stage.s).dW.at(done).data[at4(W, r, q, k, filter)],
          marks: moment.inside && filter === c ? Mark.window | tapMark(stage, moment, look, r, q) : Mark.other,
        }),
        [[0, W.shape[0]], [0, W.shape[1]]],
        moment.inside && filter !== c,
      ),
    ),
    result: { name: "dW", at: (p, r, q) => at4(W, r, q, planes[p].k, planes[p].filter) },
  };
}

function biasTotals(stage: Stage, moment: Moment): Panel {
  const c = moment.cell?.[3] ?? 0;
  const done = moment.done("db");
  return {
    ...vector("db", "db", "running totals", "output", stage.out[3], c, (n) => ({
      value: totalsOf(stage.s).db.at(done).data[n],
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
  const { dA, dW, db } = totalsOf(stage.s);
  const before = dA.at(order);
  const a0 = before.data[at4(before, i, y, x, first)];
  const w0 = W.data[at4(W, 0, 0, 0, c)];
  const d0 = dW.at(order).data[at4(W, 0, 0, 0, c)];
  const x0 = met(stage, moment.cell!, 0, 0, 0);
  const b0 = db.at(order).data[c];
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
