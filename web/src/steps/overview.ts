/** The picture of a large plane: what there is of it beside the part that is shown as numbers. */

import { tint } from "../colours";
import { largestOf } from "../core/tensor";
import { h } from "../dom";
import type { GridEvents } from "./grid";
import { Mark, type Panel, type Plane } from "./scene";

/** Of what is not computed yet, a large plane's picture shows so much. */
const TO_COME = 0.3;
/** The most pixels of a page that such a picture is high and wide, and the least that a cell is. */
const PICTURE = { height: 128, width: 256, cell: 1.5 };
const LARGE_PICTURE = 1500; // cells

export type Where = readonly [row: number, column: number];

/** The whole of a large plane as a picture, with the part that is shown as numbers outlined. */
export class Overview {
  readonly element: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly frame = h("span", { class: "frame" });
  private readonly whole: Where;
  private pen: Where | null = null;
  private timer = 0;

  constructor(panel: Panel, plane: Plane, grid: HTMLElement, events: GridEvents) {
    this.whole = plane.whole;
    const [rows, columns] = plane.whole;
    const isDrawn = panel.kind === "input";
    const hint = isDrawn ? "Draw here; with Shift, erase" : panel.target ? "A click leads there" : null;
    this.canvas = h("canvas", {
      width: columns, height: rows, role: "img", "aria-label": `all ${rows} × ${columns} cells`, title: hint,
      class: isDrawn ? "drawn" : panel.target ? "leads" : "",
    });
    const size = Math.max(PICTURE.cell, Math.min(PICTURE.height / rows, PICTURE.width / columns));
    Object.assign(this.canvas.style, { width: `${size * columns}px`, height: `${Math.max(12, size * rows)}px` });
    this.element = h("div", { class: "overview" }, this.canvas, this.frame);
    if (isDrawn) this.takePen(events);
    else if (panel.target)
      this.canvas.addEventListener("click", (event) => {
        const where = this.where(event);
        if (where) events.choose(...where, grid);
      });
  }

  /** Where the mouse is; null beside the picture. */
  private where(event: MouseEvent): Where | null {
    const box = this.canvas.getBoundingClientRect();
    const [rows, columns] = this.whole;
    const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
    const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
    return row >= 0 && row < rows && column >= 0 && column < columns ? [row, column] : null;
  }

  /** A stroke begins on the picture, and is a line from each place to the next. */
  private takePen(events: GridEvents): void {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.pen = this.where(event);
      if (this.pen) events.draw(...this.pen, event.shiftKey);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!canvas.hasPointerCapture(event.pointerId)) return;
      const to = this.where(event);
      if (to) for (const place of line(this.pen ?? to, to)) events.draw(...place, event.shiftKey);
      this.pen = to;
    });
  }

  paint(plane: Plane): void {
    const [rows, columns] = plane.whole;
    const percent = (part: number, of: number): string => `${(100 * part) / of}%`;
    Object.assign(this.frame.style, {
      top: percent(plane.top, rows),
      left: percent(plane.left, columns),
      height: percent(plane.rows, rows),
      width: percent(plane.columns, columns),
    });
    window.clearTimeout(this.timer);
    // A large picture waits until the steps rest.
    if (rows * columns > LARGE_PICTURE) this.timer = window.setTimeout(() => this.draw(plane), 150);
    else this.draw(plane);
  }

  private draw(plane: Plane): void {
    const context = this.canvas.getContext("2d");
    if (!context) return;
    const [rows, columns] = plane.whole;
    const values = new Float64Array(rows * columns);
    const isPale: boolean[] = [];
    for (let at = 0; at < values.length; at++) {
      const [row, column] = [Math.floor(at / columns), at % columns];
      const { value, marks } = plane.cell(row, column);
      values[at] = value ?? plane.finished?.(row, column) ?? 0;
      isPale.push((marks & Mark.waiting) !== 0);
    }
    const largest = largestOf(values) || 1;
    const picture = context.createImageData(columns, rows);
    values.forEach((value, at) => picture.data.set([...tint((value / largest) * (isPale[at] ? TO_COME : 1)), 255], 4 * at));
    context.putImageData(picture, 0, 0);
  }
}

/** The cells on a line, both ends included. */
function line(from: Where, to: Where): Where[] {
  const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
  const at = (axis: 0 | 1, n: number): number => Math.round(from[axis] + ((to[axis] - from[axis]) * n) / (steps || 1));
  return [...Array(steps + 1).keys()].map((n) => [at(0, n), at(1, n)]);
}
