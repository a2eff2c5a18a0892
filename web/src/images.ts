/** Pictures of the reader's own, as input. */

import { type Tensor, tensor } from "./core/tensor";

/** The longest side that a picture is brought to. */
const LONGEST = 64;

/** Read a picture, small, in values from 0 to 255; grey, or red, green and blue. */
export async function readImage(file: Blob, channels: 1 | 3): Promise<Tensor> {
  const bitmap = await createImageBitmap(file);
  const factor = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * factor));
  const height = Math.max(1, Math.round(bitmap.height * factor));
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser draws no pictures.");
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const values = [];
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
    if (channels === 3) values.push(r, g, b);
    else values.push(Math.round(0.299 * r + 0.587 * g + 0.114 * b));
  }
  return tensor([1, height, width, channels], values);
}
