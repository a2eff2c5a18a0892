/** A network and its examples, as Python writes them, and unpacked when they are first looked at. */

import { type Geometry, type Pair, type Sides } from "../core/geometry";
import { type Ties } from "../core/pool";
import { type Packed, type Tensor, unpack } from "../core/tensor";

export interface Step {
  operation: "conv_forward" | "max_pool_forward" | "average_pool_forward";
  W?: Packed;
  b?: Packed;
  kernel: Pair;
  stride: Pair;
  padding: Sides;
  dilation: Pair;
  groups: number;
  count_padding: boolean;
  ties: Ties;
  activation: string | null;
}

export interface Statistics {
  mean: number | null;
  std: number | null;
  min: number | null;
  max: number | null;
  zeros: number;
  dead: number[];
  channels: number;
  saturated: number | null;
}

export interface Layer {
  name: string;
  kind: string;
  words: string;
  inputs: string[];
  shape: number[];
  channels: number;
  parameters: number;
  statistics: Statistics;
  step: Step | null;
}

type Arrays = Record<string, Packed>;
export type Kind = "values" | "grads" | "grads_before_activation" | "before_activation";

export interface PackedExample extends Record<Kind, Arrays> {
  title: string;
  label: number | null;
  target: number;
  scores: Packed;
  probabilities: Packed | null;
}

export interface RunReport {
  name: string;
  result: Record<string, unknown>;
  history: { best_epoch: number | null; epochs: number; series: Record<string, (number | null)[]> };
  mistakes: number;
  all_mistakes: number;
  class_names: string[];
}

export interface PackedNetwork {
  title: string;
  classes: string[] | null;
  input: string;
  value_range: Pair | null;
  maps: number;
  layers: Layer[];
  examples: PackedExample[];
  report?: RunReport;
}

/** Where a cell of a layer lies; of a row of numbers h and w are 0. */
export interface Place {
  h: number;
  w: number;
  c: number;
}

/** The network, with its arrays at hand. */
export class Network {
  readonly layers: readonly Layer[];
  private readonly unpacked = new Map<Packed, Tensor>();

  constructor(readonly packed: PackedNetwork) {
    this.layers = packed.layers;
  }

  layer(name: string): Layer | undefined {
    return this.layers.find((each) => each.name === name);
  }

  example(index: number): PackedExample {
    return this.packed.examples[index];
  }

  /** An array of an example: (height, width, channels) or (features,); null where there is none. */
  array(index: number, kind: Kind, name: string): Tensor | null {
    const packed = this.example(index)[kind][name];
    return packed ? this.unpack(packed) : null;
  }

  values(index: number, name: string): Tensor {
    const found = this.array(index, "values", name);
    if (!found) throw new Error(`values: the page has none of ${name}`);
    return found;
  }

  /** The shape of a layer's values, for which they need not be unpacked. */
  shaped(index: number, name: string): Shaped {
    return this.example(index).values[name];
  }

  unpack(packed: Packed): Tensor {
    let found = this.unpacked.get(packed);
    if (!found) this.unpacked.set(packed, (found = unpack(packed)));
    return found;
  }

  className(index: number): string {
    return this.packed.classes?.[index] ?? String(index);
  }
}

export function geometryOf(step: Step): Geometry {
  const { kernel, stride, padding, dilation, groups } = step;
  return { kernel, stride, padding, dilation, groups };
}

export type Shaped = Pick<Tensor, "shape">;

/** (height, width, channels) of an array; a row of features is one pixel. */
export function sizes(values: Shaped): [number, number, number] {
  const s = values.shape;
  return s.length === 3 ? [s[0], s[1], s[2]] : [1, 1, s[0]];
}

export function valueAt(values: Tensor, { h, w, c }: Place): number {
  const [, width, channels] = sizes(values);
  return values.data[(h * width + w) * channels + c];
}
