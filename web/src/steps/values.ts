/** What the names in the code hold at a moment: numbers, or the shapes of arrays. */

import { isBackward, isConvolution, modeOf } from "../situation";
import type { Place, Sizes } from "../program";
import { exact, shape } from "../words";
import { largest, maxMask, windowCells } from "../core/pool";
import type { Stage } from "./stage";
import { zCell } from "./convForward";

/** The sizes that the loops go over. */
export function sizesOf(stage: Stage): Sizes {
  const [m, n_H, n_W, n_C] = stage.out;
  const [, n_H_prev, n_W_prev, n_C_prev] = stage.s.A_prev.shape;
  return { m, n_H, n_W, n_C, n_H_prev, n_W_prev, n_C_prev };
}

/** One number where both axes agree, else both. */
export function both(pair: readonly [number, number]): string {
  return pair[0] === pair[1] ? String(pair[0]) : `(${pair.join(", ")})`;
}

export function valueOf(stage: Stage, place: Place, name: string): string | null {
  const { s } = stage;
  const sizes = sizesOf(stage);
  if (place.call === "distribute_value" && place.callers.length) {
    // The function has an n_H and an n_W of its own: the window's.
    if (name === "n_H" || name === "n_W") return String(s.geometry.kernel[name === "n_H" ? 0 : 1]);
  }
  if (name in place.counters) return String(place.counters[name]);
  if (name in sizes) return String(sizes[name]);
  const { geometry } = s;
  const pad = geometry.padding.every((n) => n === geometry.padding[0]) ? String(geometry.padding[0]) : `(${geometry.padding.join(", ")})`;
  const settled: Record<string, () => string> = {
    f: () => both(geometry.kernel),
    stride: () => both(geometry.stride),
    pad: () => pad,
    hparameters: () => (isConvolution(s.operation) ? `{stride: ${both(geometry.stride)}, pad: ${pad}}` : `{f: ${both(geometry.kernel)}, stride: ${both(geometry.stride)}}`),
    A_prev_pad: () => shape([s.A_prev.shape[0], ...stage.padded, s.A_prev.shape[3]]),
    dA_prev_pad: () => shape([s.A_prev.shape[0], ...stage.padded, s.A_prev.shape[3]]),
    A_prev: () => shape(s.A_prev.shape),
    dA_prev: () => shape(s.A_prev.shape),
    Z: () => inLoop(stage, place, () => zValue(stage, place)) ?? shape(stage.out),
    A: () => shape(stage.out),
    dW: () => shape(s.W.shape),
    db: () => shape([1, 1, 1, s.W.shape[3]]),
    W: () => shape(s.W.shape),
    b: () => shape([1, 1, 1, s.W.shape[3]]),
    cache: () => (isConvolution(s.operation) ? "(A_prev, W, b, hparameters)" : "(A_prev, hparameters)"),
  };
  if (name in settled) return settled[name]();
  return inLoop(stage, place, (h, w) => ofWindow(stage, place, name, h, w));
}

function inLoop(stage: Stage, place: Place, value: (h: number, w: number) => string | null): string | null {
  const { h, w } = place.counters;
  return stage.fits && h !== undefined && w !== undefined ? value(h, w) : null;
}

function zValue(stage: Stage, place: Place): string | null {
  const { i, h, w, c } = place.counters;
  if (c === undefined || isBackward(stage.s.operation) || !place.sets.includes("Z")) return null;
  return `[${i}, ${h}, ${w}, ${c}] = ${exact(zCell(stage, [i, h, w, c]))}`;
}

function ofWindow(stage: Stage, place: Place, name: string, h: number, w: number): string | null {
  const { s } = stage;
  const [rows, columns] = stage.span(h, w);
  const { i, c } = place.counters;
  const { kernel } = s.geometry;
  const channels = isConvolution(s.operation) ? [s.W.shape[2]] : [];
  switch (name) {
    case "vert_start": return String(rows[0]);
    case "vert_end": return String(rows[1]);
    case "horiz_start": return String(columns[0]);
    case "horiz_end": return String(columns[1]);
    case "a_slice_prev":
    case "a_slice":
    case "da_slice":
    case "s": return shape([...kernel, ...channels]);
    case "mask": {
      if (c === undefined) return null;
      const marked = maxMask(s.A_prev, windowCells(s.A_prev, s.geometry, i, h, w, c), s.ties);
      return `${marked.filter(Boolean).length} True of ${marked.length}`;
    }
    default: return null;
  }
}

/** Whether the window that is worked on holds a NaN: then another line is executed. */
export function holdsNaN(stage: Stage, place: Place): boolean {
  const { i, h, w, c } = place.counters;
  if (c === undefined || isConvolution(stage.s.operation) || modeOf(stage.s.operation) !== "max") return false;
  if (stage.s.operation === "zero_pad") return false;
  const { A_prev, geometry } = stage.s;
  return Number.isNaN(largest(A_prev, windowCells(A_prev, geometry, i, h, w, c)));
}
