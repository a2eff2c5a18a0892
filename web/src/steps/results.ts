/** Panels that both operations have: the result, the gradient that comes in, running totals of dA_prev. */

import { largestOf } from "../core/tensor";
import type { Cell } from "../situation";
import { type CellView, type Look, Mark, type Moment, type Panel, pagerOf, plane, shownPlanes } from "./scene";
import { usesPointed, windowedInput } from "./shared";
import type { Stage } from "./stage";

/** Z or A, as far as it is computed. */
export function resultPanel(
  stage: Stage, moment: Moment, look: Look, name: "Z" | "A", scale: number, value: (cell: Cell) => number,
): Panel {
  const done = moment.done(name);
  const words = { id: "output", title: `${name}[${moment.cell?.[0] ?? 0}]`, hint: "the output", kind: "output" } as const;
  const panel = outputPanel(stage, moment, look, words, scale, (cell) =>
    stage.order(cell) < done ? { value: value(cell), marks: 0 } : { value: null, marks: Mark.waiting },
  );
  return {
    ...panel,
    sign: "→",
    planes: panel.planes.map((one, k) => ({
      ...one,
      finished: (row: number, column: number) => value(panel.target!(k, row, column)!),
    })),
    result: { name, at: (k, row, column) => stage.order(panel.target!(k, row, column)!) },
  };
}

/** dZ or dA; what has not been handed back yet is waiting. */
export function gradientPanel(stage: Stage, moment: Moment, look: Look, name: "dZ" | "dA"): Panel {
  const { grad } = stage.s;
  const words = {
    id: "grad", title: `${name}[${moment.cell?.[0] ?? 0}]`, hint: "how the cost changes with each output", kind: "output",
  } as const;
  const begun = moment.inside ? stage.order(moment.cell!) + 1 : 0;
  const panel = outputPanel(stage, moment, look, words, largestOf(grad.data), (cell) => ({
    value: incoming(stage, cell),
    marks: stage.order(cell) >= Math.max(moment.cells, begun) ? Mark.waiting : 0,
  }));
  return {
    ...panel,
    source: (k, row, column) => ({ name: "grad", at: stage.order(panel.target!(k, row, column)!) }),
  };
}

/** The gradient of an output cell. */
export function incoming(stage: Stage, cell: Cell): number {
  return stage.s.grad.data[stage.order(cell)];
}

/** What has come to a cell of the padded input so far, null where nothing can; and from how many windows. */
export interface Total {
  readonly value: number | null;
  readonly windows: number;
}

/** dA_prev as it stands; `total` tells of each cell. */
export function totalsPanel(
  stage: Stage, moment: Moment, look: Look, name: string, scale: number,
  total: (i: number, row: number, column: number, channel: number) => Total,
): Panel {
  const input = windowedInput(stage, moment, look);
  const i = moment.cell?.[0] ?? 0;
  const first = input.pager?.from ?? 0;
  return {
    ...input,
    id: "dA_prev",
    title: `${name}[${i}]`,
    hint: "running totals; the small number counts the windows",
    kind: "output",
    sign: "→",
    scale,
    planes: input.planes.map((one, p) => ({
      ...one,
      cell: (row: number, column: number) => {
        const { value, windows } = total(i, row, column, first + p);
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

/** A panel of the output's shape. `value` gives a number and whether it is there yet. */
function outputPanel(
  stage: Stage, moment: Moment, look: Look, words: Pick<Panel, "id" | "title" | "hint" | "kind">,
  scale: number, value: (cell: Cell) => CellView,
): Panel {
  const [i, h, w, c] = moment.cell ?? [0, 0, 0, 0];
  const [, rows, columns, channels] = stage.out;
  const shown = shownPlanes(channels, look.firstOutput ?? c - 3);
  return {
    ...words,
    numbered: true,
    scale,
    planes: shown.map((channel) => {
      const one = plane(
        stage.s.W.shape[3] > 0 ? `filter ${channel}` : `channel ${channel}`,
        [rows, columns],
        (row, column) => {
          const found = value([i, row, column, channel]);
          const isCurrent = moment.inside && row === h && column === w && channel === c;
          const uses = usesPointed(stage, look, row, column, channel);
          return {
            ...found,
            marks: found.marks | (isCurrent ? Mark.current : 0) | (uses ? Mark.hover : 0),
          };
        },
        [[h, h + 1], [w, w + 1]],
        moment.inside && channel !== c,
      );
      return { ...one, channel };
    }),
    ...pagerOf(shown, channels, "firstOutput"),
    target: (k, row, column) => [i, row, column, shown[k]],
  };
}
