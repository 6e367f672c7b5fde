import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ownModels } from "../../public/page/own-models.js";

const models = [{ id: "gpt-5", upstream: "openai" }, { id: "claude-9", upstream: "own" }];
const refused = Object.assign(new Error("Refused."), { code: "invalid_key" });

let asked;
let keys;
beforeEach(() => {
  asked = [];
  keys = { defaultUpstream: "", key: () => "sk-1" };
});

/** A client whose upstreams answer a key with `own`, and the question about it with `check`. */
function clientOf(own, check, features = ["key_check"]) {
  return {
    features,
    models: async (options) => {
      asked.push(options);
      return options === undefined ? { models, failed: [] } : own();
    },
    checkKey: async (key) => {
      asked.push({ check: key });
      return check();
    },
  };
}

const fails = () => {
  throw refused;
};

test("without a key it is the list of all", async () => {
  keys.key = () => undefined;
  assert.deepEqual(await ownModels(clientOf(fails, fails), "", keys), { models, failed: [] });
  assert.deepEqual(asked, [undefined]);
});

test("the list of the upstream that was chosen is the key's", async () => {
  const own = { models: [{ id: "claude-10", upstream: "own" }], failed: [] };
  const list = await ownModels(clientOf(() => own, fails), "own", keys);
  assert.deepEqual(list, { models: [models[0], own.models[0]], failed: [] });
  assert.deepEqual(asked, [undefined, { upstream: "own", key: "sk-1" }]);
  assert.equal(keys.defaultUpstream, "");
});

test("a list that came by a key for the default upstream tells its name", async () => {
  const own = { models: [{ id: "gpt-6", upstream: "openai" }], failed: [] };
  assert.deepEqual((await ownModels(clientOf(() => own, fails), "", keys)).models, [models[1], own.models[0]]);
  assert.deepEqual(asked, [undefined, { key: "sk-1" }]);
  assert.equal(keys.defaultUpstream, "openai");
  await ownModels(clientOf(() => own, fails), "", keys);
  assert.deepEqual(asked.at(-1), { upstream: "openai", key: "sk-1" }, "by its name from now on");
});

test("a key that is refused leaves the others' models where they are, and the default's name is told all the same", async () => {
  const check = () => ({ valid: false, upstream: "openai" });
  const list = await ownModels(clientOf(fails, check), "", keys);
  assert.deepEqual(list, { models, failed: [{ upstream: "openai", code: "invalid_key", message: "Refused." }] });
  assert.equal(keys.defaultUpstream, "openai");
});

test("where nothing is listed without a key, the key's list is the list", async () => {
  const own = { models: [{ id: "gpt-6", upstream: "openai" }], failed: [] };
  const client = clientOf(() => own, fails);
  const { models: ask } = client;
  client.models = (options) => (options === undefined ? Promise.reject(refused) : ask(options));
  assert.deepEqual(await ownModels(client, "", keys), own);
});

test("nobody guesses what the default upstream is called", async () => {
  for (const client of [clientOf(fails, fails), clientOf(fails, fails, [])]) {
    const { failed } = await ownModels(client, "", keys);
    assert.deepEqual(failed.map(({ upstream }) => upstream), [""]);
    assert.equal(keys.defaultUpstream, "");
  }
});
