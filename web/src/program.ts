/**
 * Which line of `convstep.loops` is executed at which time.
 *
 * Python reads the definition and hands over a tree of lines and loops. Time counts executed lines;
 * what happened by a time follows from the sizes of the loops alone: nothing is run to find it.
 */

export interface Node {
  /** Missing for loops that the page adds to a function that has none. */
  line?: number;
  sets?: string[];
  loop?: string;
  over?: string;
  call?: string;
  nan?: number;
  body?: Node[];
}

export interface Program {
  function: string;
  listings: Record<string, [number: number, text: string][]>;
  body: Node[];
}

/** The sizes that loops go over, by the names they have in the code: m, n_H, n_W, n_C, ... */
export type Sizes = Record<string, number>;

export interface Place {
  line: number;
  /** The line is another one where the window holds a NaN. */
  nan?: number;
  /** The lines that have called the function in which this one stands. */
  callers: number[];
  /** The counters of the loops around it. */
  counters: Record<string, number>;
  /** The names that have values, in the order in which they got them; last what this line set. */
  known: string[];
  sets: string[];
  call?: string;
}

export class Timeline {
  readonly length: number;
  private readonly lengths = new Map<Node, number>();

  constructor(readonly program: Program, readonly sizes: Sizes) {
    this.length = this.sum(program.body);
  }

  /** What is executed at time `t`, from 0 to length - 1. */
  at(t: number): Place {
    const place: Place = { line: 0, callers: [], counters: {}, known: [], sets: [] };
    this.descend(this.program.body, t, place);
    return place;
  }

  /** How often the last line that sets `name` inside the innermost loop is done at time `t`. */
  done(name: string, t: number): number {
    const node = this.innermost.filter((one) => one.sets?.includes(name)).pop();
    return node ? this.executed(this.program.body, node, t + 1) : 0;
  }

  /** When the last line for output cell `n`, in the order of the loops, is executed. */
  endOf(n: number): number {
    const last = this.innermost[this.innermost.length - 1];
    let low = 0;
    let high = this.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.executed(this.program.body, last, middle + 1) > n) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** How many output cells are done at time `t`. */
  cells(t: number): number {
    const last = this.innermost[this.innermost.length - 1];
    return this.executed(this.program.body, last, t + 1);
  }

  /** The lines of the innermost loop. */
  private get innermost(): Node[] {
    let body = this.program.body;
    for (;;) {
      const loop = body.find((node) => node.loop !== undefined);
      if (!loop) return body;
      body = loop.body!;
    }
  }

  private sum(nodes: Node[]): number {
    return nodes.reduce((total, node) => total + this.duration(node), 0);
  }

  private duration(node: Node): number {
    let found = this.lengths.get(node);
    if (found === undefined) {
      found = node.loop === undefined ? this.sum(node.body ?? []) + 1 : this.turns(node) * this.turn(node);
      this.lengths.set(node, found);
    }
    return found;
  }

  private turns(loop: Node): number {
    return this.sizes[loop.over!];
  }

  /** How long a loop goes round once: its own line, where it has one, and its body. */
  private turn(loop: Node): number {
    return this.sum(loop.body!) + (loop.line === undefined ? 0 : 1);
  }

  private descend(nodes: Node[], t: number, place: Place): void {
    for (const node of nodes) {
      const length = this.duration(node);
      if (t >= length) {
        t -= length;
        learn(place, node);
        continue;
      }
      if (node.loop !== undefined) this.intoLoop(node, t, place);
      else if (node.body && t < length - 1) this.intoCall(node, t, place);
      else {
        learn(place, node);
        place.line = node.line!;
        place.sets = node.sets ?? [];
        if (node.nan !== undefined) place.nan = node.nan;
        if (node.call !== undefined) place.call = node.call;
      }
      return;
    }
  }

  private intoLoop(loop: Node, t: number, place: Place): void {
    const turn = this.turn(loop);
    place.counters[loop.loop!] = Math.floor(t / turn);
    place.known.push(loop.loop!);
    let within = t % turn;
    if (loop.line !== undefined) {
      if (within === 0) {
        place.line = loop.line;
        place.sets = [loop.loop!]; // what the last turn has set is not what this one will
        return;
      }
      within -= 1;
    }
    this.descend(loop.body!, within, place);
  }

  /** Names that a called function sets are its own: they are shown while it runs. */
  private intoCall(node: Node, t: number, place: Place): void {
    place.callers.push(node.line!);
    place.call = node.call!;
    this.descend(node.body!, t, place);
  }

  private executed(nodes: Node[], wanted: Node, lines: number): number {
    let total = 0;
    for (const node of nodes) {
      if (lines <= 0) break;
      const length = this.duration(node);
      const given = Math.min(lines, length);
      lines -= length;
      if (node === wanted) total += given === length ? 1 : 0;
      else if (node.loop !== undefined && this.holds(node, wanted)) total += this.inLoop(node, wanted, given);
    }
    return total;
  }

  private inLoop(loop: Node, wanted: Node, lines: number): number {
    const turn = this.turn(loop);
    const whole = Math.floor(lines / turn);
    const perTurn = whole > 0 ? this.executed(loop.body!, wanted, turn) : 0;
    const rest = (lines % turn) - (loop.line === undefined ? 0 : 1);
    return whole * perTurn + (rest > 0 ? this.executed(loop.body!, wanted, rest) : 0);
  }

  private holds(node: Node, wanted: Node): boolean {
    return node === wanted || (node.body?.some((one) => this.holds(one, wanted)) ?? false);
  }
}

/** Note the names that a node has given values to, loops and what is in them included. */
function learn(place: Place, node: Node): void {
  if (node.loop !== undefined) {
    place.known.push(node.loop);
    node.body!.forEach((one) => learn(place, one));
  }
  for (const name of node.sets ?? []) if (!place.known.includes(name)) place.known.push(name);
}
