/** The maps of a layer on one canvas: a tile for each channel, side by side. */

import { type Tensor, largestOf } from "../core/tensor";
import { h } from "../dom";
import { type Colour, ground, shade, signed } from "../colours";
import { type Place, sizes, valueAt } from "./data";
import type { Region } from "./window";

/** How tiles lie on a canvas; a row of features is one tile of cells, each a channel. */
export interface Layout {
  height: number;
  width: number;
  channels: number;
  flat: boolean;
  /** Channels of an image in colour share a tile. */
  together: boolean;
  /** Pixels of a cell, across and down: those of signals are tall, or nobody could see them. */
  scale: number;
  rise: number;
  columns: number;
  rows: number;
}

const GAP = 3;

export function layOut(values: Tensor, picture: boolean): Layout {
  const flat = values.shape.length === 1;
  const [height, width, channels] = sizes(values);
  if (flat) {
    const across = channels > 256 ? 32 : 16;
    const columns = Math.min(across, channels);
    const rows = Math.ceil(channels / columns);
    const scale = channels > 256 ? 7 : 13;
    return { height: 1, width: 1, channels, flat, together: false, scale, rise: scale, columns, rows };
  }
  if (height === 1) {
    const scale = Math.max(1, Math.min(12, Math.round(320 / width)));
    return { height, width, channels, flat, together: false, scale, rise: 14, columns: 1, rows: channels };
  }
  const together = picture && channels === 3;
  const tiles = together ? 1 : channels;
  const wanted = picture ? 128 : tiles <= 4 ? 96 : tiles <= 16 ? 64 : tiles <= 64 ? 40 : 24;
  const scale = Math.max(1, Math.round(wanted / Math.max(height, width)));
  const columns = Math.ceil(Math.sqrt(tiles));
  const rows = Math.ceil(tiles / columns);
  return { height, width, channels, flat, together, scale, rise: scale, columns, rows };
}

function gap(l: Layout): number {
  return l.flat ? 1 : GAP;
}

/** Where a channel's tile begins, in pixels. */
function corner(l: Layout, c: number): [x: number, y: number] {
  const tile = l.together ? 0 : c;
  const [column, row] = [tile % l.columns, Math.floor(tile / l.columns)];
  return [column * (l.width * l.scale + gap(l)), row * (l.height * l.rise + gap(l))];
}

export function extentOf(l: Layout): [width: number, height: number] {
  return [
    l.columns * (l.width * l.scale + gap(l)) - gap(l),
    l.rows * (l.height * l.rise + gap(l)) - gap(l),
  ];
}

/** The cell under a point of the canvas; null in a gap. */
export function cellAt(l: Layout, x: number, y: number): Place | null {
  const [across, down] = [l.width * l.scale + gap(l), l.height * l.rise + gap(l)];
  const [column, row] = [Math.floor(x / across), Math.floor(y / down)];
  const w = Math.floor((x - column * across) / l.scale);
  const hh = Math.floor((y - row * down) / l.rise);
  const c = row * l.columns + column;
  const inside = column >= 0 && row >= 0 && column < l.columns && c < l.channels;
  if (!inside || w < 0 || hh < 0 || w >= l.width || hh >= l.height) return null;
  return { h: hh, w, c: l.together ? 0 : c };
}

export type Draw = { picture: boolean; range: readonly [number, number] | null };

/** Paint all tiles. */
export function paint(canvas: HTMLCanvasElement, values: Tensor, l: Layout, how: Draw): void {
  [canvas.width, canvas.height] = extentOf(l);
  const context = canvas.getContext("2d");
  if (!context) return;
  const colour = colouring(values, how);
  context.imageSmoothingEnabled = false;
  const tile = new OffscreenCanvas(l.width, l.height);
  const cells = tile.getContext("2d");
  for (let c = 0; cells && c < (l.together ? 1 : l.channels); c++) {
    cells.putImageData(pixels(l, c, colour), 0, 0);
    context.drawImage(tile, ...corner(l, c), l.width * l.scale, l.height * l.rise);
  }
}

type Colouring = (place: Place, together: boolean) => Colour;

/** A channel's tile, a pixel for each cell. */
function pixels(l: Layout, c: number, colour: Colouring): ImageData {
  const found = new ImageData(l.width, l.height);
  for (let r = 0; r < l.height; r++) {
    for (let s = 0; s < l.width; s++) {
      found.data.set([...colour({ h: r, w: s, c }, l.together), 255], 4 * (r * l.width + s));
    }
  }
  return found;
}

function colouring(values: Tensor, how: Draw): Colouring {
  if (!how.picture) {
    const [limit, base] = [largestOf(values.data), ground()];
    return (place, together) => {
      if (!together) return signed(valueAt(values, place), limit, base);
      const three = [0, 1, 2].map((c) => valueAt(values, { ...place, c }));
      return signed(three.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a)), limit, base);
    };
  }
  let [low, high] = how.range ?? [Infinity, -Infinity];
  for (const n of values.data) [low, high] = [Math.min(low, n), Math.max(high, n)];
  return (place, together) => {
    const grey = shade(valueAt(values, place), low, high);
    if (!together) return [grey, grey, grey];
    return [0, 1, 2].map((c) => shade(valueAt(values, { ...place, c }), low, high)) as unknown as Colour;
  };
}

/** Boxes over a canvas around some cells, in each of their channels' tiles. */
export function boxes(l: Layout, region: Region, kind: string): HTMLElement[] {
  const all = region.channels ?? Array.from({ length: l.channels }, (_, c) => c);
  const channels = l.together ? [0] : all.filter((c) => c < l.channels);
  return channels.map((c) => {
    const [x, y] = corner(l, c);
    const [left, top] = [x + region.left * l.scale, y + region.top * l.rise];
    const width = (region.right - region.left + 1) * l.scale;
    const height = (region.bottom - region.top + 1) * l.rise;
    const style = `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
    return h("span", { class: `mark ${kind}`, style });
  });
}
