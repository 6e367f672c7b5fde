// Whether scripts mean the same without their comments, in the eyes of TypeScript's parser:
// node same_program.cjs FOLDER FILE …   a file is held against the one of its path under FOLDER.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const typescript = require("typescript");

const compilerOptions = { target: "ESNext", module: "ESNext", removeComments: true };

/** The code alone, in one hand. */
function program(text) {
  return typescript.transpileModule(text, { compilerOptions }).outputText.replace(/\n\s*\n/g, "\n");
}

const [, , folder, ...names] = process.argv;
for (const name of names) {
  const before = readFileSync(name, "utf8");
  const after = readFileSync(join(folder, name), "utf8");
  const isSame = program(before) === program(after) && before.split("\n").length === after.split("\n").length;
  const comment = after.match(/^\s*(\/\/|\/\*(?!!)).*/m);
  if (!isSame || comment) {
    console.error(`${name}: ${comment ? `a comment was left: ${comment[0]}` : "not the same program"}`);
    process.exitCode = 1;
  }
}
