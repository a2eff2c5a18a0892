/** Numbers as colours: signed ones from blue over the page's ground to orange, pixels as they are. */

import { isDark } from "./theme";

export type Colour = readonly [number, number, number];

const BLUE: Colour = [0, 114, 178];
const ORANGE: Colour = [213, 94, 0];

/** The colour of a number between -limit and limit. */
export function signed(value: number, limit: number, ground: Colour): Colour {
  if (!Number.isFinite(value)) return [204, 121, 167];
  const share = limit > 0 ? Math.min(1, Math.abs(value) / limit) : 0;
  const end = value < 0 ? BLUE : ORANGE;
  const strength = Math.sqrt(share); // small numbers are to be seen, too
  return [0, 1, 2].map((k) => ground[k] + (end[k] - ground[k]) * strength) as unknown as Colour;
}

/** The colour of a card, as the style has it. */
export function ground(): Colour {
  return isDark() ? [21, 27, 35] : [255, 255, 255];
}

/** A number between low and high as a share of 255. */
export function shade(value: number, low: number, high: number): number {
  return high > low ? (255 * (value - low)) / (high - low) : 128;
}

/** The colour of a share of the largest number, from -1 to 1, over white; no number is white, too. */
export function tint(share: number): Colour {
  const size = Math.min(1, Math.abs(share) || 0);
  const end = share < 0 ? BLUE : ORANGE;
  return [0, 1, 2].map((k) => 255 - (255 - end[k]) * size) as unknown as Colour;
}
