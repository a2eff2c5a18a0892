/** A plane as a grid of cells: built once, then only what changed is touched. */

import { h } from "../dom";
import { count, short } from "../words";
import { Overview, type Where } from "./overview";
import { type CellView, Mark, type Panel, type Plane } from "./scene";

export interface GridEvents {
  /** A cell is pointed at or focused; null when that ends. */
  point(row: number | null, column: number | null): void;
  /** Clicked, or Enter: to go to, or to be edited. */
  choose(row: number, column: number, element: HTMLElement): void;
  /** Drawn on, in the picture of a large plane. */
  draw(row: number, column: number, erase: boolean): void;
}

const CLASSES: [number, string][] = [
  [Mark.padding, "padding"],
  [Mark.window, "window"],
  [Mark.current, "current"],
  [Mark.waiting, "waiting"],
  [Mark.hover, "hover"],
  [Mark.chosen, "chosen"],
  [Mark.wrong, "wrong"],
  [Mark.unused, "unused"],
  [Mark.first, "first"],
];

const SAID: [number, string][] = [
  [Mark.padding, "padding"],
  [Mark.window, "in the window"],
  [Mark.current, "this step's"],
  [Mark.chosen, "the maximum"],
  [Mark.wrong, "differs"],
  [Mark.unused, "read by no window"],
];

