import { isId } from "./client/index.js";

/** The session named in a URL's fragment (`#s=…`), or null where it names none that the protocol allows. */
export function sessionIn(fragment) {
  const id = new URLSearchParams(fragment.replace(/^#/, "")).get("s");
  return isId(id) ? id : null;
}

/** The fragment that names a session. */
export function fragmentOf(session) {
  return `#s=${session}`;
}
