/** Draws a scene: rows of panels, each with its planes. Built anew only when its form changes. */

import { fill, h, setText } from "../dom";
import { Grid } from "./grid";
import type { Pager, Panel, Pointed, Row, Scene, Spot } from "./scene";

export interface PanelEvents {
  point(pointed: Pointed | null): void;
  choose(panel: Panel, plane: number, row: number, column: number, element: HTMLElement): void;
  draw(panel: Panel, plane: number, row: number, column: number, erase: boolean): void;
  page(pager: Pager, step: number): void;
}

export class Panels {
  readonly element = h("div", { class: "scene" });
  private form = "";
  private drawn: Drawn[] = [];
  private building = false;
  private readonly events: PanelEvents;

  constructor(events: PanelEvents) {
    // What is taken away loses the focus, and would have the scene shown anew in the middle of it.
    const point = (pointed: Pointed | null): void => {
      if (!this.building) events.point(pointed);
    };
    this.events = { ...events, point };
  }

  show(scene: Scene): void {
    const form = JSON.stringify(scene.rows.map(formOf));
    const changes = form !== this.form;
    const focused = changes ? this.focused() : null;
    if (changes) this.build(scene);
    this.form = form;
    scene.rows.flatMap((row) => row.panels).forEach((panel, n) => this.drawn[n].show(panel));
    if (focused) this.focus(focused);
  }

  focus(spot: Spot): void {
    this.drawn.find((one) => one.id === spot.panel)?.focus(spot);
  }

  /** Large planes show the step's part again. */
  home(): void {
    for (const one of this.drawn) one.home();
  }

  private focused(): Spot | null {
    return this.drawn.reduce<Spot | null>((found, one) => found ?? one.focused(), null);
  }

  private build(scene: Scene): void {
    this.drawn = [];
    const rows = scene.rows.map((row) => {
      const panels = row.panels.map((panel) => {
        const drawn = new Drawn(panel, this.events);
        this.drawn.push(drawn);
        return drawn.element;
      });
      return h("div", { class: "scene-row" }, row.caption && h("h2", { class: "sub" }, row.caption), h("div", { class: "panels" }, ...panels));
    });
    this.building = true;
    fill(this.element, ...rows);
    this.building = false;
  }
}

/** What has to be the same for a scene to be shown in what was built. */
function formOf(row: Row): unknown {
  return [
    row.caption,
    row.panels.map((panel) => [
      panel.id, panel.sign ?? "", panel.pager?.of ?? 0,
      panel.planes.map((plane) => [plane.rows, plane.columns, plane.whole]),
    ]),
  ];
}

class Drawn {
  readonly element: HTMLElement;
  private readonly grids: Grid[];
  private readonly title = h("strong", { class: "title" });
  private readonly hint = h("span", { class: "hint" });
  private readonly captions: (Element | null)[];
  private readonly pages = h("span");
  private panel: Panel;

  constructor(panel: Panel, events: PanelEvents) {
    this.panel = panel;
    this.grids = panel.planes.map(
      (plane, n) =>
        new Grid(panel, plane, {
          point: (row, column) => events.point(row === null || column === null ? null : this.pointed(n, row, column)),
          choose: (row, column, element) => events.choose(this.panel, n, row, column, element),
          draw: (row, column, erase) => events.draw(this.panel, n, row, column, erase),
        }),
    );
    this.captions = this.grids.map((grid) => grid.element.querySelector("figcaption"));
    const planes = h("div", { class: panel.across ? "planes lined" : "planes" }, ...this.grids.map((grid) => grid.element));
    if (panel.across) planes.style.setProperty("--across", String(Math.min(4, panel.across)));
    this.element = h("section", { class: `panel ${panel.kind}`, "data-panel": panel.id },
      panel.sign ? h("span", { class: "sign", "aria-hidden": "true" }, panel.sign) : null,
      h("div", { class: "body" }, h("header", {}, this.title, this.hint, panel.pager ? this.pager(events) : null), planes));
  }

  private pointed(plane: number, row: number, column: number): Pointed {
    const { channel = 0, filter = 0 } = this.panel.planes[plane];
    return { panel: this.id, plane, row, column, channel, filter };
  }

  get id(): string {
    return this.panel.id;
  }

  /** The cell that has the keyboard's focus. */
  focused(): Spot | null {
    for (const [plane, grid] of this.grids.entries()) {
      const found = grid.focused;
      if (found) return { panel: this.id, plane, row: found[0], column: found[1] };
    }
    return null;
  }

  home(): void {
    for (const grid of this.grids) grid.home();
  }

  focus({ plane, row, column }: Spot): void {
    this.grids[Math.min(plane, this.grids.length - 1)].focus(row, column);
  }

  show(panel: Panel): void {
    this.panel = panel;
    setText(this.title, panel.title);
    setText(this.hint, panel.hint);
    const { pager } = panel;
    if (pager) setText(this.pages, `${pager.from} to ${pager.from + pager.shown - 1} of ${pager.of}`);
    this.grids.forEach((grid, n) => {
      const plane = panel.planes[n];
      const caption = this.captions[n];
      if (caption) setText(caption, plane.label);
      grid.label(`${panel.title}, ${plane.label || panel.hint}`);
      grid.paint(plane, panel.scale, (row, column) => Boolean(panel.source?.(n, row, column)));
    });
  }

  private pager(events: PanelEvents): HTMLElement {
    return h("span", { class: "pager" },
      h("button", { type: "button", "aria-label": "earlier channels", onclick: () => events.page(this.panel.pager!, -1) }, "◂"),
      this.pages,
      h("button", { type: "button", "aria-label": "later channels", onclick: () => events.page(this.panel.pager!, 1) }, "▸"));
  }
}
