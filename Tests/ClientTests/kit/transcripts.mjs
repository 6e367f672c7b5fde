import { readFileSync, readdirSync } from "node:fs";

const FOLDER = new URL("../../Fixtures/protocol/", import.meta.url);

/**
 * The golden transcripts: `{name, lines}`, placeholders filled. Tests/Fixtures/protocol/README.md describes the format.
 */
export function goldenTranscripts() {
  return readdirSync(FOLDER).filter((file) => file.endsWith(".jsonl")).sort().map((file) => {
    const lines = readFileSync(new URL(file, FOLDER), "utf8").split("\n").filter(Boolean);
    return {
      name: file.replace(".jsonl", ""), lines: lines.map((line) => JSON.parse(line, (_, value) => filled(value))),
    };
  });
}

/** Times rise with their numbers, since they are numbered as they appear. */
function filled(value) {
  if (typeof value !== "string" || !value.startsWith("$")) return value;
  const [, name, number = "1"] = value.match(/^\$(.*?)(\d*)$/);
  if (name === "at") return 1_767_225_600_000 + Number(number || 1) * 1000;
  if (name === "reconnect_after_ms") return 1500;
  if (name === "features") return ["resume", "merge"];
  return value.slice(1);
}
