import { onlyUpstream } from "./model-list.js";

/**
 * Where a question goes, and under which of the reader's own keys. With a model and no upstream the server chooses, and
 * nobody here knows whom: the key for the default one stays here then, unless there is no other.
 *
 * @param {{ model: string, upstream: string }} choice empty: the server's
 * @param {{ key: (upstream: string) => string | undefined, defaultUpstream: string }} keys `key`: the reader's for an
 *   upstream, empty: the default one; `defaultUpstream`: its name, empty while that is not known
 * @param {import("../client/index.js").ModelList} list
 * @returns {{ upstream: string, key: string | undefined } | null} null: the reader has to say which upstream is meant
 */
export function addressee({ model, upstream }, keys, list) {
  const key = keys.key(upstream);
  if (upstream !== "" || key === undefined) return { upstream, key };
  // By its name, where that is known: the server's configuration may make another the default.
  const { defaultUpstream } = keys;
  if (model === "") return { upstream: defaultUpstream, key };
  // A list that tells of one upstream may be silent about the default one, which has no models.
  return defaultUpstream !== "" && onlyUpstream(list) === defaultUpstream ? { upstream: defaultUpstream, key } : null;
}
