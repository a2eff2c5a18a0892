/** Where the cells of a situation lie: what all scenes ask for. Rows and columns are padded ones. */

import { type Axis, axis, extent, readers, start, tap, unused } from "../core/geometry";
import { at4 } from "../core/tensor";
import { type Cell, type Situation, outputShape } from "../situation";
import type { Span } from "./scene";

export class Stage {
  readonly rows: Axis;
  readonly columns: Axis;
  /** (m, n_H, n_W, n_C) of the forward function's result. */
  readonly out: number[];
  readonly padded: readonly [number, number];

  constructor(readonly s: Situation) {
    const [, height, width] = s.A_prev.shape;
    this.rows = axis(s.geometry, 0, height);
    this.columns = axis(s.geometry, 1, width);
    this.out = outputShape(s);
    this.padded = [
      height + this.rows.before + this.rows.after,
      width + this.columns.before + this.columns.after,
    ];
  }

  get hasPadding(): boolean {
    return this.s.geometry.padding.some((n) => n > 0);
  }

  isPadding(row: number, column: number): boolean {
    return !inside(this.rows, row) || !inside(this.columns, column);
  }

  /** Where a cell lies in A_prev; -1 in the padding. */
  inputAt(i: number, row: number, column: number, c: number): number {
    if (this.isPadding(row, column)) return -1;
    return at4(this.s.A_prev, i, row - this.rows.before, column - this.columns.before, c);
  }

  input(i: number, row: number, column: number, c: number): number {
    const at = this.inputAt(i, row, column, c);
    return at < 0 ? 0 : this.s.A_prev.data[at];
  }

  inWindow(h: number, w: number, row: number, column: number): boolean {
    return tap(this.rows, h, row) >= 0 && tap(this.columns, w, column) >= 0;
  }

  /** Whether no window reads a cell, because the stride does not lead there. */
  isUnused(row: number, column: number): boolean {
    return (
      row >= this.padded[0] - unused(this.rows) || column >= this.padded[1] - unused(this.columns)
    );
  }

  /** The rows and columns from the first to the last that a window reads. */
  span(h: number, w: number): readonly [Span, Span] {
    const [top, left] = [start(this.rows, h), start(this.columns, w)];
    return [[top, top + extent(this.rows)], [left, left + extent(this.columns)]];
  }

  /** The number of an output cell in the order of the loops. */
  order([i, h, w, c]: Cell): number {
    return ((i * this.out[1] + h) * this.out[2] + w) * this.out[3] + c;
  }

  cellAt(order: number): Cell {
    const [, height, width, channels] = this.out;
    const c = order % channels;
    const w = Math.floor(order / channels) % width;
    const h = Math.floor(order / channels / width) % height;
    return [Math.floor(order / channels / width / height), h, w, c];
  }

  get cells(): number {
    return this.out.reduce((product, n) => product * n, 1);
  }

  get fits(): boolean {
    return this.out[1] > 0 && this.out[2] > 0;
  }

  /** The input channels that output channel c is made of. */
  channelsRead(c: number): { first: number; count: number } {
    const { W, geometry } = this.s;
    if (W.shape[3] === 0) return { first: c, count: 1 };
    return { first: Math.floor(c / (W.shape[3] / geometry.groups)) * W.shape[2], count: W.shape[2] };
  }

  reads(c: number, channel: number): boolean {
    const { first, count } = this.channelsRead(c);
    return channel >= first && channel < first + count;
  }

  /** How many windows that read a cell had their turn, for channel c, when so many output cells are done. */
  windowsDone(done: number, i: number, row: number, column: number, c: number): number {
    const columns = readers(this.columns, column);
    let windows = 0;
    for (const h of readers(this.rows, row))
      for (const w of columns) if (this.order([i, h, w, c]) < done) windows += 1;
    return windows;
  }

  /** The words "rows 0 to 2 and columns 1 to 3". */
  spanWords(h: number, w: number): string {
    const [[top, bottom], [left, right]] = this.span(h, w);
    return `${range("row", top, bottom)} and ${range("column", left, right)}`;
  }

  /** As the code writes it: "0:3, 1:4". */
  slice(h: number, w: number): string {
    const [rows, columns] = this.span(h, w);
    return `${rows[0]}:${rows[1]}, ${columns[0]}:${columns[1]}`;
  }
}

function inside(a: Axis, p: number): boolean {
  return p >= a.before && p < a.before + a.size;
}

function range(word: string, from: number, to: number): string {
  return to - from === 1 ? `${word} ${from}` : `${word}s ${from} to ${to - 1}`;
}
