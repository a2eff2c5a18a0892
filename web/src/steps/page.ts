/** The page of steps: tabs, and below them the step view of the open one. */

import { h } from "../dom";
import { type PageData, type PackedSituation, unpackSituation } from "../situation";
import { mountSteps } from "./view";

export function mountPage(root: HTMLElement, data: PageData): void {
  const place = h("div");
  root.append(place);
  const opened: PackedSituation | undefined = data.situation;
  if (opened) mountSteps(place, unpackSituation(opened), { code: data.code });
}
