/** The exact state of the step view in a link, after the "#". */

import type { Geometry } from "./core/geometry";
import type { Ties } from "./core/pool";
import { type Tensor, tensor } from "./core/tensor";
import { OPERATIONS, type Operation, type Situation } from "./situation";

export interface State {
  readonly operation: Operation;
  /** Missing where the numbers are those that the page came with. */
  readonly situation?: Situation;
  readonly time: number;
  readonly lines: boolean;
}

interface Written {
  o: Operation;
  t: number;
  l?: 1;
  s?: { a: Numbers; w: Numbers; b: Numbers; d: Numbers; g: Geometry; e: Ties; p: boolean };
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
    if (!OPERATIONS.includes(written.o) || !Number.isInteger(written.t)) return null;
    const { s } = written;
    return {
      operation: written.o,
      time: written.t,
      lines: written.l === 1,
      ...(s && {
        situation: {
          operation: written.o, A_prev: array(s.a), W: array(s.w), b: array(s.b), grad: array(s.d),
          geometry: s.g, ties: s.e, countPadding: s.p, cell: [0, 0, 0, 0],
        },
      }),
    };
  } catch {
    return null;
  }
}

/** JSON has no NaN and no infinity: they are written as words. */
function numbers(t: Tensor): Numbers {
  return { s: t.shape, n: Array.from(t.data, (n) => (Number.isFinite(n) ? n : String(n))) };
}

function array(numbers: Numbers): Tensor {
  return tensor(numbers.s, numbers.n.map(Number));
}
