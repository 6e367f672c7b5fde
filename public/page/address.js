/**
 * The session in the page's address: `#ID`. Whoever has the address has the conversation, and no server sees the
 * fragment.
 */

/** What the protocol allows as an id. */
const ID = /^[A-Za-z0-9._:-]{1,128}$/;

/**
 * The session that a fragment names, also in the older form `#s=ID`, or null.
 *
 * @param {string} fragment
 */
export function sessionIn(fragment) {
  const id = fragment.replace(/^#/, "").replace(/^s=/, "");
  return ID.test(id) ? id : null;
}

/** @param {string} session */
export function fragmentOf(session) {
  return `#${session}`;
}
