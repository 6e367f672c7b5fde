import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../public/", import.meta.url);
const html = readFileSync(new URL("index.html", root), "utf8");
const IMPORT = /^(?:import|export)[^"';]*?from\s*"(\.[^"]+)"|^import\s*"(\.[^"]+)"/gm;

/** The modules that `entry` needs before it runs, itself included, as paths from `public/`. */
function graphOf(entry) {
  const found = new Set();
  const visit = (url) => {
    if (found.has(url.href)) return;
    found.add(url.href);
    const source = readFileSync(url, "utf8");
    for (const [, from, bare] of source.matchAll(IMPORT)) visit(new URL(from ?? bare, url));
  };
  visit(new URL(entry, root));
  return [...found].map((href) => href.slice(root.href.length));
}

test("the page preloads exactly the modules that it needs to start", () => {
  const preloaded = [...html.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, href]) => href);
  assert.deepEqual(preloaded.toSorted(), graphOf("page/app.js").filter((path) => path !== "page/app.js").toSorted());
});

test("nothing in the page's HTML needs an exception from its Content-Security-Policy", () => {
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)/, "an inline script");
  assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=/, "an inline style or handler");
  assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//, "a file of another host");
});

test("every element that a module asks for is in the page, once", () => {
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  const modules = readdirSync(new URL("page/", root)).filter((name) => name.endsWith(".js"));
  const asked = modules.flatMap((name) =>
    [...readFileSync(new URL(`page/${name}`, root), "utf8").matchAll(/byId\("([^"]+)"/g)].map(([, id]) => id));
  assert.ok(asked.length > 20);
  for (const id of asked) assert.ok(ids.includes(id), id);
  for (const [, name] of html.matchAll(/href="#(icon-[a-z]+)"/g)) assert.ok(ids.includes(name), name);
});

test("no module of the page takes markup from a string", () => {
  const modules = readdirSync(new URL("page/", root)).filter((name) => name.endsWith(".js"));
  for (const name of modules) {
    const source = readFileSync(new URL(`page/${name}`, root), "utf8");
    assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/, name);
  }
});

test("the types of the page's modules hold", { skip: spawnSync("tsc", ["--version"]).error && "needs tsc" }, () => {
  try {
    execFileSync("tsc", ["--project", new URL("page/", root).pathname], { encoding: "utf8" });
  } catch (error) {
    assert.fail(error.stdout);
  }
});
