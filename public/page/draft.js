import { pictureURL, textOf } from "./question.js";
import { Tray } from "./tray.js";

/**
 * What is written and not sent.
 *
 * @typedef {{ text: string, pictures: Tray }} Draft
 */

/** @returns {Draft} */
export function noDraft() {
  return { text: "", pictures: new Tray() };
}

/**
 * A question, to be written anew; its lines end as they do in a field.
 *
 * @param {import("./question.js").Content} content
 * @returns {Draft}
 */
export function draftOf(content) {
  const urls = typeof content === "string" ? [] : content.map(pictureURL);
  const text = textOf(content).replace(/\r\n?/g, "\n");
  return { text, pictures: new Tray(urls.filter((url) => url.startsWith("data:"))) };
}

/**
 * @param {Draft} one
 * @param {Draft} other
 */
export function isSame(one, other) {
  const [some, others] = [one.pictures, other.pictures];
  const isAsMany = some.addresses.length === others.addresses.length && !some.isReading && !others.isReading;
  return one.text === other.text && isAsMany && some.addresses.every((url, index) => url === others.addresses[index]);
}

/**
 * One after the other. Their pictures are in the first one's tray from now on.
 *
 * @param {Draft} first
 * @param {Draft} second not used any more
 * @returns {Draft}
 */
export function joined(first, second) {
  const { pictures } = first;
  pictures.take(second.pictures);
  return { text: joinedTexts(first.text, second.text), pictures };
}

/**
 * @param {string} first
 * @param {string} second
 */
export function joinedTexts(first, second) {
  return [first, second].filter((text) => text.trim() !== "").join("\n\n");
}
