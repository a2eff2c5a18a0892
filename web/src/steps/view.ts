/** The step view: one operation, step by step. It can be opened anywhere. */

import { h } from "../dom";
import type { Program } from "../program";
import type { Operation, Situation } from "../situation";

export interface StepsOptions {
  code: Record<Operation, Program>;
}

export interface StepsView {
  /** Takes it off the page and stops what plays. */
  close(): void;
}

export function mountSteps(root: HTMLElement, situation: Situation, _options: StepsOptions): StepsView {
  const element = h("section", {}, situation.operation);
  root.append(element);
  return { close: () => element.remove() };
}
