/** What providers take, and what the page shows of a message. */
export const KINDS = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/** Models look at no more than this of a picture's longer side, in pixels. */
const LONGEST_SIDE = 2048;
/** A picture that is small enough already is sent as it is, in bytes. */
const SMALL = 512 * 1024;
const QUALITY = 0.86;

/**
 * A picture as a `data:` address, sized down where it is larger than models look at.
 *
 * @param {Blob} file
 * @returns {Promise<string>}
 * @throws {Error} with a sentence for the reader
 */
export async function pictureAddress(file) {
  if (!KINDS.includes(file.type)) throw new Error("Only PNG, JPEG, WebP and GIF pictures can be sent.");
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error("This file is not a picture that the browser can read.");
  });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 && file.size <= SMALL) {
    bitmap.close();
    return dataAddress(file);
  }
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("The browser cannot size this picture down.");
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  // What may be seen through stays so; the rest is a photograph, as a rule.
  const type = file.type === "image/jpeg" ? "image/jpeg" : "image/webp";
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, QUALITY));
  if (!(blob instanceof Blob)) throw new Error("The browser cannot size this picture down.");
  return dataAddress(blob);
}

/**
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
function dataAddress(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error("This file cannot be read."));
    reader.readAsDataURL(blob);
  });
}
