/** Convolution, forward and backward, by its definition: the numbers of `convstep.ops`. */

import { type Geometry, axis, outputs } from "./geometry";
import { type Tensor, at4, zeros } from "./tensor";

export interface ConvGrads {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/**
 * What is called with each place of a window: where the group's first channel lies in the input, or -1 for
 * padding, and where its number lies in the filter. The input's channels lie one apart, the filter's `filters`.
 */
export type Visit = (xAt: number, wAt: number) => void;

/** Walk over the window of output cell (i, h, w, c), row by row. */
export function places(
  x: Tensor, weight: Tensor, g: Geometry, i: number, h: number, w: number, c: number, visit: Visit,
): void {
  const [, height, width] = x.shape;
  const [kh, kw, channels, filters] = weight.shape;
  const first = Math.floor(c / (filters / g.groups)) * channels; // of the group's input channels
  for (let r = 0; r < kh; r++) {
    const row = h * g.stride[0] + r * g.dilation[0] - g.padding[0];
    for (let s = 0; s < kw; s++) {
      const column = w * g.stride[1] + s * g.dilation[1] - g.padding[2];
      const inside = row >= 0 && row < height && column >= 0 && column < width;
      visit(inside ? at4(x, i, row, column, first) : -1, at4(weight, r, s, 0, c));
    }
  }
}

/** (m, n_H, n_W, n_C) of a convolution. */
export function convShape(x: Tensor, weight: Tensor, g: Geometry): number[] {
  return [
    x.shape[0],
    outputs(axis(g, 0, x.shape[1])),
    outputs(axis(g, 1, x.shape[2])),
    weight.shape[3],
  ];
}

/** One number of the output. */
export function convCell(
  x: Tensor, weight: Tensor, bias: Tensor, g: Geometry, i: number, h: number, w: number, c: number,
): number {
  const [, , channels, filters] = weight.shape;
  let sum = 0;
  places(x, weight, g, i, h, w, c, (xAt, wAt) => {
    if (xAt < 0) return;
    for (let k = 0; k < channels; k++) sum += x.data[xAt + k] * weight.data[wAt + k * filters];
  });
  return sum + bias.data[c];
}

/** x (m, H, W, C), weight (kh, kw, C / groups, n_C), bias (n_C) -> (m, n_H, n_W, n_C) */
export function conv2d(x: Tensor, weight: Tensor, bias: Tensor, g: Geometry): Tensor {
  const y = zeros(convShape(x, weight, g));
  each(y.shape, (i, h, w, c) => {
    y.data[at4(y, i, h, w, c)] = convCell(x, weight, bias, g, i, h, w, c);
  });
  return y;
}

/** Add what an output cell of gradient dz hands to the input. */
export function addToInput(
  dx: Tensor, weight: Tensor, g: Geometry, i: number, h: number, w: number, c: number, dz: number,
): void {
  const [, , channels, filters] = weight.shape;
  places(dx, weight, g, i, h, w, c, (xAt, wAt) => {
    if (xAt < 0) return;
    for (let k = 0; k < channels; k++) dx.data[xAt + k] += weight.data[wAt + k * filters] * dz;
  });
}

/** Add what an output cell of gradient dz hands to its filter. */
export function addToWeight(
  dw: Tensor, x: Tensor, g: Geometry, i: number, h: number, w: number, c: number, dz: number,
): void {
  const [, , channels, filters] = dw.shape;
  places(x, dw, g, i, h, w, c, (xAt, wAt) => {
    if (xAt < 0) return;
    for (let k = 0; k < channels; k++) dw.data[wAt + k * filters] += x.data[xAt + k] * dz;
  });
}

/** The gradients by input, filters and biases. */
export function conv2dBackward(grad: Tensor, x: Tensor, weight: Tensor, g: Geometry): ConvGrads {
  const grads = { x: zeros(x.shape), weight: zeros(weight.shape), bias: zeros([weight.shape[3]]) };
  each(grad.shape, (i, h, w, c) => {
    const dz = grad.data[at4(grad, i, h, w, c)];
    addToInput(grads.x, weight, g, i, h, w, c, dz);
    addToWeight(grads.weight, x, g, i, h, w, c, dz);
    grads.bias.data[c] += dz;
  });
  return grads;
}

/** Go through an array of four axes in the order of the lesson's loops. */
export function each(
  shape: readonly number[], visit: (i: number, h: number, w: number, c: number) => void,
): void {
  for (let i = 0; i < shape[0]; i++)
    for (let h = 0; h < shape[1]; h++)
      for (let w = 0; w < shape[2]; w++) for (let c = 0; c < shape[3]; c++) visit(i, h, w, c);
}

/** x with zeros around it. */
export function pad2d(x: Tensor, padding: Geometry["padding"]): Tensor {
  const [m, height, width, channels] = x.shape;
  const [top, bottom, left, right] = padding;
  const y = zeros([m, height + top + bottom, width + left + right, channels]);
  each(x.shape, (i, h, w, c) => {
    y.data[at4(y, i, h + top, w + left, c)] = x.data[at4(x, i, h, w, c)];
  });
  return y;
}
