/** Arrays of numbers with a shape, in C order, as NumPy has them. */

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** How an array stands in the page's JSON: base64 of its little-endian numbers. */
export interface Packed {
  shape: number[];
  dtype: "float32" | "float64";
  data: string;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

export function zeros(shape: readonly number[]): Tensor {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

/** What stands where an operation has no such array. */
export const NOTHING: Tensor = { shape: [0, 0, 0, 0], data: new Float64Array(0) };

export function tensor(shape: readonly number[], values: ArrayLike<number>): Tensor {
  if (values.length !== sizeOf(shape)) {
    throw new Error(`tensor: values must have ${sizeOf(shape)} numbers; got ${values.length}`);
  }
  return { shape, data: Float64Array.from(values) };
}

/** Where the number at an index of four axes lies. */
export function at4(t: Tensor, i: number, h: number, w: number, c: number): number {
  const s = t.shape;
  return ((i * s[1] + h) * s[2] + w) * s[3] + c;
}

export function unpack(packed: Packed): Tensor {
  const bytes = Uint8Array.from(atob(packed.data), (letter) => letter.charCodeAt(0));
  const numbers =
    packed.dtype === "float32" ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer);
  return tensor(packed.shape, numbers);
}

/** The largest size of an array's finite numbers. */
export function largestOf(numbers: ArrayLike<number>): number {
  let most = 0;
  for (let k = 0; k < numbers.length; k++) {
    const size = Math.abs(numbers[k]);
    if (Number.isFinite(size) && size > most) most = size;
  }
  return most;
}
