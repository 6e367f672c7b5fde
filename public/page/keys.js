/** What browsers give as the code of a key that an input method has taken. */
const TAKEN = 229;

/**
 * Whether a key belongs to an input method, which writes a word with it. Safari says of the Enter that takes the word
 * that nothing is composed any more, and only the old code tells.
 *
 * @param {Pick<KeyboardEvent, "isComposing" | "keyCode">} event
 */
export function isComposing({ isComposing, keyCode }) {
  return isComposing || keyCode === TAKEN;
}
