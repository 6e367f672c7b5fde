/** What a link in an answer may lead to. */
const PROTOCOLS = ["http:", "https:", "mailto:"];

/**
 * The address a link may have, in the browser's own spelling; null for what is shown as text instead: any other
 * protocol (whatever its spelling: the browser's parser decides), relative addresses (they would lead into this page's
 * own server), and addresses with a user name, which hide where they lead.
 *
 * @param {string} address as the model wrote it
 * @returns {string | null}
 */
export function linkAddress(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null; // Not absolute, or nonsense.
  }
  if (!PROTOCOLS.includes(url.protocol) || url.username !== "" || url.password !== "") return null;
  return url.href;
}
