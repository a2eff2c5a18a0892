/** The page begins here: it reads its data and opens the view that they are for. */

import * as core from "./core/index";
import { mountNetwork } from "./network/view";
import { Timeline } from "./program";
import type { PageData } from "./situation";
import { mountPage } from "./steps/page";
import "./style.css";

declare global {
  // For tests, and for who wants to compute in the browser's console.
  var convstepLens: { core: typeof core; Timeline: typeof Timeline };
}

globalThis.convstepLens = { core, Timeline };

function begin(): void {
  const root = document.getElementById("root");
  const source = document.getElementById("data");
  if (!root || !source?.textContent) return;
  const data = JSON.parse(source.textContent) as PageData;
  if (data.view === "network") mountNetwork(root, data);
  else mountPage(root, data);
}

if (typeof document !== "undefined") begin();
