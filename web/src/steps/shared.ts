/** Panels that several operations show: the input with its window, and a vector. */

import { readers, tap } from "../core/geometry";
import { largestOf } from "../core/tensor";
import { count } from "../words";
import { type CellView, type Look, Mark, type Moment, type Panel, pagerOf, plane, shownPlanes } from "./scene";
import type { Stage } from "./stage";

/** Whether the output cell (h, w) is the one pointed at, in a panel of outputs. */
export function pointedOutput(look: Look): readonly [number, number] | null {
  const { pointed } = look;
  return pointed && OUTPUTS.includes(pointed.panel) ? [pointed.row, pointed.column] : null;
}

const OUTPUTS = ["output", "grad"];

/** A cell of the padded input that is pointed at, in any panel of its size. */
export function pointedInput(look: Look): readonly [number, number] | null {
  const { pointed } = look;
  return pointed && ["A_prev", "dA_prev"].includes(pointed.panel) ? [pointed.row, pointed.column] : null;
}

/** Panels whose cells are places of this step's window. */
const WINDOWS = ["W", "dW", "products", "scaledFilter", "scaledWindow", "slice", "mask", "parts"];

/** The place in this step's window that is pointed at, wherever it is shown. */
export function pointedTap(stage: Stage, moment: Moment, look: Look): readonly [number, number] | null {
  const { pointed } = look;
  if (!pointed || !moment.cell || !moment.inside) return null;
  if (WINDOWS.includes(pointed.panel)) return [pointed.row, pointed.column];
  const at = pointedInput(look);
  if (!at) return null;
  const [, h, w] = moment.cell;
  const [r, q] = [tap(stage.rows, h, at[0]), tap(stage.columns, w, at[1])];
  return r >= 0 && q >= 0 ? [r, q] : null;
}

/** The mark of the place (r, q) in this step's window. */
export function tapMark(stage: Stage, moment: Moment, look: Look, r: number, q: number): number {
  const at = pointedTap(stage, moment, look);
  return at !== null && at[0] === r && at[1] === q ? Mark.hover : 0;
}

/** How many windows read the input cell that is pointed at; null if none is. */
export function pointedSentence(stage: Stage, look: Look): string | null {
  const at = pointedInput(look);
  if (!at) return null;
  const [row, column] = at;
  const windows = readers(stage.rows, row).length * readers(stage.columns, column).length;
  const where = stage.hasPadding ? " of the padded input" : "";
  return `Row ${row}, column ${column}${where} is read by ${count(windows, "window")}.`;
}

/** Whether output cell (h, w) reads the input cell that is pointed at. */
export function usesPointed(stage: Stage, look: Look, h: number, w: number): boolean {
  const at = pointedInput(look);
  return at !== null && stage.inWindow(h, w, at[0], at[1]);
}

/** Marks of a padded input cell: padding, window, what is pointed at. */
export function inputMarks(
  stage: Stage, moment: Moment, look: Look, row: number, column: number, inChannel: boolean,
): number {
  const cell = moment.cell;
  const out = pointedOutput(look);
  const inWindow = cell !== null && inChannel && stage.inWindow(cell[1], cell[2], row, column);
  const [r, q] = inWindow ? [tap(stage.rows, cell[1], row), tap(stage.columns, cell[2], column)] : [-1, -1];
  const isPointed =
    (out !== null && stage.inWindow(out[0], out[1], row, column)) || metByWeight(stage, look, row, column);
  return (
    (stage.isPadding(row, column) ? Mark.padding : 0) |
    (stage.isUnused(row, column) ? Mark.unused : 0) |
    (inWindow ? Mark.window : 0) |
    (isPointed ? Mark.hover : 0) |
    (inWindow ? tapMark(stage, moment, look, r, q) : 0)
  );
}

/** Whether the filter's number that is pointed at is ever multiplied with an input cell. */
function metByWeight(stage: Stage, look: Look, row: number, column: number): boolean {
  const { pointed } = look;
  if (pointed?.panel !== "W") return false;
  const { rows, columns } = stage;
  return (
    readers(rows, row).some((h) => row - h * rows.stride === pointed.row * rows.dilation) &&
    readers(columns, column).some((w) => column - w * columns.stride === pointed.column * columns.dilation)
  );
}

/** Which input channels are shown, and whether a channel is read by filter c. */
export function channelsOf(stage: Stage, look: Look, c: number): { shown: number[]; first: number; count: number } {
  const { s } = stage;
  const channels = s.A_prev.shape[3];
  const isConv = s.W.shape[3] > 0;
  const count = isConv ? s.W.shape[2] : 1;
  const first = isConv ? Math.floor(c / (s.W.shape[3] / s.geometry.groups)) * count : c;
  const from = count === channels ? look.firstChannel : first;
  return { shown: shownPlanes(channels, from), first, count };
}

/** The input, padded, with the window of this step. */
export function windowedInput(stage: Stage, moment: Moment, look: Look): Panel {
  const { s } = stage;
  const [i, h, w, c] = moment.cell ?? [0, 0, 0, 0];
  const { shown, first, count } = channelsOf(stage, look, c);
  return {
    id: "A_prev",
    title: stage.hasPadding ? `A_prev_pad[${i}]` : `A_prev[${i}]`,
    hint: stage.hasPadding ? "the input with its padding" : "the input",
    kind: "input",
    numbered: true,
    scale: largestOf(s.A_prev.data),
    planes: shown.map((channel) => {
      const read = channel >= first && channel < first + count && (s.W.shape[3] > 0 || moment.inside);
      return plane(
        `channel ${channel}`,
        stage.padded,
        (row, column) => ({
          value: stage.input(i, row, column, channel),
          marks: inputMarks(stage, moment, look, row, column, read),
        }),
        stage.span(h, w),
        moment.inside && !read,
      );
    }),
    ...pagerOf(shown, s.A_prev.shape[3]),
    source: (k, row, column) => {
      const at = stage.inputAt(i, row, column, shown[k]);
      return at < 0 ? null : { name: "A_prev", at };
    },
  };
}

/** Numbers in one row, one for each filter: b, db. */
export function vector(
  id: string, title: string, hint: string, kind: Panel["kind"], length: number, c: number,
  cell: (n: number) => CellView,
): Panel {
  return {
    id,
    title,
    hint,
    kind,
    numbered: false,
    scale: 0,
    planes: [plane("", [1, length], (_, n) => cell(n), [[0, 1], [c, c + 1]])],
  };
}
