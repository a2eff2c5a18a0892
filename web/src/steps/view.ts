/** The step view: one operation, step by step. It can be opened anywhere. */

import { largestOf } from "../core/tensor";
import { plain } from "../defaults";
import { fill, h, setText } from "../dom";
import { type Place, type Program, Timeline } from "../program";
import { type Cell, type Operation, type Presets, type Situation, isBackward, isConvolution } from "../situation";
import { CodePane } from "./code";
import { Controls } from "./controls";
import { convBackward } from "./convBackward";
import { convForward } from "./convForward";
import { editNumber } from "./edit";
import { paddingScene } from "./padding";
import { type PanelEvents, Panels } from "./panels";
import { poolBackward, poolForward } from "./pooling";
import { MOST_PLANES, type Moment, type Panel, type Pointed, type Scene, type SceneMaker, type Source } from "./scene";
import { Stage } from "./stage";
import { Transport } from "./transport";
import { holdsNaN, sizesOf, valueOf } from "./values";

export interface StepsOptions {
  readonly code: Record<Operation, Program>;
  readonly presets?: Presets;
  /** Where to begin; else at the situation's cell. */
  readonly time?: number | undefined;
  readonly lines?: boolean;
  /** Something is shown that was not before. */
  changed?(view: StepsView): void;
}

export interface StepsView {
  readonly situation: Situation;
  readonly time: number;
  readonly lines: boolean;
  /** A key that was pressed outside of fields and grids; whether it meant something. */
  key(key: string): boolean;
  take(file: Blob): void;
  /** Takes it off the page and stops what plays. */
  close(): void;
}

export function mountSteps(root: HTMLElement, situation: Situation, options: StepsOptions): StepsView {
  return new Steps(root, situation, options);
}

/** Hand a key on to a view, unless it means something where it was pressed. */
export function handOn(event: KeyboardEvent, view: StepsView | null): void {
  const target = event.target as HTMLElement;
  const isSlider = target.matches("[type=range]");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!isSlider && target.closest("input:not([type=checkbox]), select")) return;
  if (isSlider && /^(Arrow|Home|End)/.test(event.key)) return;
  if (event.key === " " && target.closest("button, summary, [type=checkbox]")) return;
  if (view?.key(event.key)) event.preventDefault();
}

function makerOf(operation: Operation): SceneMaker {
  if (operation === "zero_pad") return paddingScene;
  if (isConvolution(operation)) return isBackward(operation) ? convBackward : convForward;
  return isBackward(operation) ? poolBackward : poolForward;
}

class Steps implements StepsView {
  time = 0;
  lines: boolean;
  private stage: Stage;
  private timeline: Timeline;
  private pointed: Pointed | null = null;
  private firstChannel: number | null = null;
  private firstOutput: number | null = null;
  private readonly strokes = new Map<string, [Source, number]>();
  private isClosed = false;
  private readonly element: HTMLElement;
  private readonly panels: Panels;
  private readonly code: CodePane;
  private readonly controls: Controls;
  private readonly transport: Transport;
  private readonly sentence = h("p", { "aria-live": "polite" });
  private readonly pointedWords = h("p", { class: "pointed", "aria-live": "polite" });
  private readonly sums = h("div", { class: "sums", role: "region", tabindex: 0, "aria-label": "the sum, written out" });
  private readonly heading = h("div", { class: "heading" });
  private readonly make: SceneMaker;

  constructor(root: HTMLElement, public situation: Situation, private readonly options: StepsOptions) {
    this.lines = options.lines ?? false;
    this.make = makerOf(situation.operation);
    this.stage = new Stage(situation);
    this.timeline = this.newTimeline();
    this.panels = new Panels(this.events());
    this.code = new CodePane(options.code[situation.operation]);
    this.controls = new Controls(situation, options.presets, (changed) => this.change(changed));
    this.transport = new Transport(
      {
        hasLines: !this.isPadding,
        step: (by) => this.step(by),
        position: () => this.position(),
        seek: (position) => this.go(this.lines ? position : this.timeOf(position)),
        setLines: (lines) => {
          this.lines = lines;
          this.show();
        },
        quiet: (playing) => this.sentence.setAttribute("aria-live", playing ? "off" : "polite"),
      },
      this.lines,
    );
    this.transport.element.prepend(this.code.strip);
    this.element = h("section", { class: "steps" }, this.heading, this.controls.element,
      h("div", { class: "workbench" }, h("div", { class: "seen" }, h("div", { class: "sentence" }, this.sentence, this.pointedWords), this.panels.element, this.sums), this.code.element),
      this.transport.element);
    root.append(this.element);
    this.time = Math.min(options.time ?? this.timeAt(situation.cell), Math.max(0, this.timeline.length - 1));
    this.show();
  }

