/** From a clicked activation to its window: where it looks, and the step view's situation. */

import { convCell } from "../core/conv";
import { type Geometry, axis, extent } from "../core/geometry";
import { NOTHING, type Tensor, tensor, zeros } from "../core/tensor";
import type { Cell, Operation, Situation } from "../situation";
import { exact } from "../words";
import { type Layer, Network, type Place, type Shaped, type Step, geometryOf, sizes, valueAt } from "./data";

/** Rows and columns of an input, both ends in it; channels, or all of them. */
export interface Region {
  top: number;
  bottom: number;
  left: number;
  right: number;
  channels: readonly number[] | null;
}

const SHOWN = 8; // channels that a step view can show side by side
const WHOLE = 144; // cells of an image that is shown whole

/** The cells of a layer's input that an activation is made of; null where all are, or none. */
export function windowOf(network: Network, example: number, layer: Layer, place: Place): Region | null {
  if (layer.inputs.length === 0) return null;
  const source = network.shaped(example, layer.inputs[0]);
  const step = layer.step;
  const [height, width, before] = sizes(source);
  if (step) {
    const pooled = step.operation !== "conv_forward";
    const channels = pooled ? [place.c] : groupOf(network, layer, step, place.c);
    return { ...cells(geometryOf(step), height, width, place), channels };
  }
  const own = network.shaped(example, layer.name);
  if (!sameImage(own, source)) return null;
  const channels = sizes(own)[2] === before ? [place.c] : null;
  return { top: place.h, bottom: place.h, left: place.w, right: place.w, channels };
}

/** The pixels of the network's input that some cells can see; null where they see all. */
export function pixelsOf(network: Network, example: number, layer: Layer, places: Rows): Region | null {
  // Each layer once, last to first: paths through many blocks would be without number.
  const seen = new Map<string, Rows>([[layer.name, places]]);
  for (const each of [...network.layers].reverse()) {
    const own = seen.get(each.name);
    if (!own) continue;
    for (const name of each.inputs) {
      const before = wider(network, example, each, name, own);
      if (!before) return null;
      const other = seen.get(name);
      seen.set(name, other ? union(other, before) : before);
    }
  }
  const found = seen.get(network.packed.input);
  return found ? { ...found, channels: null } : null;
}

type Rows = Pick<Region, "top" | "bottom" | "left" | "right">;

function wider(network: Network, example: number, layer: Layer, name: string, places: Rows): Rows | null {
  const source = network.shaped(example, name);
  const [height, width] = sizes(source);
  if (layer.step) {
    const g = geometryOf(layer.step);
    const first = cells(g, height, width, { h: places.top, w: places.left, c: 0 });
    const last = cells(g, height, width, { h: places.bottom, w: places.right, c: 0 });
    return { top: first.top, left: first.left, bottom: last.bottom, right: last.right };
  }
  return sameImage(network.shaped(example, layer.name), source) ? places : null;
}

function sameImage(a: Shaped, b: Shaped): boolean {
  return a.shape.length === 3 && b.shape.length === 3 && a.shape[0] === b.shape[0] && a.shape[1] === b.shape[1];
}

function union(a: Rows, b: Rows): Rows {
  return {
    top: Math.min(a.top, b.top),
    bottom: Math.max(a.bottom, b.bottom),
    left: Math.min(a.left, b.left),
    right: Math.max(a.right, b.right),
  };
}

function cells(g: Geometry, height: number, width: number, { h, w }: Place): Rows {
  const [top, bottom] = within(g, 0, height, h, h);
  const [left, right] = within(g, 1, width, w, w);
  return { top, bottom, left, right };
}

/** First and last cell of an axis that windows `from` to `to` meet. */
function within(g: Geometry, which: 0 | 1, size: number, from: number, to: number): [number, number] {
  const a = axis(g, which, size);
  const first = from * a.stride - a.before;
  const last = to * a.stride - a.before + extent(a) - 1;
  return [Math.max(0, first), Math.min(size - 1, last)];
}

/** The input channels, of those on the page, that filter c looks at. */
function groupOf(network: Network, layer: Layer, step: Step, c: number): number[] {
  const source = network.layer(layer.inputs[0]);
  const all = source ? source.channels : 0;
  const each = all / step.groups;
  const first = Math.floor(c / (layer.channels / step.groups)) * each;
  const kept = step.W ? step.W.shape[2] : each;
  const found = [];
  for (let k = 0; k < kept; k++) if (first + k < all) found.push(first + k);
  return found;
}

// ---------------------------------------------------------------------------- the step view

export interface Opened {
  situation: Situation;
  /** The sum that the page computed, before the activation, and that of the network. */
  computed: number;
}

