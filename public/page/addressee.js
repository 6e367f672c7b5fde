import { onlyUpstream } from "./model-list.js";

/**
 * Where a question goes, and under which of the reader's own keys. With a model and no upstream the server chooses, and
 * nobody here knows whom: the key for the default one stays here then, unless there is no other.
 *
 * @param {{ model: string, upstream: string }} choice empty: the server's
 * @param {(upstream: string) => string | undefined} keyFor the reader's key for an upstream; empty: the default one
 * @param {import("../client/index.js").ModelList} list
 * @returns {{ upstream: string, key: string | undefined } | null} null: the reader has to say which upstream is meant
 */
export function addressee({ model, upstream }, keyFor, list) {
  const key = keyFor(upstream);
  if (model === "" || upstream !== "" || key === undefined) return { upstream, key };
  const only = onlyUpstream(list);
  return only === undefined ? null : { upstream: only, key };
}
