/** Pooling, forward and backward: what is to be seen at one step. */

import { addToPooled, divisor, largest, maxMask, poolCell, poolParts, windowCells } from "../core/pool";
import { largestOf } from "../core/tensor";
import { type Cell, type Situation, modeOf } from "../situation";
import { bracketed, count, exact } from "../words";
import { gradientPanel, incoming, resultPanel, totalsPanel } from "./results";
import { Running, remembered } from "./running";
import { type CellView, type Look, Mark, type Moment, type Panel, type SceneMaker, type Sum, plane } from "./scene";
import { pointedSentence, tapMark, windowedInput } from "./shared";
import { Stage } from "./stage";
import { comparison } from "./theirs";

export const poolForward: SceneMaker = (s, moment, look) => {
  const stage = new Stage(s);
  const output = forwardOutput(stage, moment, look);
  const work = moment.inside ? [{ ...slicePanel(stage, moment, look), sign: "→" }] : [];
  return {
    rows: [
      ...comparison(s, output),
      { caption: "", panels: [windowedInput(stage, moment, look), ...work, output] },
    ],
    sums: moment.inside ? forwardSums(stage, moment.cell!) : [],
    sentence: forwardSentence(stage, moment),
    pointed: pointedSentence(stage, look),
  };
};

export const poolBackward: SceneMaker = (s, moment, look) => {
  const stage = new Stage(s);
  const totals = inputTotals(stage, moment, look);
  const cell = moment.inside ? moment.cell! : null;
  const parts = cell
    ? modeOf(s.operation) === "max"
      ? [slicePanel(stage, moment, look), maskPanel(stage, moment, look), partsPanel(stage, moment, look)]
      : [partsPanel(stage, moment, look)]
    : [];
  return {
    rows: [
      ...comparison(s, totals),
      { caption: "The gradient that comes in, and the input", panels: [gradientPanel(stage, moment, look, "dA"), windowedInput(stage, moment, look)] },
      { caption: "Into dA_prev", panels: [...parts, totals] },
    ],
    sums: cell ? backwardSums(stage, cell) : [],
    sentence: backwardSentence(stage, moment),
    pointed: pointedSentence(stage, look),
  };
};

function cellsOf(stage: Stage, [i, h, w, c]: Cell): number[] {
  return windowCells(stage.s.A_prev, stage.s.geometry, i, h, w, c);
}

/** A plane of the window's size, from a list row by row. */
function small(
  stage: Stage, moment: Moment, look: Look, words: Pick<Panel, "id" | "title" | "hint" | "sign">, views: readonly CellView[],
): Panel {
  const { kernel } = stage.s.geometry;
  const most = largestOf(views.map((view) => view.value ?? 0));
  const cell = (r: number, q: number): CellView => {
    const view = views[r * kernel[1] + q];
    return { ...view, marks: view.marks | tapMark(stage, moment, look, [r, q, 0]) };
  };
  return {
    ...words,
    kind: "work",
    numbered: false,
    scale: most,
    planes: [{ ...plane("", kernel, cell, [[0, kernel[0]], [0, kernel[1]]]), channel: 0 }],
  };
}

function slicePanel(stage: Stage, moment: Moment, look: Look): Panel {
  const cell = moment.cell!;
  const cells = cellsOf(stage, cell);
  const isMax = modeOf(stage.s.operation) === "max";
  const mask = isMax ? maxMask(stage.s.A_prev, cells, "all") : [];
  const views = cells.map((at, n) => ({
    value: at < 0 ? null : stage.s.A_prev.data[at],
    marks: (mask[n] ? Mark.chosen : 0) | (at < 0 ? Mark.padding : 0),
    ...(mask[n] && { badge: "▲" }),
  }));
  const hint = isMax ? "▲ the largest" : "all count alike";
  return small(stage, moment, look, { id: "slice", title: "a_slice", hint }, views);
}

/** The mask, once its line is done. */
function maskPanel(stage: Stage, moment: Moment, look: Look): Panel {
  const { s } = stage;
  const cell = moment.cell!;
  if (moment.done("mask") <= stage.order(cell)) {
    const waiting = cellsOf(stage, cell).map(() => ({ value: null, marks: Mark.waiting }));
    return small(stage, moment, look, { id: "mask", title: "mask", hint: "where the maximum is", sign: "→" }, waiting);
  }
  const mask = maxMask(s.A_prev, cellsOf(stage, cell), s.ties);
  const ties = mask.filter(Boolean).length;
  const hint = ties > 1 ? `${ties} tie: each gets all of it` : "where the maximum is";
  return small(stage, moment, look, { id: "mask", title: "mask", hint, sign: "→" },
    mask.map((marked) => ({ value: marked ? 1 : 0, text: marked ? "True" : "False", marks: marked ? Mark.chosen : 0 })));
}

function partsPanel(stage: Stage, moment: Moment, look: Look): Panel {
  const { s } = stage;
  const cell = moment.cell!;
  const isMax = modeOf(s.operation) === "max";
  const dz = incoming(stage, cell);
  const cells = cellsOf(stage, cell);
  const title = isMax ? `mask × ${bracketed(dz)}` : `${exact(dz)} / ${divisor(cells, s.countPadding)}`;
  const hint = isMax ? "all of it to the maximum" : "an equal share for each cell";
  const isWaiting = isMax && moment.done("mask") <= stage.order(cell);
  const parts = poolParts(s.A_prev, cells, dz, modeOf(s.operation), s.ties, s.countPadding);
  return small(stage, moment, look, { id: "parts", title, hint, sign: "→" },
    parts.map((value, n) => ({
      value: cells[n] < 0 || isWaiting ? null : value,
      marks: cells[n] < 0 ? Mark.padding : isWaiting ? Mark.waiting : 0,
    })));
}