/** Everything that the step view of an activation's window needs; null where there is none. */
export function situationAt(
  network: Network, example: number, layer: Layer, place: Place, backward: boolean,
): Opened | null {
  const step = layer.step;
  if (!step) return null;
  const source = network.values(example, layer.inputs[0]);
  return step.operation === "conv_forward"
    ? convolution(network, example, layer, step, source, place, backward)
    : pooling(network, example, layer, step, source, place, backward);
}

interface Crop {
  /** First and last output row and column that are kept, and the geometry over what is left. */
  rows: [number, number];
  columns: [number, number];
  region: Rows;
  geometry: Geometry;
}

/** Keep an image that is small; of a large one the window, with `margin` windows around it. */
function crop(step: Step, source: Tensor, out: Tensor, place: Place, margin: number): Crop {
  const [height, width] = sizes(source);
  const [outHeight, outWidth] = sizes(out);
  const g = geometryOf(step);
  const small = height * width <= WHOLE && margin > 0;
  const rows: [number, number] = small ? [0, outHeight - 1] : around(place.h, margin, outHeight);
  const columns: [number, number] = small ? [0, outWidth - 1] : around(place.w, margin, outWidth);
  if (small) {
    const region = { top: 0, bottom: height - 1, left: 0, right: width - 1 };
    return { rows, columns, region, geometry: g };
  }
  const [top, bottom] = within(g, 0, height, ...rows);
  const [left, right] = within(g, 1, width, ...columns);
  const up = padding(g, 0, height, rows);
  const across = padding(g, 1, width, columns);
  const geometry = { ...g, padding: [...up, ...across] as unknown as Geometry["padding"] };
  return { rows, columns, region: { top, bottom, left, right }, geometry };
}

function around(n: number, margin: number, size: number): [number, number] {
  if (margin === 0) return [n, n];
  return [Math.max(0, n - margin), Math.min(size - 1, n + margin)];
}

/** How far the windows of some outputs reach beyond the image. */
function padding(g: Geometry, which: 0 | 1, size: number, [from, to]: [number, number]): [number, number] {
  const a = axis(g, which, size);
  const first = from * a.stride - a.before;
  const last = to * a.stride - a.before + extent(a) - 1;
  return [Math.max(0, -first), Math.max(0, last - size + 1)];
}

/** Some rows, columns and channels of an image, as a batch of one. */
function part(values: Tensor, r: Rows, channels: readonly number[]): Tensor {
  const numbers: number[] = [];
  for (let h = r.top; h <= r.bottom; h++)
    for (let w = r.left; w <= r.right; w++)
      for (const c of channels) numbers.push(valueAt(values, { h, w, c }));
  return tensor([1, r.bottom - r.top + 1, r.right - r.left + 1, channels.length], numbers);
}

