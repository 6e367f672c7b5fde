/**
 * @typedef {import("../client/index.js").Client} Client
 * @typedef {import("../client/index.js").ModelList} ModelList
 * @typedef {import("../client/index.js").TributaryError} TributaryError
 */

/** @type {ModelList} */
const NOTHING = { models: [], failed: [] };

/**
 * The models of all upstreams; of the one that was chosen as the reader's own key for it shows them. Where that fails
 * for the default one and nobody knows its name, the failure names none.
 *
 * @param {Pick<Client, "models" | "checkKey" | "features">} client
 * @param {string} upstream that was chosen; empty: the default one
 * @param {{ key: (upstream: string) => string | undefined, defaultUpstream: string }} keys is told the name of the
 *   default upstream, when the server tells it
 * @returns {Promise<ModelList>}
 */
export async function ownModels(client, upstream, keys) {
  const key = keys.key(upstream);
  if (key === undefined) return client.models();
  const known = upstream || keys.defaultUpstream;
  const [list, own] = await Promise.all([
    client.models().catch(() => NOTHING), // As a whole it fails where there is one upstream: the key's answer counts.
    client.models({ ...(known && { upstream: known }), key }).catch(failedList),
  ]);
  const name = known || (own.models[0]?.upstream ?? await defaultUpstream(client, key));
  if (known === "" && name !== "") keys.defaultUpstream = name;
  const failed = own.failed.map((failure) => ({ ...failure, upstream: name }));
  return {
    models: failed.length > 0 ? list.models : [...list.models.filter((model) => model.upstream !== name), ...own.models],
    failed: [...list.failed.filter((failure) => failure.upstream !== name), ...failed],
  };
}

/**
 * With a key, the one upstream's failure is the answer.
 *
 * @param {TributaryError} error
 * @returns {ModelList}
 */
function failedList({ code, message }) {
  return { models: [], failed: [{ upstream: "", code, message }] };
}

/**
 * The default upstream's name: the answer about a key has it, also where the key is refused. Empty: not even that.
 *
 * @param {Pick<Client, "checkKey" | "features">} client
 * @param {string} key
 */
async function defaultUpstream(client, key) {
  if (!client.features.includes("key_check")) return "";
  return client.checkKey(key).then(({ upstream }) => upstream, () => ""); // Its list has failed, which is told.
}
