/** Panels of filters, and of what has a filter's size: what both passes of a convolution show. */

import { at4, largestOf } from "../core/tensor";
import type { Cell } from "../situation";
import { count } from "../words";
import { type CellView, type Look, Mark, type Moment, type Panel, plane, shownPlanes } from "./scene";
import { tapMark, vector } from "./shared";
import type { Stage } from "./stage";

/** All filters where they are few, else the one of this step. */
export function filterPlanes(stage: Stage, look: Look, c: number): { filter: number; k: number }[] {
  const [, , channels, filters] = stage.s.W.shape;
  const ks = shownOfFilter(stage, look);
  const which = channels * filters <= 12 ? [...Array(filters).keys()] : [c];
  return which.flatMap((filter) => ks.map((k) => ({ filter, k })));
}

/** Which of the channels that a filter reads are shown: those of the input, where it reads all. */
function shownOfFilter(stage: Stage, look: Look): number[] {
  const channels = stage.s.W.shape[2];
  return shownPlanes(channels, channels === stage.s.A_prev.shape[3] ? (look.firstChannel ?? 0) : 0);
}

/** A line for each filter. */
export function acrossOf(planes: readonly { filter: number }[]): number {
  return planes.filter(({ filter }) => filter === planes[0].filter).length;
}

export function filters(stage: Stage, moment: Moment, look: Look, sign?: string): Panel {
  const { W } = stage.s;
  const c = moment.cell?.[3] ?? 0;
  const planes = filterPlanes(stage, look, c);
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
      const one = plane(
        `W[:, :, ${k}, ${filter}]`,
        [W.shape[0], W.shape[1]],
        (r, q) => ({
          value: W.data[at4(W, r, q, k, filter)],
          marks: isOther ? 0 : tapMark(stage, moment, look, [r, q, k]),
        }),
        [[0, W.shape[0]], [0, W.shape[1]]],
        isOther,
      );
      return { ...one, channel: k, filter };
    }),
    source: (p, r, q) => ({ name: "W", at: at4(W, r, q, planes[p].k, planes[p].filter) }),
  };
}

export function bias(stage: Stage, moment: Moment): Panel {
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
export function kernelPanel(
  stage: Stage, moment: Moment, look: Look, words: Pick<Panel, "id" | "title" | "hint" | "sign">,
  value: (r: number, q: number, k: number) => number,
): Panel {
  const { W } = stage.s;
  const { first } = stage.channelsRead(moment.cell?.[3] ?? 0);
  const ks = shownOfFilter(stage, look);
  let most = 0;
  for (const k of ks) for (let r = 0; r < W.shape[0]; r++) for (let q = 0; q < W.shape[1]; q++) most = Math.max(most, Math.abs(value(r, q, k)) || 0);
  return {
    ...words,
    kind: "work",
    numbered: false,
    scale: most,
    planes: ks.map((k) => {
      const cell = (r: number, q: number): CellView => ({ value: value(r, q, k), marks: tapMark(stage, moment, look, [r, q, k]) });
      const size = [W.shape[0], W.shape[1]] as const;
      return { ...plane(`channel ${first + k}`, size, cell, [[0, size[0]], [0, size[1]]]), channel: k };
    }),
  };
}

/** What a window's cell and a factor make; nothing where the cell is padding, as in `convstep.ops`. */
export function times(stage: Stage, cell: Cell, r: number, q: number, k: number, factor: number): number {
  const [row, column] = place(stage, cell, r, q);
  return stage.isPadding(row, column) ? 0 : met(stage, cell, r, q, k) * factor;
}

/** The input cell that the filter's number (r, q, k) meets in the window of a cell. */
export function met(stage: Stage, cell: Cell, r: number, q: number, k: number): number {
  const [row, column] = place(stage, cell, r, q);
  return stage.input(cell[0], row, column, stage.channelsRead(cell[3]).first + k);
}

/** The padded row and column of the place (r, q) in the window of a cell. */
export function place({ rows, columns }: Stage, [, h, w]: Cell, r: number, q: number): [row: number, column: number] {
  return [h * rows.stride + r * rows.dilation, w * columns.stride + q * columns.dilation];
}
