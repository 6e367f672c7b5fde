import { connectionOf, clientKey, sharedClient, sharedSession } from "./binding/shared.js";
import { ModelQuery } from "./binding/model-query.js";
import { Speaker } from "./binding/speaker.js";
import { newId } from "./identifier.js";

/**
 * @param {import("./react.js").ReactLike} React the caller's own
 * @returns {import("./react.js").ReactHooks}
 */
export function reactHooks({ useEffect, useMemo, useState, useSyncExternalStore }) {
  /** @type {import("./react.js").ReactHooks["useClient"]} */
  function useClient(url, options = {}) {
    const store = useMemo(() => sharedClient(url, options), [clientKey(url, options)]);
    return useSyncExternalStore(store.subscribe, store.getSnapshot, () => null);
  }

  /** @type {import("./react.js").ReactHooks["useConnection"]} */
  function useConnection(client) {
    const store = useMemo(() => connectionOf(client), [client]);
    return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
  }

  /** @type {(client: import("./index.js").Client | null, id?: string | null) => any} */
  function useSession(client, id) {
    const [own] = useState(newId);
    const store = useMemo(() => sharedSession(client, id === undefined ? own : id), [client, id, own]);
    return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
  }

  /** @type {import("./react.js").ReactHooks["useChat"]} */
  function useChat(session, options = {}) {
    const [speaker, setSpeaker] = useState(() => new Speaker(session));
    // This renders again at once, before anybody sees the old one.
    if (speaker.session !== session) setSpeaker(new Speaker(session));
    useEffect(() => {
      speaker.options = options;
    });
    const view = useSyncExternalStore(speaker.subscribe, speaker.getSnapshot, speaker.getSnapshot);
    const { send, stop, retry } = speaker;
    return useMemo(() => ({ ...view, session, send, stop, retry }), [view, speaker]);
  }

  /** @type {import("./react.js").ReactHooks["useModels"]} */
  function useModels(client, options = {}) {
    const [query, setQuery] = useState(() => new ModelQuery(client, options));
    if (!query.isFor(client, options)) setQuery(new ModelQuery(client, options));
    return useSyncExternalStore(query.subscribe, query.getSnapshot, query.getSnapshot);
  }

  return { useClient, useConnection, useSession, useChat, useModels };
}
