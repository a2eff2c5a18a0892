/** Convolution, backward: what is to be seen at one step. */

import { addToInput, addToWeight } from "../core/conv";
import type { Geometry } from "../core/geometry";
import { type Tensor, at4, largestOf } from "../core/tensor";
import type { Cell, Situation } from "../situation";
import { bracketed, exact, number } from "../words";
import { acrossOf, filterPlanes, filters, kernelPanel, met, place, times } from "./filters";
import { gradientPanel, incoming, totalsPanel } from "./results";
import { Running, RunningByExample, remembered } from "./running";
import { type Look, Mark, type Moment, type Panel, type SceneMaker, type Sum, plane } from "./scene";
import { type Tap, pointedSentence, pointedTap, tapMark, tapOf, vector, windowedInput } from "./shared";
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
  const pointed = pointedSentence(stage, look);
  return {
    rows,
    sums: inside ? backwardSums(stage, moment, look) : [],
    sentence: backwardSentence(stage, moment),
    pointed: pointed && `${pointed} So many parts come back to it from each filter.`,
  };
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
    (r, q, k) => times(stage, cell, r, q, k, dz),
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
    dA: new RunningByExample(padded, stage.cells, (sums, order) => {
      const [, h, w, c] = stage.cellAt(order);
      addToInput(sums, s.W, unpadded, 0, h, w, c, s.grad.data[order]);
    }),
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
    const totals = totalsOf(stage.s).dA.at(i, done);
    const firstFilter = Math.floor(channel / W.shape[2]) * perGroup;
    return {
      value: totals.data[at4(totals, 0, row, column, channel)],
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
      ({
        ...plane(
          `dW[:, :, ${k}, ${filter}]`,
          [W.shape[0], W.shape[1]],
          (r, q) => ({
            value: totalsOf(stage.s).dW.at(done).data[at4(W, r, q, k, filter)],
            marks: moment.inside && filter === c ? Mark.window | tapMark(stage, moment, look, [r, q, k]) : 0,
          }),
          [[0, W.shape[0]], [0, W.shape[1]]],
          moment.inside && filter !== c,
        ),
        channel: k,
        filter,
      }),
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

/** The place whose sums are written out: pointed at, or a learner's first mistake, or the first. */
function written(stage: Stage, moment: Moment, look: Look): Tap {
  const { theirs } = stage.s;
  const [i, , , c] = moment.cell!;
  const pointed = pointedTap(stage, moment, look);
  if (pointed || !theirs) return pointed ?? [0, 0, 0];
  const [n, row, column, channel] = theirs.index;
  if (theirs.name === "dW" && channel === c) return [n, row, column];
  const isHere = theirs.name === "dA_prev" && n === i;
  const found = isHere && tapOf(stage, moment.cell!, row + stage.rows.before, column + stage.columns.before, channel);
  return found || [0, 0, 0];
}

function backwardSums(stage: Stage, moment: Moment, look: Look): Sum[] {
  const cell = moment.cell!;
  const [i, , , c] = cell;
  const dz = incoming(stage, cell);
  const order = stage.order(cell);
  const { W } = stage.s;
  const [r, q, k] = written(stage, moment, look);
  const [y, x] = place(stage, cell, r, q);
  const channel = stage.channelsRead(c).first + k;
  const { dA, dW, db } = totalsOf(stage.s);
  const before = dA.at(i, order);
  const a0 = before.data[at4(before, 0, y, x, channel)];
  const w0 = W.data[at4(W, r, q, k, c)];
  const d0 = dW.at(order).data[at4(W, r, q, k, c)];
  const x0 = met(stage, cell, r, q, k);
  const b0 = db.at(order).data[c];
  const name = stage.hasPadding ? "dA_prev_pad" : "dA_prev";
  return [
    { label: `${name}[${i}, ${y}, ${x}, ${channel}]`, terms: `${exact(a0)} + ${bracketed(w0)}·${bracketed(dz)}`, result: exact(a0 + w0 * dz) },
    { label: `dW[${r}, ${q}, ${k}, ${c}]`, terms: `${exact(d0)} + ${bracketed(x0)}·${bracketed(dz)}`, result: exact(d0 + times(stage, cell, r, q, k, dz)) },
    { label: `db[0, 0, 0, ${c}]`, terms: `${exact(b0)} + ${bracketed(dz)}`, result: exact(b0 + dz) },
  ];
}

function backwardSentence(stage: Stage, moment: Moment): string {
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
