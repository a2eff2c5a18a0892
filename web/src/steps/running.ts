/** Running totals: sums that grow from output cell to output cell, as they stand after so many. */

import { type Tensor, zeros } from "../core/tensor";

/** So many states before the last one are kept, and no more numbers than these (32 MB). */
const MOST_KEPT = 64;
const MOST_NUMBERS = 4e6;

/** The last two states are kept, and some before them: a step forward costs one cell, a step back few. */
export class Running {
  private done = 0;
  private readonly now: Tensor;
  private readonly before: Tensor; // as they were before the last cell
  private doneBefore = 0;
  private readonly kept: Float64Array[];
  private readonly apart: number;

  /** `add` adds what output cell number `order` brings. */
  constructor(
    shape: readonly number[], cells: number, private readonly add: (sums: Tensor, order: number) => void,
  ) {
    this.now = zeros(shape);
    this.before = zeros(shape);
    this.kept = [zeros(shape).data];
    const states = Math.max(1, Math.min(MOST_KEPT, Math.floor(MOST_NUMBERS / this.now.data.length)));
    this.apart = Math.max(1, Math.ceil(cells / states));
  }

  /** The sums after so many cells; to be read before the next call. */
  at(done: number): Tensor {
    if (done === this.done) return this.now;
    if (done === this.doneBefore) return this.before;
    if (done < this.done) {
      const state = Math.floor(done / this.apart);
      this.now.data.set(this.kept[state]);
      this.done = state * this.apart;
    }
    while (this.done < done) {
      if (this.done === done - 1) {
        this.before.data.set(this.now.data);
        this.doneBefore = this.done;
      }
      this.add(this.now, this.done++);
      if (this.done === this.kept.length * this.apart) this.kept.push(this.now.data.slice());
    }
    return this.now;
  }
}

/** Running totals of each example by itself: `add` is given its output cells alone. */
export class RunningByExample {
  private readonly examples = new Map<number, Running>();

  constructor(
    private readonly shape: readonly number[], private readonly cells: number,
    private readonly add: (sums: Tensor, order: number) => void,
  ) {}

  /** Example i's sums after so many cells of all, shape (1, ...). */
  at(i: number, done: number): Tensor {
    const each = this.cells / this.shape[0];
    const first = i * each;
    let found = this.examples.get(i);
    if (!found) {
      found = new Running([1, ...this.shape.slice(1)], each, (sums, order) => this.add(sums, first + order));
      this.examples.set(i, found);
    }
    return found.at(Math.max(0, Math.min(each, done - first)));
  }
}

/** A function of an object that is called once for each. */
export function remembered<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = make(key)));
    return found;
  };
}
