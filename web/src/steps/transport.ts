/** Play, pause, forward, back, scrub, speed. */

import { h, setText } from "../dom";

const SPEEDS = [0.5, 1, 2, 4, 8, 16, 30];

export interface Player {
  /** Whether there are lines to be stepped through. */
  readonly hasLines: boolean;
  /** Forward or back by a step; false where there is none. */
  step(by: 1 | -1): boolean;
  /** The step that we are at, and how many there are. */
  position(): { at: number; of: number; words: string };
  seek(position: number): void;
  setLines(lines: boolean): void;
  /** Steps that play by themselves are not read aloud. */
  quiet(playing: boolean): void;
}

/** The reader's speed, in all views. */
let speed = 2;

export class Transport {
  readonly element: HTMLElement;
  private readonly range: HTMLInputElement;
  private readonly playButton: HTMLButtonElement;
  private readonly words = h("span", { class: "position" });
  private readonly lines: HTMLInputElement;
  private timer: number | null = null;

  constructor(private readonly player: Player, lines: boolean) {
    const button = (label: string, sign: string, act: () => void): HTMLButtonElement =>
      h("button", { type: "button", "aria-label": label, title: label, onclick: act }, sign);
    this.playButton = button("play", "▶", () => this.toggle());
    this.range = h("input", { type: "range", min: 0, step: 1, "aria-label": "step", oninput: () => this.seek(Number(this.range.value)) });
    this.lines = h("input", { type: "checkbox", onchange: () => player.setLines(this.lines.checked) });
    this.lines.checked = lines;
    const speeds = h("select", { "aria-label": "speed", onchange: () => (speed = Number(speeds.value)) },
      ...SPEEDS.map((n) => h("option", { value: n, selected: n === speed }, `${n} / s`)));
    this.element = h("div", { class: "transport", role: "group", "aria-label": "steps" },
      button("first step", "«", () => this.seek(0)),
      button("one step back", "‹", () => this.step(-1)),
      this.playButton,
      button("one step forward", "›", () => this.step(1)),
      button("last step", "»", () => this.seek(player.position().of)),
      this.range, this.words,
      h("label", { class: "speed" }, h("span", {}, "speed"), speeds),
      h("label", { class: "lines", hidden: !player.hasLines }, this.lines, "each line"));
  }

  show(): void {
    const { at, of, words } = this.player.position();
    this.range.max = String(of);
    this.range.value = String(at);
    this.range.setAttribute("aria-valuetext", words);
    setText(this.words, words);
  }

  step(by: 1 | -1): void {
    this.pause();
    this.player.step(by);
  }

  seek(position: number): void {
    this.pause();
    this.player.seek(position);
  }

  toggle(): void {
    if (this.timer !== null) this.pause();
    else this.play();
  }

  toggleLines(): void {
    this.lines.checked = !this.lines.checked;
    this.player.setLines(this.lines.checked);
  }

  pause(): void {
    if (this.timer === null) return;
    window.clearTimeout(this.timer);
    this.timer = null;
    this.showPlaying(false);
  }

  private play(): void {
    const { at, of } = this.player.position();
    if (at === of) this.player.seek(0);
    this.showPlaying(true);
    const tick = (): void => {
      if (!this.player.step(1)) {
        this.pause();
        return;
      }
      this.timer = window.setTimeout(tick, 1000 / speed);
    };
    this.timer = window.setTimeout(tick, 1000 / speed);
  }

  private showPlaying(playing: boolean): void {
    this.playButton.textContent = playing ? "❙❙" : "▶";
    for (const name of ["aria-label", "title"]) this.playButton.setAttribute(name, playing ? "pause" : "play");
    this.player.quiet(playing);
  }
}
