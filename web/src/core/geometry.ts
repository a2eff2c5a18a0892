/** Where windows lie: sizes, positions, and who reads whom. Axis 0 is rows, axis 1 columns. */

export type Pair = readonly [number, number];
export type Sides = readonly [top: number, bottom: number, left: number, right: number];

export interface Geometry {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Sides;
  readonly dilation: Pair;
  readonly groups: number;
}

/** One axis of a geometry, over an input of a size. */
export interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
  readonly dilation: number;
}

export function axis(g: Geometry, which: 0 | 1, size: number): Axis {
  return {
    size,
    kernel: g.kernel[which],
    stride: g.stride[which],
    before: g.padding[2 * which],
    after: g.padding[2 * which + 1],
    dilation: g.dilation[which],
  };
}

/** Rows or columns from the first to the last that a window reads. */
export function extent(a: Axis): number {
  return (a.kernel - 1) * a.dilation + 1;
}

export function padded(a: Axis): number {
  return a.size + a.before + a.after;
}

/** How many windows there are; 0 where none fits. */
export function outputs(a: Axis): number {
  return Math.max(0, Math.floor((padded(a) - extent(a)) / a.stride) + 1);
}

/** Rows or columns at the end that no window reaches. */
export function unused(a: Axis): number {
  return outputs(a) === 0 ? padded(a) : padded(a) - extent(a) - (outputs(a) - 1) * a.stride;
}

/** Where window `n` begins in the padded input. */
export function start(a: Axis, n: number): number {
  return n * a.stride;
}

/** Which of the kernel's cells of window `n` reads padded position `p`; -1 if none. */
export function tap(a: Axis, n: number, p: number): number {
  const distance = p - start(a, n);
  const k = distance / a.dilation;
  return distance >= 0 && Number.isInteger(k) && k < a.kernel ? k : -1;
}

/** The windows that read padded position `p`, first to last. */
export function readers(a: Axis, p: number): number[] {
  const first = Math.max(0, Math.ceil((p - extent(a) + 1) / a.stride));
  const last = Math.min(outputs(a) - 1, Math.floor(p / a.stride));
  const found = [];
  for (let n = first; n <= last; n++) if (tap(a, n, p) >= 0) found.push(n);
  return found;
}

/** Zeros before and after with which there are ⌈size / stride⌉ windows; an odd one goes to the end. */
export function samePadding(a: Axis): Pair {
  const needed = (Math.ceil(a.size / a.stride) - 1) * a.stride + extent(a) - a.size;
  const before = Math.floor(Math.max(0, needed) / 2);
  return [before, Math.max(0, needed) - before];
}

/** Why a geometry cannot be used on an axis, in words; null if it can. */
export function misfit(a: Axis, name: string): string | null {
  if (outputs(a) > 0) return null;
  const dilated = a.dilation > 1 ? ` (${a.kernel} cells, ${a.dilation} apart)` : "";
  return (
    `The window does not fit: it is ${extent(a)} ${name} ${name === "rows" ? "high" : "wide"}${dilated}, ` +
    `and the padded input has ${padded(a)}. Make f or the dilation smaller, or the input or pad larger.`
  );
}