// ------------------------------------------------------------------ forward

function forwardOutput(stage: Stage, moment: Moment, look: Look): Panel {
  const { A_prev, operation, countPadding } = stage.s;
  return resultPanel(stage, moment, look, "A", largestOf(A_prev.data), (cell) =>
    poolCell(A_prev, cellsOf(stage, cell), modeOf(operation), countPadding),
  );
}

function forwardSums(stage: Stage, cell: Cell): Sum[] {
  const { s } = stage;
  const cells = cellsOf(stage, cell);
  const numbers = cells.filter((at) => at >= 0).map((at) => s.A_prev.data[at]);
  const result = exact(poolCell(s.A_prev, cells, modeOf(s.operation), s.countPadding));
  const label = `A[${cell.join(", ")}]`;
  if (modeOf(s.operation) === "max") {
    return [{ label, terms: `max(${numbers.map((n) => exact(n)).join(", ")})`, result }];
  }
  const terms = numbers.map((n) => bracketed(n, 6)).join(" + ");
  return [{ label, terms: `(${terms}) / ${divisor(cells, s.countPadding)}`, result }];
}

function forwardSentence(stage: Stage, moment: Moment): string {
  if (moment.finished) return `A is done: ${count(stage.cells, "cell")}.`;
  if (!moment.cell) return "Before the loops: sizes, and an output of zeros.";
  const [i, h, w, c] = moment.cell;
  const window = `Example ${i}, output row ${h}, column ${w}: the window covers ${stage.spanWords(h, w)}`;
  if (!moment.inside) return `${window}.`;
  const { s } = stage;
  const value = exact(poolCell(s.A_prev, cellsOf(stage, moment.cell), modeOf(s.operation), s.countPadding));
  const what = modeOf(s.operation) === "max" ? "largest number" : "mean";
  return `${window}. In channel ${c} its ${what} is ${value}: A[${moment.cell.join(", ")}] = ${value}.`;
}

// ------------------------------------------------------------------ backward

/** The running totals of a situation. */
const totalsOf = remembered((s: Situation) => {
  const stage = new Stage(s);
  return new Running(s.A_prev.shape, stage.cells, (sums, order) => {
    const cells = cellsOf(stage, stage.cellAt(order));
    addToPooled(sums, s.A_prev, cells, s.grad.data[order], modeOf(s.operation), s.ties, s.countPadding);
  });
});

/** Pooling hands nothing to the padding. */
const NOWHERE = { value: null, windows: 0 };

function inputTotals(stage: Stage, moment: Moment, look: Look): Panel {
  const done = moment.done("da_slice");
  const scale = largestOf(stage.s.grad.data) * 2;
  return totalsPanel(stage, moment, look, "dA_prev", scale, (i, row, column, channel) => {
    const at = stage.inputAt(i, row, column, channel);
    if (at < 0) return NOWHERE;
    return {
      value: totalsOf(stage.s).at(done).data[at],
      windows: stage.windowsDone(done, i, row, column, channel),
    };
  });
}

function backwardSums(stage: Stage, cell: Cell): Sum[] {
  const { s } = stage;
  const dz = incoming(stage, cell);
  const cells = cellsOf(stage, cell);
  const parts = poolParts(s.A_prev, cells, dz, modeOf(s.operation), s.ties, s.countPadding);
  const [i, h, w, c] = cell;
  const { kernel, stride, dilation } = s.geometry;
  return parts.flatMap((part, n) => {
    if (cells[n] < 0 || part === 0 || n > 15) return [];
    const [row, column] = [h * stride[0] + Math.floor(n / kernel[1]) * dilation[0], w * stride[1] + (n % kernel[1]) * dilation[1]];
    const before = totalsOf(s).at(stage.order(cell)).data[cells[n]];
    const label = `dA_prev[${i}, ${row - stage.rows.before}, ${column - stage.columns.before}, ${c}]`;
    return [{ label, terms: `${exact(before)} + ${bracketed(part, 6)}`, result: exact(before + part) }];
  });
}

function backwardSentence(stage: Stage, moment: Moment): string {
  if (moment.finished) return "All gradients have been handed back.";
  if (!moment.cell) return "Before the loops: the cache is taken apart, and dA_prev begins as zeros.";
  const [i, h, w, c] = moment.cell;
  if (!moment.inside) return `Example ${i}, output row ${h}, column ${w}: the window covers ${stage.spanWords(h, w)}.`;
  const { s } = stage;
  const dz = incoming(stage, moment.cell);
  const cells = cellsOf(stage, moment.cell);
  const begin = `dA[${moment.cell.join(", ")}] = ${exact(dz)}, for the window over ${stage.spanWords(h, w)}, channel ${c}.`;
  if (modeOf(s.operation) === "average") {
    const n = divisor(cells, s.countPadding);
    return `${begin} Each of its ${count(n, "cell")} gets an equal share, ${exact(dz / n)}.`;
  }
  const ties = maxMask(s.A_prev, cells, s.ties).filter(Boolean).length;
  const most = exact(largest(s.A_prev, cells));
  if (ties > 1) return `${begin} Its maximum ${most} is there ${ties} times: each of these cells gets all of the gradient.`;
  return `${begin} All of it goes to the maximum, ${most}.`;
}
