/** Panels of filters, and of what has a filter's size: what both passes of a convolution show. */

import { at4, largestOf } from "../core/tensor";
import type { Cell } from "../situation";
import { count } from "../words";
import { type Look, Mark, type Moment, type Panel, plane, shownPlanes } from "./scene";
import { channelsOf, tapMark, vector } from "./shared";
import type { Stage } from "./stage";

/** All filters where they are few, else the one of this step. */
export function filterPlanes(stage: Stage, look: Look, c: number): { filter: number; k: number }[] {
  const [, , channels, filters] = stage.s.W.shape;
  const shown = channelsOf(stage, look, c);
  const ks = shownPlanes(channels, channels === stage.s.A_prev.shape[3] ? look.firstChannel : 0);
  const some = channels * filters <= 12 && shown.count === channels;
  const which = some ? [...Array(filters).keys()] : [c];
  return which.flatMap((filter) => ks.map((k) => ({ filter, k })));
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
      return plane(
        `W[:, :, ${k}, ${filter}]`,
        [W.shape[0], W.shape[1]],
        (r, q) => ({
          value: W.data[at4(W, r, q, k, filter)],
          marks: isOther ? Mark.other : tapMark(stage, moment, look, r, q),
        }),
        [[0, W.shape[0]], [0, W.shape[1]]],
        isOther,
      );
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
  const channels = channelsOf(stage, look, moment.cell?.[3] ?? 0);
  const ks = shownPlanes(W.shape[2], W.shape[2] === stage.s.A_prev.shape[3] ? look.firstChannel : 0);
  let most = 0;
  for (const k of ks) for (let r = 0; r < W.shape[0]; r++) for (let q = 0; q < W.shape[1]; q++) most = Math.max(most, Math.abs(value(r, q, k)) || 0);
  return {
    ...words,
    kind: "work",
    numbered: false,
    scale: most,
    planes: ks.map((k) =>
      plane(`channel ${channels.first + k}`, [W.shape[0], W.shape[1]], (r, q) => ({ value: value(r, q, k), marks: tapMark(stage, moment, look, r, q) }),
        [[0, W.shape[0]], [0, W.shape[1]]]),
    ),
  };
}

/** The input cell that the filter's number (r, q, k) meets in the window of a cell. */
export function met(stage: Stage, [i, h, w, c]: Cell, r: number, q: number, k: number): number {
  const { rows, columns, s } = stage;
  const first = Math.floor(c / (s.W.shape[3] / s.geometry.groups)) * s.W.shape[2];
  return stage.input(i, h * rows.stride + r * rows.dilation, w * columns.stride + q * columns.dilation, first + k);
}
