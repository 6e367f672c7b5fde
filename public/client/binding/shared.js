import { connect } from "../index.js";
import { Tenancy } from "./tenancy.js";

/**
 * @typedef {import("../index.js").Client} Client
 * @typedef {import("../index.js").Session} Session
 * @typedef {import("../index.js").ConnectOptions} ConnectOptions
 */

/**
 * @template Shown
 * @typedef {object} Store what frameworks can look at: neither member needs its `this`
 * @property {(listener: () => void) => () => void} subscribe
 * @property {() => Shown} getSnapshot the same until `listener` is called
 */

/** @type {Store<null>} */
const nothing = { subscribe: () => () => {}, getSnapshot: () => null };

/**
 * Whether this tab waits for an answer: what it asked has to reach the server, and so has its wish to stop that.
 * @param {Session} session
 */
const isAsking = (session) => session.requests.some((request) => request.isOurs);

/**
 * Clients by address and token.
 * @type {Tenancy<string, Client>}
 */
const clients = new Tenancy((client) => client.sessions.some(isAsking), (client) => client.close());

/**
 * Sessions by client and id, with whether they were made for components.
 * @type {WeakMap<Client, Tenancy<string, { session: Session, isOurs: boolean }>>}
 */
const sessions = new WeakMap();

/**
 * A client for all components that name the same address and token.
 * @param {string | URL | undefined} url
 * @param {ConnectOptions} options those of the first who asks count
 * @returns {Store<Client>}
 */
export function sharedClient(url, options) {
  const key = clientKey(url, options);
  const make = () => connect(url, options);
  return { subscribe: () => clients.hold(key, make), getSnapshot: () => clients.get(key, make) };
}

/**
 * What tells clients apart. Functions that fetch a token count as the same one.
 * @param {string | URL | undefined} url
 * @param {ConnectOptions} options
 */
export function clientKey(url, { token }) {
  return JSON.stringify([url === undefined ? null : String(url), typeof token === "string" ? token : null]);
}

/**
 * A session for all components that name the same client and id. One that was there before any of them is not left.
 * @param {Client | null} client
 * @param {string | null} id
 * @returns {Store<Session | null>}
 */
export function sharedSession(client, id) {
  if (client === null || id === null) return nothing;
  const tenancy = sessionsOf(client);
  const make = () => {
    const isOurs = !client.sessions.some((session) => session.id === id);
    return { session: client.session(id), isOurs };
  };
  return { subscribe: () => tenancy.hold(id, make), getSnapshot: () => tenancy.get(id, make).session };
}

/** @param {Client} client */
function sessionsOf(client) {
  let tenancy = sessions.get(client);
  if (tenancy === undefined) {
    tenancy = new Tenancy(({ session }) => isAsking(session), ({ session, isOurs }) => {
      if (isOurs) session.leave();
    });
    sessions.set(client, tenancy);
  }
  return tenancy;
}

/** @type {import("../index.js").ConnectionState} */
const unconnected = Object.freeze({ name: "connecting", attempt: 1 });

/**
 * A client's state.
 * @param {Client | null} client
 * @returns {Store<import("../index.js").ConnectionState>}
 */
export function connectionOf(client) {
  if (client === null) return { ...nothing, getSnapshot: () => unconnected };
  return { subscribe: (listener) => client.on("state", () => listener()), getSnapshot: () => client.state };
}
