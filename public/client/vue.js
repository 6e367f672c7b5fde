import { connectionOf, sharedClient, sharedSession } from "./binding/shared.js";
import { ModelQuery } from "./binding/model-query.js";
import { Speaker } from "./binding/speaker.js";
import { newId } from "./identifier.js";

/**
 * @template Shown
 * @typedef {import("./binding/shared.js").Store<Shown>} Store
 */

/**
 * @param {import("./vue.js").VueLike} Vue the caller's own
 * @returns {import("./vue.js").VueComposables}
 */
export function vueComposables(Vue) {
  const { computed, getCurrentInstance, markRaw, onMounted, onScopeDispose, shallowRef, unref, watch } = Vue;

  /**
   * The value of a plain value, a ref or a getter.
   * @param {any} source
   */
  const read = (source) => (typeof source === "function" ? source() : unref(source));

  /**
   * Shows a store: the one that `pick` makes of the sources' values, anew whenever these change. A component shows it
   * from when it is mounted on, so that a server that renders connects nothing; then it has another scope's life.
   * @param {any[]} sources
   * @param {(...values: any[]) => Store<any>} pick
   */
  function show(sources, pick) {
    const shown = shallowRef(/** @type {any} */ (null));
    let stop = () => {};
    const begin = () => {
      const getters = sources.map((source) => () => read(source));
      watch(getters, (values) => {
        const before = stop;
        const store = pick(...values);
        const update = () => void (shown.value = store.getSnapshot());
        stop = store.subscribe(update);
        update();
        before();
      }, { immediate: true, flush: "sync" });
    };
    if (getCurrentInstance() === null) begin();
    else onMounted(begin);
    onScopeDispose(() => stop());
    return shown;
  }

  /** @type {import("./vue.js").VueComposables["useClient"]} */
  function useClient(url, options = {}) {
    return show([url, () => tokenOf(read(options))], (url) => raw(sharedClient(url, read(options))));
  }

  /** @type {import("./vue.js").VueComposables["useConnection"]} */
  function useConnection(client) {
    const shown = show([client], connectionOf);
    const none = connectionOf(null).getSnapshot();
    return computed(() => shown.value ?? none);
  }

  /** @type {import("./vue.js").VueComposables["useSession"]} */
  function useSession(client, id) {
    const own = newId();
    return show([client, () => read(id)], (client, id) => raw(sharedSession(client, id === undefined ? own : id)));
  }

  /** @type {import("./vue.js").VueComposables["useChat"]} */
  function useChat(session, options = {}) {
    let speaker = new Speaker(null);
    const none = speaker.getSnapshot();
    const newest = () => ({ ...read(options) });
    const shown = show([session], (session) => {
      speaker = new Speaker(session);
      speaker.options = newest();
      return speaker;
    });
    watch(newest, (options) => void (speaker.options = options), { flush: "sync" });
    /** @type {(name: keyof import("./binding/speaker.js").View) => any} */
    const part = (name) => computed(() => (shown.value ?? none)[name]);
    return {
      turns: part("turns"), messages: part("messages"), requests: part("requests"), isRunning: part("isRunning"),
      error: part("error"), tabs: part("tabs"), isJoined: part("isJoined"), truncated: part("truncated"),
      state: part("state"),
      send: (input, options) => speaker.send(input, options),
      stop: () => speaker.stop(),
      retry: () => speaker.retry(),
    };
  }

  /** @type {import("./vue.js").VueComposables["useModels"]} */
  function useModels(client, options = {}) {
    const none = new ModelQuery(null, {}).getSnapshot();
    const upstreamAndKey = [() => read(options).upstream, () => read(options).key];
    const shown = show([client, ...upstreamAndKey], (client, upstream, key) => {
      return new ModelQuery(client, { upstream, key });
    });
    /** @type {(name: keyof import("./react.js").Models) => any} */
    const part = (name) => computed(() => (shown.value ?? none)[name]);
    return {
      models: part("models"), failed: part("failed"), isLoading: part("isLoading"), error: part("error"),
      reload: () => (shown.value ?? none).reload(),
    };
  }

  /**
   * Of objects with private fields, which Vue's proxies cannot stand before.
   * @param {Store<any>} store
   * @returns {Store<any>}
   */
  function raw({ subscribe, getSnapshot }) {
    return {
      subscribe,
      getSnapshot: () => {
        const shown = getSnapshot();
        return shown && markRaw(shown);
      },
    };
  }

  return { useClient, useConnection, useSession, useChat, useModels };
}

/**
 * Another token is another client; a function that fetches one always is the same.
 * @param {import("./index.js").ConnectOptions} options
 */
function tokenOf({ token }) {
  return typeof token === "string" ? token : undefined;
}
