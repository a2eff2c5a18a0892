/** The exact state of the step view in a link, after the "#". */

import type { Geometry } from "./core/geometry";
import type { Ties } from "./core/pool";
import { type Tensor, sizeOf, tensor } from "./core/tensor";
import { OPERATIONS, type Operation, type Situation, isBackward, isConvolution, outputShape } from "./situation";

export interface State {
  readonly operation: Operation;
  /** Missing where the numbers are those that the page came with; then `given` tells which of several. */
  readonly situation?: Situation;
  readonly given?: number;
  readonly time: number;
  readonly lines: boolean;
}

/** No size in a link is larger, and no output or window has more cells: a page must open. */
const MOST = 1e5;
const MOST_CELLS = 1e7;
const MOST_OF_A_WINDOW = 1e4;

interface Written {
  o: Operation;
  t: number;
  l?: 1;
  n?: number;
  s?: WrittenSituation;
}

interface WrittenSituation {
  a: Numbers;
  w: Numbers;
  b: Numbers;
  d: Numbers;
  g: Geometry;
  e: Ties;
  p: boolean;
}

interface Numbers {
  s: readonly number[];
  n: (number | string)[];
}

export function write(state: State): string {
  const { situation: s } = state;
  const written: Written = {
    o: state.operation,
    t: state.time,
    ...(state.lines && { l: 1 }),
    ...(state.given !== undefined && { n: state.given }),
    ...(s && {
      s: {
        a: numbers(s.A_prev), w: numbers(s.W), b: numbers(s.b), d: numbers(s.grad),
        g: s.geometry, e: s.ties, p: s.countPadding,
      },
    }),
  };
  return btoa(JSON.stringify(written)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** What a link says; null if it is none of ours. */
export function read(hash: string): State | null {
  const text = hash.replace(/^#/, "").replaceAll("-", "+").replaceAll("_", "/");
  if (!text) return null;
  try {
    const written = JSON.parse(atob(text)) as Written;
    if (!OPERATIONS.includes(written.o) || !whole(written.t, 0, Infinity)) return null;
    if (written.n !== undefined && !whole(written.n, 0, MOST)) return null;
    const situation = written.s && situationOf(written.o, written.s);
    if (situation && !fits(situation)) return null;
    return {
      operation: written.o,
      time: written.t,
      lines: written.l === 1,
      ...(written.n !== undefined && { given: written.n }),
      ...(situation && { situation }),
    };
  } catch {
    return null;
  }
}

function situationOf(operation: Operation, s: WrittenSituation): Situation {
  return {
    operation, A_prev: array(s.a), W: array(s.w), b: array(s.b), grad: array(s.d),
    geometry: s.g, ties: s.e, countPadding: s.p, cell: [0, 0, 0, 0],
  };
}

/** Whether arrays and geometry belong together: anyone can write a link, or cut one. */
function fits(s: Situation): boolean {
  const { A_prev, W, b, geometry: g, operation } = s;
  if (A_prev.shape.length !== 4 || !A_prev.shape.every((size) => whole(size, 1, MOST))) return false;
  const pairs = [g.kernel, g.stride, g.dilation].every((pair) => wholes(pair, 2, 1));
  if (!pairs || !wholes(g.padding, 4, 0) || !whole(g.groups, 1, MOST)) return false;
  if (g.kernel[0] * g.kernel[1] > MOST_OF_A_WINDOW) return false;
  if (s.ties !== "all" && s.ties !== "first") return false;
  const filters = W.shape[3];
  const conv = isConvolution(operation);
  if (conv) {
    if (!whole(filters, 1, MOST) || filters % g.groups !== 0) return false;
    if (!same(W.shape, [...g.kernel, A_prev.shape[3] / g.groups, filters]) || b.data.length !== filters) return false;
  }
  if (sizeOf(outputShape(s)) > MOST_CELLS) return false;
  return !isBackward(operation) || same(s.grad.shape, outputShape(s));
}

function whole(n: unknown, least: number, most: number): n is number {
  return Number.isInteger(n) && (n as number) >= least && (n as number) <= most;
}

function wholes(numbers: readonly unknown[], count: number, least: number): boolean {
  return numbers.length === count && numbers.every((n) => whole(n, least, MOST));
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** JSON has no NaN and no infinity: they are written as words. */
function numbers(t: Tensor): Numbers {
  return { s: t.shape, n: Array.from(t.data, (n) => (Number.isFinite(n) ? n : String(n))) };
}

function array(numbers: Numbers): Tensor {
  return tensor(numbers.s, numbers.n.map(Number));
}
