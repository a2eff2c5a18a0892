/** Panels that several operations show: the input with its window, and a vector. */

import { readers, tap } from "../core/geometry";
import { largestOf } from "../core/tensor";
import type { Cell } from "../situation";
import { count } from "../words";
import { type CellView, type Look, Mark, type Moment, type Panel, type Pointed, pagerOf, plane, shownPlanes } from "./scene";
import type { Stage } from "./stage";

const OUTPUTS = ["output", "grad"];
const INPUTS = ["A_prev", "dA_prev"];
/** Panels whose cells are places of this step's window. */
const WINDOWS = ["W", "dW", "products", "scaledFilter", "scaledWindow", "slice", "mask", "parts"];

/** What is pointed at, if it is in one of these panels. */
function pointedIn(look: Look, panels: readonly string[]): Pointed | null {
  return look.pointed && panels.includes(look.pointed.panel) ? look.pointed : null;
}

/** A place in a window: row, column, and channel of those that the filter reads. */
export type Tap = readonly [r: number, q: number, k: number];

/** The place in this step's window that is pointed at, wherever it is shown. */
export function pointedTap(stage: Stage, moment: Moment, look: Look): Tap | null {
  if (!moment.cell || !moment.inside) return null;
  const [, , , c] = moment.cell;
  const at = pointedIn(look, WINDOWS);
  if (at) return at.filter === c || !["W", "dW"].includes(at.panel) ? [at.row, at.column, at.channel] : null;
  const input = pointedIn(look, INPUTS);
  return input && tapOf(stage, moment.cell, input.row, input.column, input.channel);
}

/** The place that a cell of the padded input has in a window; null if it is not in it. */
export function tapOf(stage: Stage, [, h, w, c]: Cell, row: number, column: number, channel: number): Tap | null {
  const [r, q] = [tap(stage.rows, h, row), tap(stage.columns, w, column)];
  return r >= 0 && q >= 0 && stage.reads(c, channel) ? [r, q, channel - stage.channelsRead(c).first] : null;
}

/** The mark of a place in this step's window. */
export function tapMark(stage: Stage, moment: Moment, look: Look, place: Tap | null): number {
  const at = pointedTap(stage, moment, look);
  return at !== null && place !== null && at.every((n, axis) => n === place[axis]) ? Mark.hover : 0;
}

/** How many windows read the input cell that is pointed at; null if none is. */
export function pointedSentence(stage: Stage, look: Look): string | null {
  const at = pointedIn(look, INPUTS);
  if (!at) return null;
  const windows = readers(stage.rows, at.row).length * readers(stage.columns, at.column).length;
  const where = stage.hasPadding ? " of the padded input" : "";
  return `Row ${at.row}, column ${at.column}${where} is read by ${count(windows, "window")}.`;
}

/** Whether output cell (h, w, c) reads the input cell that is pointed at. */
export function usesPointed(stage: Stage, look: Look, h: number, w: number, c: number): boolean {
  const at = pointedIn(look, INPUTS);
  return at !== null && stage.inWindow(h, w, at.row, at.column) && stage.reads(c, at.channel);
}

/** Marks of a padded input cell: padding, window, what is pointed at. */
function inputMarks(
  stage: Stage, moment: Moment, look: Look, row: number, column: number, channel: number, isRead: boolean,
): number {
  const { cell } = moment;
  const out = pointedIn(look, OUTPUTS);
  const inWindow = cell !== null && isRead && stage.inWindow(cell[1], cell[2], row, column);
  const isPointed =
    (out !== null && stage.inWindow(out.row, out.column, row, column) && stage.reads(out.channel, channel)) ||
    metByWeight(stage, look, row, column, channel);
  return (
    (stage.isPadding(row, column) ? Mark.padding : 0) |
    (stage.isUnused(row, column) ? Mark.unused : 0) |
    (inWindow ? Mark.window : 0) |
    (isPointed ? Mark.hover : 0) |
    (inWindow ? tapMark(stage, moment, look, tapOf(stage, cell, row, column, channel)) : 0)
  );
}

/** Whether the filter's number that is pointed at is ever multiplied with an input cell. */
function metByWeight(stage: Stage, look: Look, row: number, column: number, channel: number): boolean {
  const at = pointedIn(look, ["W"]);
  if (!at || channel !== stage.channelsRead(at.filter).first + at.channel) return false;
  const { rows, columns } = stage;
  return (
    readers(rows, row).some((h) => row - h * rows.stride === at.row * rows.dilation) &&
    readers(columns, column).some((w) => column - w * columns.stride === at.column * columns.dilation)
  );
}

/** Which input channels are shown. */
function shownChannels(stage: Stage, look: Look, c: number): number[] {
  const channels = stage.s.A_prev.shape[3];
  const { first, count } = stage.channelsRead(c);
  return shownPlanes(channels, look.firstChannel ?? (count === channels ? 0 : first));
}

/** The input, padded, with the window of this step. */
export function windowedInput(stage: Stage, moment: Moment, look: Look): Panel {
  const { s } = stage;
  const [i, h, w, c] = moment.cell ?? [0, 0, 0, 0];
  const shown = shownChannels(stage, look, c);
  return {
    id: "A_prev",
    title: stage.hasPadding ? `A_prev_pad[${i}]` : `A_prev[${i}]`,
    hint: stage.hasPadding ? "the input with its padding" : "the input",
    kind: "input",
    numbered: true,
    scale: largestOf(s.A_prev.data),
    planes: shown.map((channel) => {
      const isRead = stage.reads(c, channel) && (s.W.shape[3] > 0 || moment.inside);
      const one = plane(
        `channel ${channel}`,
        stage.padded,
        (row, column) => ({
          value: stage.input(i, row, column, channel),
          marks: inputMarks(stage, moment, look, row, column, channel, isRead),
        }),
        stage.span(h, w),
        moment.inside && !isRead,
      );
      return { ...one, channel };
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