  key(key: string): boolean {
    const act: Record<string, () => unknown> = {
      ArrowRight: () => this.transport.step(1),
      ".": () => this.transport.step(1),
      ArrowLeft: () => this.transport.step(-1),
      ",": () => this.transport.step(-1),
      " ": () => this.transport.toggle(),
      Home: () => this.transport.seek(0),
      End: () => this.transport.seek(this.position().of),
      l: () => !this.isPadding && this.transport.toggleLines(),
    };
    const name = key.length === 1 ? key.toLowerCase() : key;
    act[name]?.();
    return name in act;
  }

  take(file: Blob): void {
    void this.controls.take(file);
  }

  close(): void {
    this.isClosed = true;
    this.transport.pause();
    this.element.remove();
  }

  // ---------------------------------------------------------------- time

  private newTimeline(): Timeline {
    return new Timeline(this.options.code[this.situation.operation], sizesOf(this.stage));
  }

  private timeAt(cell: Cell): number {
    if (!this.stage.fits) return 0;
    return this.timeline.endOf(Math.min(this.stage.order(cell), this.stage.cells - 1));
  }

  /** Positions cell by cell: 0 before the first, one for each, and one after all. */
  private timeOf(position: number): number {
    if (this.isPadding) return Math.min(position, this.timeline.length - 1);
    if (position === 0) return 0;
    return position > this.stage.cells ? this.timeline.length - 1 : this.timeline.endOf(position - 1);
  }

  private get isPadding(): boolean {
    return this.situation.operation === "zero_pad";
  }

  private position(): { at: number; of: number; words: string } {
    const { cells } = this.stage;
    const last = this.timeline.length - 1;
    if (this.lines || this.isPadding) {
      const unit = this.isPadding ? "cell" : "line";
      return { at: this.time, of: last, words: `${unit} ${this.time + 1} of ${last + 1}` };
    }
    const done = this.timeline.cells(this.time);
    const at = this.time === last ? cells + 1 : done;
    const words = at === 0 ? `before ${cells} cells` : at > cells ? `all ${cells} cells` : `cell ${at} of ${cells}`;
    return { at, of: cells + 1, words };
  }

  private step(by: 1 | -1): boolean {
    const { at, of } = this.position();
    if (this.lines || this.isPadding) {
      if (at + by < 0 || at + by > of) return false;
      this.go(at + by);
      return true;
    }
    // Between two cells, back leads to the last one that is done.
    const between = by < 0 && at <= this.stage.cells && this.time !== this.timeOf(at);
    const next = between ? at : at + by;
    if (next < 0 || next > of) return false;
    this.go(this.timeOf(next));
    return true;
  }

  /** What was pointed at and looked for belongs to the step that was left. */
  private go(time: number): void {
    this.pointed = null;
    this.firstOutput = null;
    if (this.situation.W.shape[2] !== this.situation.A_prev.shape[3]) this.firstChannel = null;
    this.panels.home();
    this.time = Math.max(0, Math.min(this.timeline.length - 1, time));
    this.show();
  }

  // ---------------------------------------------------------------- what is done to it

  private change(situation: Situation): void {
    if (this.isClosed) return; // such as a picture that was read meanwhile
    this.transport.pause();
    const before = this.timeline;
    const { cell } = this.moment(before.at(this.time));
    this.situation = situation;
    this.stage = new Stage(situation);
    this.timeline = this.newTimeline();
    this.pointed = null;
    this.time = this.timeAfter(before, cell);
    this.controls.show(situation);
    this.show();
  }

  /** Where to go on after a change: where we were, as far as that is there. */
  private timeAfter(before: Timeline, cell: Cell | null): number {
    const { timeline, stage } = this;
    if (JSON.stringify(timeline.sizes) === JSON.stringify(before.sizes)) return this.time;
    const last = Math.max(0, timeline.length - 1);
    if (before.length > 0 && this.time === before.length - 1) return last;
    if (!cell || stage.cells === 0) return 0;
    return this.timeAt(cell.map((n, axis) => Math.min(n, stage.out[axis] - 1)) as unknown as Cell);
  }

