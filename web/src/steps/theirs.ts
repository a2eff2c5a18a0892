/** A learner's result beside the right one, cell by cell. */

import { conv2d, conv2dBackward, pad2d } from "../core/conv";
import { pool2d, pool2dBackward } from "../core/pool";
import { type Tensor, largestOf } from "../core/tensor";
import { type Situation, isBackward, isConvolution, modeOf } from "../situation";
import { remembered } from "./running";
import { Mark, type Panel, type Row } from "./scene";

/** Differences below this share of the largest number are rounding. */
const ROUNDING = 1e-6;

/** The whole result that a learner's is held against. */
const rightResult = remembered((s: Situation): Tensor => {
  const name = s.theirs?.name;
  const mode = modeOf(s.operation);
  if (s.operation === "zero_pad") return pad2d(s.A_prev, s.geometry.padding);
  if (!isBackward(s.operation)) {
    return isConvolution(s.operation)
      ? conv2d(s.A_prev, s.W, s.b, s.geometry)
      : pool2d(s.A_prev, s.geometry, mode, s.countPadding);
  }
  if (!isConvolution(s.operation)) {
    return pool2dBackward(s.grad, s.A_prev, s.geometry, mode, s.ties, s.countPadding);
  }
  const grads = conv2dBackward(s.grad, s.A_prev, s.W, s.geometry);
  return name === "dW" ? grads.weight : name === "db" ? grads.bias : grads.x;
});

/** A row with the right result and the learner's; none if there is no learner's of that name. */
export function comparison(s: Situation, panel: Panel): Row[] {
  const { theirs } = s;
  const { result } = panel;
  if (!theirs || !result || theirs.name !== result.name) return [];
  const right = rightResult(s);
  const called = theirs.called ?? theirs.name;
  const scale = Math.max(largestOf(right.data), largestOf(theirs.array.data));
  const firstAt = theirs.index.reduce((at, n, axis) => at * theirs.array.shape[axis] + n, 0);
  const side = (id: string, title: string, from: Tensor): Panel => ({
    ...strip(panel),
    id,
    title,
    hint: id === "theirs" ? "cells that differ are marked ✗" : "all of it",
    scale,
    planes: panel.planes.map((one, k) => ({
      ...one,
      faint: false,
      cell: (row, column) => {
        const at = result.at(k, row, column);
        if (at < 0) return { value: null, marks: Mark.padding };
        const [a, b] = [right.data[at], theirs.array.data[at]];
        const differs = Math.abs(a - b) > ROUNDING * Math.max(scale, 1e-300) || Number.isNaN(a) !== Number.isNaN(b);
        return {
          value: from.data[at],
          ...(called === "mask" && { text: from.data[at] ? "True" : "False" }),
          marks: (differs ? Mark.wrong : 0) | (at === firstAt && theirs.index.length ? Mark.first : 0),
          ...(differs && id === "theirs" && { badge: "✗" }),
        };
      },
    })),
  });
  return [
    {
      caption: "Right, and yours",
      panels: [side("right", `right ${called}`, right), side("theirs", `your ${called}`, theirs.array)],
    },
  ];
}

/** Nothing of it can be changed or gone to. */
function strip(panel: Panel): Panel {
  const { source: _source, sign: _sign, ...rest } = panel;
  return { ...rest, kind: "output" };
}
