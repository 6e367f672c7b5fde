import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { format } from "node:util";
import { autoSocket } from "./kit/auto-server.mjs";
import { settle } from "./kit/world.mjs";
import * as library from "../../public/client/index.js";

const page = readFileSync(new URL("../../docs/client.md", import.meta.url), "utf8");

/** Each block of JavaScript, the heading above it, and the output that stands below it (null: none is shown). */
function examples() {
  const heading = (index) => page.slice(0, index).match(/^## .*$/gm)?.at(-1)?.slice(3) ?? "";
  return [...page.matchAll(/^```js\n(.*?)^```\n(?:```text\n(.*?)^```)?/gms)]
    .map(({ index, 1: code, 2: output = null }) => ({ heading: heading(index), code, output }));
}

/** Runs an example with a server that answers, and what a page has. Returns what it printed, and the page. */
async function run(code) {
  const WebSocket = autoSocket();
  const lines = [];
  const made = [];
  const connect = (url = "ws://here/v1/ws", options = {}) => {
    made.push(library.connect(url, { WebSocket, ...options }));
    return made.at(-1);
  };
  const form = new EventTarget();
  const answer = { textContent: "", append: (text) => (answer.textContent += text) };
  const environment = {
    ...library, connect, WebSocket, console: { log: (...words) => lines.push(format(...words)) },
    document: { querySelector: (name) => (name === "form" ? form : answer) },
    location: { hash: "" }, history: { replaceState() {} }, FormData: class {
      get() {
        return "Why?";
      }
    },
  };
  const body = code.replaceAll(/^import .*;$/gm, "");
  const hasClient = /^const client/m.test(body);
  const setup = hasClient ? "" : "const client = connect();\nconst session = client.session();\n";
  const AsyncFunction = Object.getPrototypeOf(run).constructor;
  await new AsyncFunction(...Object.keys(environment), setup + body)(...Object.values(environment));
  return { lines, form, answer, end: () => made.forEach((client) => client.close()) };
}

for (const { heading, code, output } of examples()) {
  test(`docs/client.md, ${heading}: ${code.trim().split("\n").at(-1)}`, { timeout: 10_000 }, async () => {
    const { lines, end } = await run(code);
    end();
    if (output !== null) assert.equal(`${lines.join("\n")}\n`, output);
  });
}

test("the quick start shows the answer", { timeout: 10_000 }, async () => {
  const { form, answer, end } = await run(examples().find(({ heading }) => heading === "Quick start").code);
  form.dispatchEvent(new Event("submit"));
  while (answer.textContent !== "Because air scatters blue light.") await settle();
  end();
});

test("every example is run, and imports only what the library has", () => {
  assert.ok(examples().length >= 13);
  for (const [, names] of page.matchAll(/^import \{ (.*) \} from "\.\/client\/index\.js";$/gm)) {
    for (const name of names.split(", ")) assert.equal(typeof library[name], "function", name);
  }
});

test("the quick start is a quick one", () => {
  const lines = examples()[0].code.trim().split("\n");
  assert.ok(lines.length <= 20, `${lines.length} lines`);
});
