/** Pooling, forward and backward, by its definition: the numbers of `convstep.ops`. */

import { each } from "./conv";
import { type Geometry, axis, outputs } from "./geometry";
import { type Tensor, at4, zeros } from "./tensor";

export type Mode = "max" | "average";
export type Ties = "all" | "first";

/** The cells of a window: where each lies in the input, or -1 for padding, row by row. */
export function windowCells(
  x: Tensor, g: Geometry, i: number, h: number, w: number, c: number,
): number[] {
  const [, height, width] = x.shape;
  const cells = [];
  for (let r = 0; r < g.kernel[0]; r++) {
    const row = h * g.stride[0] + r * g.dilation[0] - g.padding[0];
    for (let s = 0; s < g.kernel[1]; s++) {
      const column = w * g.stride[1] + s * g.dilation[1] - g.padding[2];
      const inside = row >= 0 && row < height && column >= 0 && column < width;
      cells.push(inside ? at4(x, i, row, column, c) : -1);
    }
  }
  return cells;
}

/** (m, n_H, n_W, C) of a pooling. */
export function poolShape(x: Tensor, g: Geometry): number[] {
  return [
    x.shape[0],
    outputs(axis(g, 0, x.shape[1])),
    outputs(axis(g, 1, x.shape[2])),
    x.shape[3],
  ];
}

/** The largest of a window's numbers; NaN if one of them is. Padding never is. */
export function largest(x: Tensor, cells: readonly number[]): number {
  let most = -Infinity;
  for (const cell of cells) {
    if (cell < 0) continue;
    if (Number.isNaN(x.data[cell])) return NaN;
    most = Math.max(most, x.data[cell]);
  }
  return most;
}

/** Which of a window's cells get the gradient: all that tie for the maximum, or the first. */
export function maxMask(x: Tensor, cells: readonly number[], ties: Ties): boolean[] {
  const most = largest(x, cells);
  const mask = cells.map((cell) => cell >= 0 && Object.is(x.data[cell] + 0, most + 0));
  const first = mask.indexOf(true);
  return ties === "all" ? mask : mask.map((_, k) => k === first);
}

/** By how much the sum of a window is divided. */
export function divisor(cells: readonly number[], countPadding: boolean): number {
  return countPadding ? cells.length : cells.filter((cell) => cell >= 0).length;
}

/** One number of the output. */
export function poolCell(
  x: Tensor, cells: readonly number[], mode: Mode, countPadding: boolean,
): number {
  if (mode === "max") return largest(x, cells);
  let sum = 0;
  for (const cell of cells) if (cell >= 0) sum += x.data[cell];
  return sum / divisor(cells, countPadding);
}

/** x (m, H, W, C) -> (m, n_H, n_W, C) */
export function pool2d(x: Tensor, g: Geometry, mode: Mode, countPadding = true): Tensor {
  const y = zeros(poolShape(x, g));
  each(y.shape, (i, h, w, c) => {
    y.data[at4(y, i, h, w, c)] = poolCell(x, windowCells(x, g, i, h, w, c), mode, countPadding);
  });
  return y;
}

/** What one output cell's gradient sends to each cell of its window. */
export function poolParts(
  x: Tensor, cells: readonly number[], grad: number, mode: Mode, ties: Ties, countPadding: boolean,
): number[] {
  if (mode === "max") return maxMask(x, cells, ties).map((marked) => (marked ? grad : 0));
  const share = grad / divisor(cells, countPadding);
  return cells.map((cell) => (cell >= 0 ? share : 0));
}

/** Add what an output cell of gradient dz hands to the input. */
export function addToPooled(
  dx: Tensor, x: Tensor, cells: readonly number[], dz: number, mode: Mode, ties: Ties, countPadding: boolean,
): void {
  const parts = poolParts(x, cells, dz, mode, ties, countPadding);
  cells.forEach((cell, k) => {
    if (cell >= 0) dx.data[cell] += parts[k];
  });
}

/** The gradient by the input. */
export function pool2dBackward(
  grad: Tensor, x: Tensor, g: Geometry, mode: Mode, ties: Ties = "all", countPadding = true,
): Tensor {
  const dx = zeros(x.shape);
  each(grad.shape, (i, h, w, c) => {
    const dz = grad.data[at4(grad, i, h, w, c)];
    addToPooled(dx, x, windowCells(x, g, i, h, w, c), dz, mode, ties, countPadding);
  });
  return dx;
}
