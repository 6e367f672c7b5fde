import { Client } from "./client.js";

export { TributaryError } from "./errors.js";
export { isId, newId } from "./identifier.js";

/**
 * @param {string | URL} [url]
 * @param {import("./index.js").ConnectOptions} [options]
 * @returns {import("./index.js").Client}
 */
export function connect(url = "v1/ws", options = {}) {
  return new Client(socketURL(url), options);
}

/**
 * `url`, relative to the page; `http:` becomes `ws:`, `https:` becomes `wss:`.
 * @param {string | URL} url
 */
function socketURL(url) {
  const base = globalThis.document?.baseURI;
  const absolute = new URL(url, base);
  absolute.protocol = absolute.protocol.replace(/^http/, "ws");
  if (!/^wss?:$/.test(absolute.protocol)) {
    throw new TypeError(`A server's address begins with ws:, wss:, http: or https:, not ${absolute.protocol}`);
  }
  absolute.hash = "";
  return absolute.href;
}
