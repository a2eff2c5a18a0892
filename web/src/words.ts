/** Numbers and lists in words: the one place that decides how a number looks. */

const MINUS = "−";

/** A number: whole ones as they are, others in few digits. */
export function number(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : `${MINUS}inf`;
  const size = Math.abs(value);
  let text: string;
  if (Number.isInteger(value) && size < 1e6) text = String(size);
  else if (size >= 1e5 || size < 10 ** -digits) text = size.toExponential(digits - 2);
  else text = String(Number(size.toPrecision(Math.max(digits, Math.floor(Math.log10(size)) + 1))));
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** A number in a cell, where there is room for five or six letters: the whole one is told beside it. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || (Number.isInteger(value) && size < 1e5)) return number(value);
  const rounded = size >= 1e5 || size < 0.005 ? size.toExponential(0) : String(Number(size.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)));
  return (value < 0 ? MINUS : "") + rounded.replace("e+", "e").replace("e-", `e${MINUS}`);
}

/** A number to six digits, for sums that are written out. */
export function exact(value: number): string {
  return number(value, 6);
}

/** A factor or a summand: negative ones in brackets. */
export function bracketed(value: number, digits = 3): string {
  const text = number(value, digits);
  return text.startsWith(MINUS) ? `(${text})` : text;
}

/** "1 row", "3 rows". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** "1 product adds", "3 products add". */
export function adds(n: number, one: string): string {
  return `${count(n, one)} ${n === 1 ? "adds" : "add"}`;
}

/** (1, 5, 5, 2), as Python writes a shape. */
export function shape(sizes: readonly number[]): string {
  return sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`;
}
