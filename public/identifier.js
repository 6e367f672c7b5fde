/** 128 random bits in 22 characters of the protocol's alphabet. Who knows a session's id may read it: it is a secret. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The session named in a URL's fragment (`#s=…`), or null where it names none that the protocol allows. */
export function sessionIn(fragment) {
  const id = new URLSearchParams(fragment.replace(/^#/, "")).get("s");
  return id !== null && /^[A-Za-z0-9._:-]{1,128}$/.test(id) ? id : null;
}

/** The fragment that names a session. */
export function fragmentOf(session) {
  return `#s=${session}`;
}
