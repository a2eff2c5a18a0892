/** The page's own numbers, small and whole; and what becomes of arrays when sizes change. */

import { each } from "./core/conv";
import { type Geometry, type Sides, axis, samePadding } from "./core/geometry";
import { NOTHING, type Tensor, at4, tensor, zeros } from "./core/tensor";
import {
  type Operation, type Situation, isBackward, isConvolution, outputShape,
} from "./situation";

/** What can be changed of a situation by a number. */
export interface Settings {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: number;
  readonly pad: number;
  readonly dilation: number;
}

const BEGIN: Settings = {
  height: 5, width: 5, channels: 2, filters: 2, kernelHeight: 3, kernelWidth: 3, stride: 2, pad: 1, dilation: 1,
};

const POOLING = { height: 4, width: 4, kernelHeight: 2, kernelWidth: 2, pad: 0 };

const OWN: Record<Operation, Settings> = {
  zero_pad: { ...BEGIN, height: 3, width: 3, kernelHeight: 1, kernelWidth: 1, stride: 1 },
  conv_forward: BEGIN,
  conv_backward: { ...BEGIN, height: 4, width: 4, stride: 1 },
  max_pool_forward: { ...BEGIN, ...POOLING },
  max_pool_backward: { ...BEGIN, ...POOLING, stride: 1 },
  average_pool_forward: { ...BEGIN, ...POOLING },
  average_pool_backward: { ...BEGIN, ...POOLING, stride: 1 },
};

/** The situation that a tab begins with. */
export function ownSituation(operation: Operation): Situation {
  const nothing: Situation = {
    operation,
    A_prev: zeros([1, 0, 0, 0]),
    W: NOTHING,
    b: zeros([0]),
    grad: NOTHING,
    geometry: { kernel: [1, 1], stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 },
    ties: "all",
    countPadding: false,
    cell: [0, 0, 0, 0],
  };
  return changed(nothing, OWN[operation]);
}

export function settingsOf(s: Situation): Settings {
  const [, height, width, channels] = s.A_prev.shape;
  const { kernel, stride, padding, dilation } = s.geometry;
  return {
    height, width, channels,
    filters: s.W.shape[3],
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    stride: stride[0],
    pad: padding[0],
    dilation: dilation[0],
  };
}

/** A situation with other settings: numbers that stay in place stay what they are. */
export function changed(s: Situation, change: Partial<Settings>): Situation {
  const now: Settings = { ...settingsOf(s), ...change };
  const g = s.geometry;
  const geometry: Geometry = {
    kernel: [now.kernelHeight, now.kernelWidth],
    stride: change.stride === undefined ? g.stride : [now.stride, now.stride],
    padding: change.pad === undefined ? g.padding : [now.pad, now.pad, now.pad, now.pad],
    dilation: change.dilation === undefined ? g.dilation : [now.dilation, now.dilation],
    groups: change.channels === undefined && change.filters === undefined ? g.groups : 1,
  };
  const { height, width, channels } = now;
  const A_prev = resized(s.A_prev, [s.A_prev.shape[0], height, width, channels], inputNumber);
  const conv = isConvolution(s.operation);
  const inner = geometry.groups === 1 ? channels : s.W.shape[2];
  const W = conv ? resized(s.W, [...geometry.kernel, inner, now.filters], filterNumber) : s.W;
  const b = conv ? tensor([now.filters], [...Array(now.filters).keys()].map((n) => s.b.data[n] ?? n + 1)) : s.b;
  return withGradient(plain({ ...s, A_prev, W, b, geometry }));
}

/** Give the gradient the shape of the output. */
export function withGradient(s: Situation): Situation {
  if (!isBackward(s.operation)) return s;
  return { ...s, grad: resized(s.grad, outputShape(s), gradNumber) };
}

/** Without what belongs to the numbers that it was opened with. */
export function plain(s: Situation): Situation {
  const { theirs: _theirs, after: _after, title: _title, note: _note, ...rest } = s;
  return rest;
}

/** Padding by the names that frameworks have for it. */
export function withPadding(s: Situation, name: "valid" | "same"): Situation {
  const [, height, width] = s.A_prev.shape;
  const sides = [samePadding(axis(s.geometry, 0, height)), samePadding(axis(s.geometry, 1, width))].flat();
  const padding = (name === "valid" ? [0, 0, 0, 0] : sides) as unknown as Sides;
  return withGradient(plain({ ...s, geometry: { ...s.geometry, padding } }));
}

function resized(
  old: Tensor, shape: readonly number[], fresh: (h: number, w: number, c: number, n: number) => number,
): Tensor {
  if (shape.every((size, axis) => size === old.shape[axis])) return old;
  const made = zeros(shape);
  each(shape, (i, h, w, c) => {
    const kept = i < old.shape[0] && h < old.shape[1] && w < old.shape[2] && c < old.shape[3];
    made.data[at4(made, i, h, w, c)] = kept ? old.data[at4(old, i, h, w, c)] : fresh(i, h, w, c);
  });
  return made;
}

/** Whole numbers without a pattern that the eye would take for one; the same ones every time. */
function scattered(seed: number, a: number, b: number, c: number, d: number): number {
  let n = Math.imul(a + 1, 73856093) ^ Math.imul(b + 1, 19349663) ^ Math.imul(c + 1, 83492791) ^ Math.imul(d + 1, 2654435);
  n = Math.imul(n ^ (n >>> 13) ^ seed, 1274126177);
  return (n ^ (n >>> 16)) >>> 0;
}

const inputNumber = (i: number, h: number, w: number, c: number): number => scattered(7, i, h, w, c) % 10;
const filterNumber = (r: number, q: number, k: number, c: number): number => (scattered(3, r, q, k, c) % 5) - 2;
const gradNumber = (i: number, h: number, w: number, c: number): number => (scattered(5, i, h, w, c) % 7) - 3;

// ------------------------------------------------------------------ presets

export const FILTERS: Record<string, { words: string; weights: readonly number[]; divide?: number }> = {
  vertical: { words: "vertical edges", weights: [1, 0, -1, 1, 0, -1, 1, 0, -1] },
  horizontal: { words: "horizontal edges", weights: [1, 1, 1, 0, 0, 0, -1, -1, -1] },
  outline: { words: "outline", weights: [-1, -1, -1, -1, 8, -1, -1, -1, -1] },
  blur: { words: "blur", weights: [1, 1, 1, 1, 1, 1, 1, 1, 1], divide: 9 },
  sharpen: { words: "sharpen", weights: [0, -1, 0, -1, 5, -1, 0, -1, 0] },
  identity: { words: "identity", weights: [0, 0, 0, 0, 1, 0, 0, 0, 0] },
};

/** One filter of 3 × 3, the same for each input channel, without a bias. */
export function withFilter(s: Situation, name: string): Situation {
  const { weights, divide = 1 } = FILTERS[name];
  const next = changed({ ...s, geometry: { ...s.geometry, groups: 1 } }, { filters: 1, kernelHeight: 3, kernelWidth: 3, channels: s.A_prev.shape[3] });
  const W = zeros(next.W.shape);
  each(W.shape, (r, q, k, c) => {
    W.data[at4(W, r, q, k, c)] = weights[3 * r + q] / divide;
  });
  return withGradient({ ...next, W, b: zeros([1]) });
}

/** An image in place of the input. */
export function withImage(s: Situation, image: Tensor): Situation {
  const [, height, width, channels] = image.shape;
  return withGradient({ ...changed({ ...s, A_prev: zeros([1, 0, 0, 0]) }, { height, width, channels }), A_prev: image });
}

