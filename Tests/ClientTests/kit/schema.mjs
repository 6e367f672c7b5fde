import { readFileSync, readdirSync } from "node:fs";

const FOLDER = new URL("../../../docs/schemas/", import.meta.url);
const COMMANDS = new Set(readdirSync(new URL("client/", FOLDER)));
const documents = new Map();

/** A document of docs/schemas by its path there. */
function document(path) {
  if (!documents.has(path)) documents.set(path, JSON.parse(readFileSync(new URL(path, FOLDER), "utf8")));
  return documents.get(path);
}

/** What the schemas of commands find wrong with one; empty where it is right. */
export function commandErrors(command) {
  const name = `client/${command?.type}.json`;
  if (!COMMANDS.has(`${command?.type}.json`)) return [`no command ${command?.type}`];
  return errorsIn(command, document(name), name, command.type);
}

/** As much of JSON Schema as the protocol's schemas use. Anything else in them is an error of this test. */
const KEYWORDS = {
  type: (value, types) => [types].flat().some((type) => isOfType(value, type)),
  const: (value, expected) => value === expected,
  enum: (value, list) => list.includes(value),
  pattern: (value, pattern) => typeof value !== "string" || new RegExp(pattern, "u").test(value),
  minLength: (value, least) => typeof value !== "string" || value.length >= least,
  maxLength: (value, most) => typeof value !== "string" || [...value].length <= most,
  minimum: (value, least) => typeof value !== "number" || value >= least,
  maximum: (value, most) => typeof value !== "number" || value <= most,
  minItems: (value, least) => !Array.isArray(value) || value.length >= least,
  required: (value, names) => !isOfType(value, "object") || names.every((name) => name in value),
};
const IGNORED = new Set(["$schema", "$id", "$defs", "title", "description", "examples", "default"]);

function isOfType(value, type) {
  if (type === "array") return Array.isArray(value);
  if (type === "null") return value === null;
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function errorsIn(value, schema, base, place) {
  if (schema === false) return [`${place} must not be`];
  if (schema === true) return [];
  const inner = (part, at = place, inside = value) => errorsIn(inside, part, base, at);
  const isRight = (part) => inner(part).length === 0;
  return Object.entries(schema).flatMap(([keyword, argument]) => {
    if (IGNORED.has(keyword) || keyword === "then" || keyword === "else") return [];
    if (keyword in KEYWORDS) {
      return KEYWORDS[keyword](value, argument) ? [] : [`${place}: ${keyword} ${JSON.stringify(argument)}`];
    }
    switch (keyword) {
      case "$ref":
        return referred(value, argument, base, place);
      case "allOf":
        return argument.flatMap((part) => inner(part));
      case "anyOf":
        return argument.some(isRight) ? [] : [`${place}: anyOf`];
      case "oneOf":
        return argument.filter(isRight).length === 1 ? [] : [`${place}: oneOf`];
      case "not":
        return isRight(argument) ? [`${place}: not`] : [];
      case "if":
        return inner((isRight(argument) ? schema.then : schema.else) ?? true);
      case "properties":
        if (!isOfType(value, "object")) return [];
        return Object.keys(argument).filter((name) => name in value)
          .flatMap((name) => inner(argument[name], `${place}.${name}`, value[name]));
      case "propertyNames":
        if (!isOfType(value, "object")) return [];
        return Object.keys(value).flatMap((name) => inner(argument, `${place}.${name}`, name));
      case "items":
        return Array.isArray(value) ? value.flatMap((item, index) => inner(argument, `${place}[${index}]`, item)) : [];
      default:
        throw new Error(`the schema at ${place} uses ${keyword}, which this test does not know`);
    }
  });
}

function referred(value, reference, base, place) {
  const [path, pointer = ""] = reference.split("#");
  const target = path === "" ? base : new URL(path, new URL(base, "file:///")).pathname.slice(1);
  const schema = pointer.split("/").filter(Boolean).reduce((part, name) => part[name], document(target));
  return errorsIn(value, schema, target, place);
}