  private events(): PanelEvents {
    return {
      point: (pointed) => {
        if (JSON.stringify(pointed) === JSON.stringify(this.pointed)) return;
        this.pointed = pointed;
        this.showScene();
      },
      choose: (panel, plane, row, column, element) => this.choose(panel, plane, row, column, element),
      draw: (panel, plane, row, column, erase) => this.draw(panel, plane, row, column, erase),
      page: ({ from, of, turns }, by) => {
        this[turns] = Math.max(0, Math.min(of - MOST_PLANES, from + by * MOST_PLANES));
        this.showScene();
      },
    };
  }

  /** Go to a cell's step; edit a cell that leads nowhere, or where we are already. */
  private choose(panel: Panel, plane: number, row: number, column: number, element: HTMLElement): void {
    const target = panel.target?.(plane, row, column);
    const source = panel.source?.(plane, row, column);
    const inside = element.classList.contains("cell");
    if (target && !(source && inside && element.classList.contains("current"))) {
      this.transport.pause();
      const isFocused = element === document.activeElement;
      this.go(this.timeAt(target));
      if (isFocused) this.panels.focus({ panel: panel.id, plane, row, column });
    } else if (source && inside) this.edit(source, element);
  }

  /** Draw with the largest number that there is. */
  private draw(panel: Panel, plane: number, row: number, column: number, erase: boolean): void {
    const source = panel.source?.(plane, row, column);
    if (!source) return;
    // A quick pen comes by more often than the page can be drawn.
    if (this.strokes.size === 0) requestAnimationFrame(() => this.stroke());
    const number = erase ? 0 : largestOf(this.situation[source.name].data) || 1;
    this.strokes.set(`${source.name}${source.at}`, [source, number]);
  }

  private stroke(): void {
    this.change(edited(this.situation, [...this.strokes.values()]));
    this.strokes.clear();
  }

  private edit(source: Source, element: HTMLElement): void {
    this.transport.pause();
    const before = this.situation[source.name].data[source.at];
    editNumber(element, `new number for ${source.name}`, before, (number) => {
      if (number === before || Number.isNaN(number)) this.showScene(); // nothing else was written
      else this.change(edited(this.situation, [[source, number]]));
    });
  }

  // ---------------------------------------------------------------- what is seen of it

  private show(): void {
    this.showHeading();
    this.transport.show();
    this.showScene();
    this.options.changed?.(this);
  }

  private showHeading(): void {
    const { title, note } = this.situation;
    if (this.heading.dataset.of === `${title}${note}`) return;
    this.heading.dataset.of = `${title}${note}`;
    this.heading.classList.toggle("mistaken", this.situation.theirs !== undefined);
    fill(this.heading, title ? h("h2", {}, title) : null, note ? h("p", {}, note) : null);
  }

  private showScene(): void {
    const { fits } = this.stage;
    this.element.classList.toggle("misfit", !fits);
    if (!fits) {
      setText(this.sentence, "The window does not fit into the input: there is no step to show.");
      fill(this.sums);
      return;
    }
    const place = this.timeline.at(this.time);
    const { pointed, firstChannel, firstOutput } = this;
    const scene = this.make(this.situation, this.moment(place), { pointed, firstChannel, firstOutput });
    this.panels.show(scene);
    setText(this.sentence, scene.sentence);
    setText(this.pointedWords, scene.pointed ?? "");
    this.showSums(scene);
    this.code.show(place, holdsNaN(this.stage, place), (name) => valueOf(this.stage, place, name));
  }

  private showSums(scene: Scene): void {
    this.sums.hidden = scene.sums.length === 0;
    fill(this.sums, ...scene.sums.map((sum) =>
      h("p", {}, h("b", {}, sum.label), " = ", sum.terms && `${sum.terms} = `, h("strong", {}, sum.result))));
  }

  private moment(place: Place): Moment {
    const { counters } = place;
    const { i, h: row, w, c } = counters;
    const started = i !== undefined && row !== undefined && w !== undefined;
    const cells = this.timeline.cells(this.time);
    return {
      cell: started ? [i, row, w, c ?? 0] : null,
      inside: started && c !== undefined,
      done: (name) => this.timeline.done(name, this.time),
      cells,
      finished: !started && cells === this.stage.cells,
    };
  }
}

/** A situation with other numbers: what was said of the old ones no longer holds. */
function edited(s: Situation, numbers: readonly (readonly [Source, number])[]): Situation {
  const next = { ...plain(s) };
  for (const [{ name, at }, number] of numbers) {
    if (next[name] === s[name]) next[name] = { shape: s[name].shape, data: s[name].data.slice() };
    next[name].data[at] = number;
  }
  return next;
}
