/** One operation, its arrays, and where in it we stand: what the step view is given. */

import { type Geometry, type Pair, type Sides, axis, outputs } from "./core/geometry";
import { type Mode, type Ties } from "./core/pool";
import { NOTHING, type Packed, type Tensor, unpack } from "./core/tensor";
import type { Program } from "./program";

export const OPERATIONS = [
  "zero_pad",
  "conv_forward",
  "conv_backward",
  "max_pool_forward",
  "max_pool_backward",
  "average_pool_forward",
  "average_pool_backward",
] as const;

export type Operation = (typeof OPERATIONS)[number];
export type Cell = readonly [i: number, h: number, w: number, c: number];

/** A learner's result, to be shown beside the right one. */
export interface Theirs {
  readonly name: string;
  /** What the learner's function calls it. */
  readonly called?: string;
  readonly array: Tensor;
  readonly index: readonly number[];
}

/** What a network's layer makes of the sum. */
export interface After {
  readonly activation: string;
  readonly value: Tensor;
}

export interface Situation {
  readonly operation: Operation;
  readonly A_prev: Tensor; // (m, H, W, C)
  readonly W: Tensor; // (fh, fw, C / groups, n_C)
  readonly b: Tensor; // (n_C,)
  readonly grad: Tensor; // (m, n_H, n_W, n_C)
  readonly geometry: Geometry;
  readonly ties: Ties;
  readonly countPadding: boolean;
  readonly cell: Cell;
  readonly theirs?: Theirs;
  readonly after?: After;
  readonly title?: string;
  readonly note?: string;
}

/** A situation as Python writes it; docs/lens.md has the fields. */
export interface PackedSituation {
  operation: Operation;
  A_prev: Packed;
  W?: Packed;
  b?: Packed;
  grad?: Packed;
  kernel: Pair;
  stride: Pair;
  padding: Sides;
  dilation: Pair;
  groups: number;
  ties: Ties;
  count_padding: boolean;
  cell: Cell;
  theirs?: { name: string; called?: string; array: Packed; index: number[] };
  after?: { activation: string; value: Packed };
  title?: string;
  note?: string;
}

/** The data of the page. */
export interface PageData {
  schema: number;
  view: "steps" | "network";
  code: Record<Operation, Program>;
  presets: Presets;
  /** Which tab of the page's own numbers to open, where no situation is given. */
  tab?: Operation;
  situation?: PackedSituation;
  situations?: PackedSituation[];
  network?: unknown;
}

export interface Presets {
  lesson: Record<string, Partial<PackedSituation>>;
  digits: Packed;
}

export function isConvolution(operation: Operation): boolean {
  return operation.startsWith("conv_");
}

export function isPooling(operation: Operation): boolean {
  return operation.includes("pool_");
}

export function isBackward(operation: Operation): boolean {
  return operation.endsWith("backward");
}

export function modeOf(operation: Operation): Mode {
  return operation.startsWith("average") ? "average" : "max";
}

export function unpackSituation(p: PackedSituation): Situation {
  const { theirs, after } = p;
  return {
    operation: p.operation,
    A_prev: unpack(p.A_prev),
    W: p.W ? unpack(p.W) : NOTHING,
    b: p.b ? unpack(p.b) : NOTHING,
    grad: p.grad ? unpack(p.grad) : NOTHING,
    geometry: {
      kernel: p.kernel,
      stride: p.stride,
      padding: p.padding,
      dilation: p.dilation,
      groups: p.groups,
    },
    ties: p.ties,
    countPadding: p.count_padding,
    cell: p.cell,
    ...(theirs && { theirs: { ...theirs, array: unpack(theirs.array) } }),
    ...(after && { after: { activation: after.activation, value: unpack(after.value) } }),
    ...(p.title && { title: p.title }),
    ...(p.note && { note: p.note }),
  };
}

/** (m, n_H, n_W, n_C) of the forward function's result; of zero_pad, the padded input. */
export function outputShape(s: Situation): number[] {
  const [m, height, width, channels] = s.A_prev.shape;
  const [rows, columns] = [axis(s.geometry, 0, height), axis(s.geometry, 1, width)];
  if (s.operation === "zero_pad") {
    return [m, height + rows.before + rows.after, width + columns.before + columns.after, channels];
  }
  return [m, outputs(rows), outputs(columns), isConvolution(s.operation) ? s.W.shape[3] : channels];
}
