/**
 * TypeScript that uses what a single-file component uses: its script, and after it each expression of its template,
 * where refs stand for their values. As much of Vue's syntax as the examples need; any other is an error.
 */
export function asTypeScript(component) {
  const script = component.match(/<script setup>\n(.*?)<\/script>/s)[1];
  const template = component.match(/<template>\n(.*)<\/template>/s)[1];
  const names = declaredIn(script).join(", ");
  return `${script}
declare function defineProps(names: string[]): any;
type Unwrapped<Bindings> = {
  [Name in keyof Bindings]: Bindings[Name] extends { value: infer Value } ? Value : Bindings[Name];
};
const bindings = { ${names} };
export function template({ ${names} }: Unwrapped<typeof bindings>) {
${statements(template).join("\n")}
}
`;
}

/** The names that a script's top level declares or imports. */
function declaredIn(script) {
  const lists = script.matchAll(/^(?:const|import) \{ (.*) \} (?:=|from)/gm);
  const single = script.matchAll(/^(?:const|let|function) (\w+)/gm);
  return [...[...lists].flatMap(([, names]) => names.split(", ")), ...[...single].map(([, name]) => name)];
}

function statements(template) {
  const lines = [];
  const open = [];
  for (const [, isEnd, tag, attributes, isVoid, text] of template.matchAll(
    /<(\/?)([a-z]\w*)((?:\s+[^\s=>/]+(?:="[^"]*")?)*)\s*(\/?)>|\{\{(.*?)\}\}/g)) {
    if (text !== undefined) {
      lines.push(`(${text.trim()});`);
    } else if (isEnd) {
      const { tag: opened, closing } = open.pop();
      if (opened !== tag) throw new Error(`</${tag}> closes <${opened}>`);
      lines.push(closing);
    } else {
      const { before, closing } = directives(attributes);
      lines.push(...before);
      if (isVoid) lines.push(closing);
      else open.push({ tag, closing });
    }
  }
  if (open.length > 0) throw new Error(`<${open.at(-1).tag}> is not closed`);
  return lines;
}

function directives(attributes) {
  const given = new Map([...attributes.matchAll(/([^\s=]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name, value]));
  const before = [headOf(given.get("v-for"), given.get("v-if"))];
  for (const [name, value] of given) {
    if (name === "v-model") before.push(`${value} = ${value};`);
    else if (/^(?::\w+|@\w+(?:\.\w+)*)$/.test(name)) before.push(`(${value});`);
    else if (/^(?:v-|:|@|#)/.test(name) && !/^v-(?:for|if|else)$/.test(name)) throw new Error(`What is ${name}?`);
  }
  return { before, closing: "}" };
}

function headOf(loop, condition) {
  const [, name, list] = loop?.match(/^(\w+) in (.+)$/) ?? [];
  return loop ? `for (const ${name} of ${list}) {` : condition ? `if (${condition}) {` : "{";
}
