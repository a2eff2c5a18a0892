/** zero_pad: where each cell of the padded input comes from. */

import { largestOf } from "../core/tensor";
import { count, number } from "../words";
import { type Look, Mark, type Moment, type Panel, type SceneMaker, pagerOf, plane, shownPlanes } from "./scene";
import { Stage } from "./stage";
import type { Situation } from "../situation";
import { comparison } from "./theirs";

export const paddingScene: SceneMaker = (s, moment, look) => {
  const stage = new Stage(s);
  const padded = paddedPanel(stage, moment, look);
  const before = inputPanel(stage, moment, look);
  return {
    rows: [...comparison(s, padded), { caption: "", panels: [before, padded] }],
    sums: [],
    sentence: sentence(stage, moment),
  };
};

function inputPanel(stage: Stage, moment: Moment, look: Look): Panel {
  const { s } = stage;
  const [, height, width, channels] = s.A_prev.shape;
  const [i, h, w, c] = moment.cell ?? [0, -1, -1, -1];
  const { pointed } = look;
  const planes = shownPlanes(channels, look.firstChannel ?? 0);
  return {
    id: "A_prev",
    title: `X[${i}]`,
    hint: "the image",
    kind: "input",
    numbered: true,
    scale: largestOf(s.A_prev.data),
    planes: planes.map((channel, k) =>
      plane(`channel ${channel}`, [height, width], (row, column) => {
        const [y, x] = [row + stage.rows.before, column + stage.columns.before];
        const isSource = h === y && w === x && c === channel;
        const isPointed = pointed?.panel === "output" && pointed.plane === k && pointed.row === y && pointed.column === x;
        return {
          value: stage.input(i, y, x, channel),
          marks: (isSource ? Mark.current : 0) | (isPointed ? Mark.hover : 0),
        };
      }, around(h - stage.rows.before, w - stage.columns.before)),
    ),
    ...pagerOf(planes, channels),
    source: (k, row, column) => ({
      name: "A_prev",
      at: stage.inputAt(i, row + stage.rows.before, column + stage.columns.before, planes[k]),
    }),
    target: (k, row, column) => [i, row + stage.rows.before, column + stage.columns.before, planes[k]],
  };
}

function paddedPanel(stage: Stage, moment: Moment, look: Look): Panel {
  const { s } = stage;
  const channels = s.A_prev.shape[3];
  const [i, h, w, c] = moment.cell ?? [0, -1, -1, -1];
  const { pointed } = look;
  const planes = shownPlanes(channels, look.firstChannel ?? 0);
  return {
    id: "output",
    title: `X_pad[${i}]`,
    hint: "with zeros around it",
    kind: "output",
    sign: "→",
    numbered: true,
    scale: largestOf(s.A_prev.data),
    planes: planes.map((channel, k) =>
      plane(`channel ${channel}`, stage.padded, (row, column) => {
        const waiting = stage.order([i, row, column, channel]) >= moment.cells;
        const isPointed =
          pointed?.panel === "A_prev" && pointed.plane === k &&
          pointed.row === row - stage.rows.before && pointed.column === column - stage.columns.before;
        return {
          value: stage.input(i, row, column, channel),
          marks:
            (waiting ? Mark.waiting : 0) |
            (stage.isPadding(row, column) ? Mark.padding : 0) |
            (row === h && column === w && channel === c ? Mark.current : 0) |
            (isPointed ? Mark.hover : 0),
        };
      }, around(h, w)),
    ),
    ...pagerOf(planes, channels),
    target: (k, row, column) => [i, row, column, planes[k]],
    result: { name: "X_pad", at: (k, row, column) => stage.order([i, row, column, planes[k]]) },
  };
}

function around(row: number, column: number): readonly [readonly [number, number], readonly [number, number]] {
  return [[Math.max(0, row), Math.max(0, row) + 1], [Math.max(0, column), Math.max(0, column) + 1]];
}

function sentence(stage: Stage, moment: Moment): string {
  const { s } = stage;
  if (!moment.cell) return "Every cell of the padded image is done.";
  const [i, h, w, c] = moment.cell;
  const place = `X_pad[${i}, ${h}, ${w}, ${c}]`;
  if (stage.isPadding(h, w)) return `${place} lies in the padding: it is 0.`;
  const from = `X[${i}, ${h - stage.rows.before}, ${w - stage.columns.before}, ${c}]`;
  return `${place} is ${from}, ${number(stage.input(i, h, w, c))}: ${offset(s)}.`;
}

function offset(s: Situation): string {
  const [top, , left] = s.geometry.padding;
  if (top === 0 && left === 0) return "without padding nothing moves";
  return `${count(top, "row")} lower and ${count(left, "column")} further right than without padding`;
}
