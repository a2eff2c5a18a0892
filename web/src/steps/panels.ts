/** Draws a scene: rows of panels, each with its planes. Built anew only when its form changes. */

import { fill, h, setText } from "../dom";
import { Grid } from "./grid";
import type { Panel, Pointed, Row, Scene } from "./scene";

export interface PanelEvents {
  point(pointed: Pointed | null): void;
  choose(panel: Panel, plane: number, row: number, column: number, element: HTMLElement): void;
  page(step: number): void;
}

export class Panels {
  readonly element = h("div", { class: "scene" });
  private form = "";
  private drawn: Drawn[] = [];

  constructor(private readonly events: PanelEvents) {}

  show(scene: Scene): void {
    const form = JSON.stringify(scene.rows.map(formOf));
    if (form !== this.form) this.build(scene);
    this.form = form;
    scene.rows.flatMap((row) => row.panels).forEach((panel, n) => this.drawn[n].show(panel));
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
    fill(this.element, ...rows);
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
          point: (row, column) =>
            events.point(row === null || column === null ? null : { panel: this.panel.id, plane: n, row, column }),
          choose: (row, column, element) => events.choose(this.panel, n, row, column, element),
        }),
    );
    this.captions = this.grids.map((grid) => grid.element.querySelector("figcaption"));
    const planes = h("div", { class: panel.across ? "planes lined" : "planes" }, ...this.grids.map((grid) => grid.element));
    if (panel.across) planes.style.setProperty("--across", String(Math.min(4, panel.across)));
    this.element = h("section", { class: `panel ${panel.kind}`, "data-panel": panel.id },
      panel.sign ? h("span", { class: "sign", "aria-hidden": "true" }, panel.sign) : null,
      h("div", { class: "body" }, h("header", {}, this.title, this.hint, panel.pager ? this.pager(events) : null), planes));
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
      grid.paint(plane, panel.scale, (row, column) => Boolean(panel.source?.(n, row, column)));
    });
  }

  private pager(events: PanelEvents): HTMLElement {
    return h("span", { class: "pager" },
      h("button", { type: "button", "aria-label": "earlier channels", onclick: () => events.page(-1) }, "◂"),
      this.pages,
      h("button", { type: "button", "aria-label": "later channels", onclick: () => events.page(1) }, "▸"));
  }
}