function outputsOf(values: Tensor | null, kept: Crop, channels: readonly number[]): Tensor | null {
  const [top, bottom] = kept.rows;
  const [left, right] = kept.columns;
  return values && part(values, { top, bottom, left, right }, channels);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

function pooling(
  network: Network, example: number, layer: Layer, step: Step, source: Tensor, place: Place, backward: boolean,
): Opened {
  const out = network.values(example, layer.name);
  const [, , count] = sizes(out);
  const channels = count <= SHOWN ? range(count) : [place.c];
  const kept = crop(step, source, out, place, 1);
  const grad = backward ? outputsOf(network.array(example, "grads", layer.name), kept, channels) : null;
  const notes = count > SHOWN ? [`Map ${place.c} alone: pooling never mixes maps.`] : [];
  const cell = [0, place.h - kept.rows[0], place.w - kept.columns[0], channels.indexOf(place.c)];
  const situation = {
    operation: (grad ? step.operation.replace("forward", "backward") : step.operation) as Operation,
    A_prev: part(source, kept.region, channels),
    W: NOTHING,
    b: NOTHING,
    grad: grad ?? NOTHING,
    geometry: { ...kept.geometry, groups: 1 },
    ties: step.ties,
    countPadding: step.count_padding,
    cell: cell as unknown as Cell,
    ...words(layer, [...cropped(kept, source, layer), ...notes]),
  };
  return { situation, computed: valueAt(out, place) };
}

function convolution(
  network: Network, example: number, layer: Layer, step: Step, source: Tensor, place: Place, backward: boolean,
): Opened | null {
  if (!step.W || !step.b) return null;
  const [weight, bias] = [network.unpack(step.W), network.unpack(step.b)];
  const out = network.values(example, layer.name);
  const group = groupOf(network, layer, step, place.c).filter((k) => k < sizes(source)[2]);
  const first = groupOf(network, layer, step, place.c)[0];
  if (group.length === 0) return null;
  const before = network.layer(layer.inputs[0])?.channels ?? group.length;
  const inGroup = before / step.groups;
  const seen = shown(source, weight, step, place, group, first);
  const folded = inGroup - seen.length;
  const whole = folded === 0 && step.groups === 1 && layer.channels <= SHOWN;
  const filters = whole && weight.shape[3] === layer.channels ? range(layer.channels) : [place.c];
  const kept = crop(step, source, out, place, folded > 0 ? 0 : 1);
  const geometry = { ...kept.geometry, groups: 1 };
  const W = filtersOf(weight, seen.map((k) => k - first), filters);
  const A_prev = part(source, kept.region, seen);
  let b = tensor([filters.length], filters.map((c) => bias.data[c]));
  const own = filters.indexOf(place.c);
  const [h, w] = [place.h - kept.rows[0], place.w - kept.columns[0]];
  const notes = cropped(kept, source, layer);
  if (filters.length < layer.channels) notes.push(`Filter ${place.c} of ${layer.channels} alone.`);
  if (folded > 0) {
    const sums = network.array(example, "before_activation", layer.name) ?? out;
    const total = weight.shape[2] < inGroup
      ? valueAt(sums, place) // the page lacks channels, so Python tells the sum
      : sumOf(source, weight, step, place, group, first) + bias.data[place.c];
    const rest = total - convCell(A_prev, W, b, geometry, 0, h, w, own);
    notes.push(
      `Of ${inGroup} input channels, the ${seen.length} that add most are shown (${seen.join(", ")}); ` +
        `b holds the bias ${exact(bias.data[place.c])} and ${exact(rest)} from the others.`,
    );
    b = tensor([filters.length], [bias.data[place.c] + rest]);
  }
  const grads = network.array(example, "grads_before_activation", layer.name)
    ?? network.array(example, "grads", layer.name);
  const grad = backward ? outputsOf(grads, kept, filters) : null;
  const value = step.activation ? outputsOf(out, kept, filters) : null;
  const situation: Situation = {
    operation: grad ? "conv_backward" : "conv_forward",
    A_prev,
    W,
    b,
    grad: grad ?? NOTHING,
    geometry,
    ties: step.ties,
    countPadding: step.count_padding,
    cell: [0, h, w, own],
    ...(value && step.activation && { after: { activation: step.activation, value } }),
    ...words(layer, notes),
  };
  return { situation, computed: convCell(A_prev, W, b, geometry, 0, h, w, own) };
}

/** The input channels to show: all, or those that add most to this window's sum. */
function shown(
  source: Tensor, weight: Tensor, step: Step, place: Place, group: number[], first: number,
): number[] {
  if (group.length <= SHOWN) return group;
  const added = new Map(group.map((k) => [k, Math.abs(sumOf(source, weight, step, place, [k], first))]));
  const most = [...group].sort((a, b) => (added.get(b) ?? 0) - (added.get(a) ?? 0)).slice(0, SHOWN);
  return most.sort((a, b) => a - b);
}

/** What some input channels add to the sum of a window. */
function sumOf(
  source: Tensor, weight: Tensor, step: Step, place: Place, channels: number[], first: number,
): number {
  const kept = crop(step, source, source, place, 0);
  const x = part(source, kept.region, channels);
  const W = filtersOf(weight, channels.map((k) => k - first), [place.c]);
  return convCell(x, W, zeros([1]), { ...kept.geometry, groups: 1 }, 0, 0, 0, 0);
}

function filtersOf(weight: Tensor, inputs: readonly number[], filters: readonly number[]): Tensor {
  const [kh, kw, channels, count] = weight.shape;
  const numbers: number[] = [];
  for (let tap = 0; tap < kh * kw; tap++)
    for (const k of inputs)
      for (const c of filters) numbers.push(weight.data[(tap * channels + k) * count + c]);
  return tensor([kh, kw, inputs.length, filters.length], numbers);
}

function cropped(kept: Crop, source: Tensor, layer: Layer): string[] {
  const [height, width] = sizes(source);
  const { top, bottom, left, right } = kept.region;
  if (bottom - top + 1 === height && right - left + 1 === width) return [];
  return [
    `Rows ${top} to ${bottom} and columns ${left} to ${right} of ${layer.inputs[0]}, ` +
      `which is ${height} x ${width}.`,
  ];
}

function words(layer: Layer, notes: readonly string[]): { title: string; note?: string } {
  const title = `${layer.name}: ${layer.kind}, ${layer.words}`;
  return notes.length ? { title, note: notes.join(" ") } : { title };
}
