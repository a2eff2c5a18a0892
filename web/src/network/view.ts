/** A network on an image: feature maps, and the step view of any window in it. */

import { h } from "../dom";
import type { PageData } from "../situation";

export function mountNetwork(root: HTMLElement, _data: PageData): void {
  root.append(h("p", {}, "The network's view."));
}
