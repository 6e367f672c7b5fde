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
  const absolute = absoluteURL(url, globalThis.document?.baseURI);
  absolute.protocol = absolute.protocol.replace(/^http/, "ws");
  if (!/^wss?:$/.test(absolute.protocol)) {
    throw new TypeError(`A server's address begins with ws:, wss:, http: or https:, not ${absolute.protocol}`);
  }
  absolute.hash = "";
  return absolute.href;
}

/**
 * @param {string | URL} url
 * @param {string} [base] a worker and Node have none
 */
function absoluteURL(url, base) {
  try {
    return new URL(url, base);
  } catch (cause) {
    const reason = base === undefined ? "; there is no page here that it could be beside" : "";
    throw new TypeError(`Say where the server is, as in wss://example.com/v1/ws, not ${url}${reason}.`, { cause });
  }
}
