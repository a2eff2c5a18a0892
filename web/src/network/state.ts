/** Where the reader is: in the link, so that it can be sent. */

import type { Place } from "./data";

export type Shown = "values" | "gradients" | "both";

export interface State {
  example: number;
  layer: string;
  place: Place | null;
  shown: Shown;
  open: "forward" | "backward" | null;
}

export function readState(hash: string, usual: State): State {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const cell = (given.get("cell") ?? "").split(",").map(Number);
  const whole = cell.length === 3 && cell.every((n) => Number.isInteger(n) && n >= 0);
  const shown = given.get("show");
  const open = given.get("open");
  return {
    example: given.has("example") ? Number(given.get("example")) : usual.example,
    layer: given.get("layer") ?? usual.layer,
    place: whole ? { h: cell[0], w: cell[1], c: cell[2] } : null,
    shown: shown === "values" || shown === "gradients" || shown === "both" ? shown : usual.shown,
    open: open === "forward" || open === "backward" ? open : null,
  };
}

export function writeState(state: State): string {
  const { place } = state;
  const found = new URLSearchParams({ example: String(state.example), layer: state.layer });
  if (place) found.set("cell", `${place.h},${place.w},${place.c}`);
  if (state.shown !== "values") found.set("show", state.shown);
  if (state.open) found.set("open", state.open);
  return `#${found.toString().replace(/%2C/g, ",")}`;
}
