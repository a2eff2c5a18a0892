/**
 * What is to be seen at one moment, as data: rows of panels, panels of planes, planes of cells.
 *
 * Scenes know no document. `padding.ts`, `convForward.ts`, `convBackward.ts` and `pooling.ts` make them, `panels.ts`
 * draws them.
 */

import type { Cell, Situation } from "../situation";

/** What a cell is, beside its number; a cell may be several. */
export const Mark = {
  padding: 1, // of zeros, or of nothing
  window: 2, // in the window of this step
  current: 4, // the cell that this step makes, or comes from
  waiting: 8, // not computed yet
  hover: 16, // belongs to the cell that is pointed at
  chosen: 32, // the maximum of its window
  wrong: 64, // a learner's number that differs
  unused: 128, // no window reads it
  first: 256, // the first that differs
} as const;

export interface CellView {
  readonly value: number | null; // null: nothing to be seen
  readonly marks: number;
  /** A small sign in the corner: how many windows have added into it. */
  readonly badge?: string;
  /** Words in place of the number. */
  readonly text?: string;
}

/** Rows and columns of cells; of large ones only a part is shown, from `top` and `left`. */
export interface Plane {
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  readonly top: number;
  readonly left: number;
  readonly whole: readonly [rows: number, columns: number];
  /** The cell at row and column of the whole plane. */
  cell(row: number, column: number): CellView;
  /** What will stand there in the end, for the picture of a large plane. */
  readonly finished?: (row: number, column: number) => number;
  /** Drawn dimmer than the others. */
  readonly faint?: boolean;
  /** Of which channel its cells are, and of which filter. */
  readonly channel?: number;
  readonly filter?: number;
}

export type EditableName = "A_prev" | "W" | "b" | "grad";

/** Which number of which array a cell shows. */
export interface Source {
  readonly name: EditableName;
  readonly at: number;
}

export interface Panel {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly kind: "input" | "filter" | "work" | "output";
  /** What stands before it: ×, =, →. */
  readonly sign?: string;
  readonly planes: readonly Plane[];
  /** How many planes stand side by side, where lines should not be broken elsewhere. */
  readonly across?: number;
  /** Which channels of how many are shown, where that is not all. */
  readonly pager?: Pager;
  /** Where a cell can be written to. */
  source?(plane: number, row: number, column: number): Source | null;
  /** The output cell that a click on a cell goes to. */
  target?(plane: number, row: number, column: number): Cell | null;
  /** Where its cells lie in an array that the function returns; -1 for those that are cut off. */
  readonly result?: { readonly name: string; at(plane: number, row: number, column: number): number };
  /** Whether row and column numbers stand beside it. */
  readonly numbered: boolean;
  /** The largest size of a number in it, for the shades; 0 without shades. */
  readonly scale: number;
}

export interface Pager {
  readonly from: number;
  readonly shown: number;
  readonly of: number;
  /** What its buttons change. */
  readonly turns: "firstChannel" | "firstOutput";
}

export interface Row {
  readonly caption: string;
  readonly panels: readonly Panel[];
}

/** A line of arithmetic: what it is for, and the sum with its result. */
export interface Sum {
  readonly label: string;
  readonly terms: string;
  readonly result: string;
}

export interface Scene {
  readonly rows: readonly Row[];
  readonly sums: readonly Sum[];
  /** The step in words. */
  readonly sentence: string;
  /** What is pointed at, in words. */
  readonly pointed?: string | null;
}

export interface Spot {
  readonly panel: string;
  readonly plane: number;
  readonly row: number;
  readonly column: number;
}

/** A cell that is pointed at. */
export interface Pointed extends Spot {
  readonly channel: number;
  readonly filter: number;
}

/** Where in the run we are. */
export interface Moment {
  /** The output cell that is worked on; null before the loops and after them. */
  readonly cell: Cell | null;
  /** Whether the innermost loop, over channels, has been entered. */
  readonly inside: boolean;
  /** How many output cells have had the line done that sets a name. */
  done(name: string): number;
  /** How many output cells are done. */
  readonly cells: number;
  readonly finished: boolean;
}

export interface Look {
  readonly pointed: Pointed | null;
  /** The first that is shown of many channels; null for those of this step. */
  readonly firstChannel: number | null;
  readonly firstOutput: number | null;
}

export type SceneMaker = (s: Situation, moment: Moment, look: Look) => Scene;

/** The most rows and columns, and the most planes of a panel, that are shown as numbers. */
export const MOST_CELLS = 12;
export const MOST_PLANES = 8;
/** The most rows and columns of a window that are shown as numbers. */
const MOST_WINDOW = 24;

/** A span of rows or columns that should be seen. */
export type Span = readonly [from: number, to: number];

/** Make a plane; of a large one the part around `focus`. */
export function plane(
  label: string, whole: readonly [number, number], cell: Plane["cell"],
  focus: readonly [Span, Span] = [[0, 0], [0, 0]], faint = false,
): Plane {
  const [rows, columns] = whole.map((size, k) => {
    const least = Math.min(focus[k][1] - focus[k][0], MOST_WINDOW) + 2;
    return Math.min(size, size > MOST_CELLS + 2 ? Math.max(MOST_CELLS, least) : size);
  });
  const [top, left] = [rows, columns].map((shown, k) => {
    const middle = Math.floor((focus[k][0] + focus[k][1] - shown) / 2);
    return Math.max(0, Math.min(whole[k] - shown, middle));
  });
  return { label, rows, columns, top, left, whole, cell, faint };
}

/** Which planes to show of so many: all, or `MOST_PLANES` from `first`. */
export function shownPlanes(total: number, first: number): number[] {
  if (total <= MOST_PLANES) return [...Array(total).keys()];
  const from = Math.max(0, Math.min(first, total - MOST_PLANES));
  return [...Array(MOST_PLANES).keys()].map((k) => from + k);
}

export function pagerOf(planes: readonly number[], total: number, turns: Pager["turns"] = "firstChannel"): Pick<Panel, "pager"> {
  if (planes.length === total) return {};
  return { pager: { from: planes[0], shown: planes.length, of: total, turns } };
}
