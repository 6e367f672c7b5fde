import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { asTypeScript } from "./kit/vue-file.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const page = readFileSync(join(here, "../../docs/client.md"), "utf8");
const skip = spawnSync("tsc", ["--version"]).error && "needs tsc";

/** The blocks of docs/client.md in a language. */
function blocks(language) {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, code]) => code);
}

const react = blocks("jsx").join("\n");
const vue = asTypeScript(blocks("vue").join("\n"));

/** What is wrong with an example that was changed so. */
const spoilt = {
  "a name that a hook does not give.jsx": react.replace("retry }", "again }"),
  "a member that a message does not have.jsx": react.replace("message.id", "message.ident"),
  "a name that there is not.jsx": react.replace("onClick={stop}", "onClick={halt}"),
  "a list that there is not.ts": vue.replace("of messages", "of lines"),
  "a name that there is not.ts": vue.replace("(retry)", "(again)"),
  "a member that an error does not have.ts": vue.replace("error.message", "error.words"),
  "a ref taken for its value.ts": vue.replace("send(text.value)", "send(text)"),
};
const examples = { "page.jsx": react, "chat.js": blocks("javascript").join("\n"), "page.ts": vue };

/** What the type checker says of each file, given as name → content. */
function complaints(files) {
  const folder = mkdtempSync(join(tmpdir(), "tributary-docs-"));
  try {
    const client = `"${join(here, "../../public/client")}/`;
    for (const [name, code] of Object.entries(files)) {
      writeFileSync(join(folder, name), code.replaceAll('"./client/', client));
    }
    const compilerOptions = {
      noEmit: true, allowJs: true, checkJs: true, jsx: "preserve", strict: true, noImplicitAny: false, pretty: false,
      target: "es2022", module: "es2022", moduleResolution: "node", lib: ["es2022", "dom"], types: [],
    };
    const stubs = ["react.d.ts", "vue.d.ts"].map((name) => join(here, name));
    const config = { compilerOptions, files: [...Object.keys(files), ...stubs] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const { stdout } = spawnSync("tsc", [], { cwd: folder, encoding: "utf8" });
    const lines = stdout.split("\n").filter((line) => line !== "" && !line.startsWith(" "));
    return (name) => lines.filter((line) => line.startsWith(`${name}(`));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the React and Vue examples in docs/client.md use what there is; a mistake in them is found", { skip }, () => {
  assert.deepEqual(["jsx", "vue", "javascript"].map((language) => blocks(language).length), [2, 1, 1]);
  const about = complaints({ ...examples, ...spoilt });
  for (const name of Object.keys(examples)) assert.deepEqual(about(name), [], name);
  for (const name of Object.keys(spoilt)) assert.notDeepEqual(about(name), [], name);
});

test("a mistake in an example's syntax is found", { skip }, () => {
  assert.notDeepEqual(complaints({ "page.jsx": react.replace("</>", "") })("page.jsx"), []);
});

test("a template whose tags do not match is no example", () => {
  assert.throws(() => asTypeScript("<script setup>\n</script>\n<template>\n<p><b></p></b></template>"), /closes <b>/);
});