const MOVES: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export class Grid {
  readonly element: HTMLElement;
  private readonly cells: HTMLElement[] = [];
  private readonly shown: string[] = [];
  private readonly heads: { rows: HTMLElement[]; columns: HTMLElement[] } = { rows: [], columns: [] };
  private readonly overview: Overview | null;
  private readonly table: HTMLElement;
  private given: Plane;
  /** What is shown of it: arrow keys move the part of a large plane. */
  private plane: Plane;
  private moved: Where = [0, 0];
  private repaint = (): void => {};
  private active = 0;

  constructor(panel: Panel, plane: Plane, private readonly events: GridEvents) {
    this.given = this.plane = plane;
    const part = plane.rows < plane.whole[0] || plane.columns < plane.whole[1];
    const table = h("div", { class: panel.numbered ? "grid numbered" : "grid", role: "grid" });
    this.table = table;
    table.style.setProperty("--rows", String(plane.rows));
    table.style.setProperty("--columns", String(plane.columns));
    this.build(table, panel);
    this.overview = part ? new Overview(panel, plane, table, this.events) : null;
    this.element = h("figure", { class: "plane" },
      plane.label && h("figcaption", {}, plane.label), this.overview?.element ?? null, table);
    table.addEventListener("keydown", (event) => this.onKey(event));
    table.addEventListener("pointerleave", () => this.events.point(null, null));
    table.addEventListener("focusout", () => this.events.point(null, null));
  }

  /** What it is, for a screen reader. */
  label(words: string): void {
    if (this.table.getAttribute("aria-label") !== words) this.table.setAttribute("aria-label", words);
  }

  /** Show a plane of the same size. */
  paint(given: Plane, scale: number, editable: (row: number, column: number) => boolean): void {
    if (given.top !== this.given.top || given.left !== this.given.left) this.moved = [0, 0];
    this.given = given;
    this.repaint = () => this.paint(given, scale, editable);
    const plane = { ...given, top: given.top + this.moved[0], left: given.left + this.moved[1] };
    this.plane = plane;
    this.element.classList.toggle("faint", plane.faint ?? false);
    this.heads.rows.forEach((head, row) => setHead(head, plane.top + row));
    this.heads.columns.forEach((head, column) => setHead(head, plane.left + column));
    this.cells.forEach((element, n) => {
      const [row, column] = this.placeOf(n);
      this.paintCell(n, element, plane.cell(row, column), scale, editable(row, column));
    });
    this.overview?.paint(plane);
  }

  /** Show the part that a step is about, when it is painted next. */
  home(): void {
    this.moved = [0, 0];
  }

  /** The cell that has the keyboard's focus. */
  get focused(): [row: number, column: number] | null {
    const n = this.cells.indexOf(document.activeElement as HTMLElement);
    return n < 0 ? null : this.placeOf(n);
  }

  focus(row: number, column: number): void {
    const { top, left, rows, columns } = this.plane;
    this.activate(clamp(row - top, rows) * columns + clamp(column - left, columns));
    this.cells[this.active].focus();
  }

  private build(table: HTMLElement, panel: Panel): void {
    const { rows, columns } = this.plane;
    if (panel.numbered) {
      const line = h("div", { class: "heads", "aria-hidden": "true" }, h("span", { class: "head" }));
      for (let column = 0; column < columns; column++) {
        const head = h("span", { class: "head" });
        this.heads.columns.push(head);
        line.append(head);
      }
      table.append(line);
    }
    for (let row = 0; row < rows; row++) {
      const line = h("div", { class: "row", role: "row" });
      if (panel.numbered) {
        const head = h("span", { class: "head", "aria-hidden": "true" });
        this.heads.rows.push(head);
        line.append(head);
      }
      for (let column = 0; column < columns; column++) line.append(this.buildCell());
      table.append(line);
    }
  }

  private buildCell(): HTMLElement {
    const n = this.cells.length;
    const element = h("div", {
      class: "cell",
      role: "gridcell",
      tabindex: n === 0 ? 0 : -1,
      onclick: () => this.choose(n),
      onpointerenter: () => this.events.point(...this.placeOf(n)),
      onfocus: () => {
        this.activate(n); // a screen reader goes to cells by itself
        this.events.point(...this.placeOf(n));
      },
    });
    this.cells.push(element);
    return element;
  }

  private placeOf(n: number): [row: number, column: number] {
    const { columns, top, left } = this.plane;
    return [top + Math.floor(n / columns), left + (n % columns)];
  }

  private choose(n: number): void {
    this.activate(n);
    this.events.choose(...this.placeOf(n), this.cells[n]);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target instanceof HTMLInputElement) return;
    const move = MOVES[event.key];
    if (move) {
      const { rows, columns } = this.plane;
      const [row, column] = [Math.floor(this.active / columns) + move[0], (this.active % columns) + move[1]];
      if (row !== clamp(row, rows) || column !== clamp(column, columns)) this.move(move);
      else this.activate(row * columns + column);
      this.cells[this.active].focus();
    } else if (event.key === "Enter" || event.key === "F2") this.choose(this.active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** At the edge of what is shown of a large plane, go on. */
  private move([down, right]: Where): void {
    const { top, left, rows, columns, whole } = this.plane;
    const [toTop, toLeft] = [clamp(top + down, whole[0] - rows + 1), clamp(left + right, whole[1] - columns + 1)];
    this.moved = [toTop - this.given.top, toLeft - this.given.left];
    this.repaint();
    this.events.point(...this.placeOf(this.active));
  }

  /** One cell of a grid is reached by Tab; arrow keys go to the others. */
  private activate(n: number): void {
    this.cells[this.active].tabIndex = -1;
    this.active = n;
    this.cells[n].tabIndex = 0;
  }

  private paintCell(n: number, element: HTMLElement, view: CellView, scale: number, editable: boolean): void {
    const words = view.text ?? (view.value === null ? "" : short(view.value));
    const shade = view.value === null || scale === 0 ? 0 : Math.max(-1, Math.min(1, view.value / scale)) || 0;
    const [row, column] = this.placeOf(n);
    const key = `${row},${column}|${words}|${view.value}|${view.marks}|${view.badge ?? ""}|${shade.toFixed(2)}|${editable}`;
    if (this.shown[n] === key || element.querySelector("input")) return;
    this.shown[n] = key;
    const classes = CLASSES.filter(([mark]) => view.marks & mark).map(([, name]) => name);
    if (editable) classes.push("editable");
    if (words.length > 4 || view.text !== undefined) classes.push(words.length > 5 ? "tiny" : "small");
    element.className = ["cell", ...classes].join(" ");
    element.style.setProperty("--shade", Math.abs(shade).toFixed(2));
    element.dataset.sign = shade < 0 ? "minus" : "plus";
    element.textContent = words;
    if (view.badge !== undefined) element.dataset.badge = view.badge;
    else delete element.dataset.badge;
    const said = SAID.filter(([mark]) => view.marks & mark).map(([, word]) => word);
    if (Number(view.badge)) said.push(`added to by ${count(Number(view.badge), "window")}`);
    const what = view.marks & Mark.waiting && words === "" ? "not computed yet" : words || "empty";
    element.setAttribute("aria-label", [`row ${row}, column ${column}: ${what}`, ...said].join(", "));
    if (view.value !== null) element.title = String(view.value);
    else element.removeAttribute("title");
  }
}

function setHead(head: HTMLElement, n: number): void {
  const words = String(n);
  if (head.textContent !== words) head.textContent = words;
}

function clamp(n: number, size: number): number {
  return Math.max(0, Math.min(size - 1, n));
}
