/**
 * What a page's or worker's surroundings tell about the network: it is back, it is gone, somebody looks at the page
 * again. In places without such events it tells nothing.
 */
export class Lifecycle {
  #scope;
  /** @type {(() => void)[]} */
  #undo = [];

  /** @param {any} [scope] the global object */
  constructor(scope = globalThis) {
    this.#scope = scope;
  }

  /** Whether there is no network, as far as the browser knows. */
  get isOffline() {
    return this.#scope.navigator?.onLine === false;
  }

  /**
   * `woke` is told whenever what was silent may be dead: the page is seen again, or comes out of the browser's back-
   * forward cache or from being frozen (iOS drops sockets then, without a close event).
   * @param {{ online: () => void, offline: () => void, woke: () => void }} listener
   */
  start({ online, offline, woke }) {
    const { document } = this.#scope;
    this.#on(this.#scope, "online", online);
    this.#on(this.#scope, "offline", offline);
    this.#on(this.#scope, "pageshow", (event) => {
      if (event.persisted === true) woke(); // any other is that of loading
    });
    this.#on(document, "resume", woke);
    this.#on(document, "visibilitychange", () => {
      if (document.visibilityState === "visible") woke();
    });
  }

  stop() {
    for (const undo of this.#undo.splice(0)) undo();
  }

  /**
   * @param {any} target
   * @param {string} type
   * @param {(event: any) => void} listener
   */
  #on(target, type, listener) {
    if (typeof target?.addEventListener !== "function") return;
    target.addEventListener(type, listener);
    this.#undo.push(() => target.removeEventListener(type, listener));
  }
}
