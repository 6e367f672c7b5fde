/**
 * The fields of the settings, read as what a `chat` command carries. An empty field is silence: the provider's own.
 *
 * @typedef {{ name: string, least: number, most: number, isWhole: boolean }} NumberField
 * @type {readonly NumberField[]}
 */
const NUMBERS = [
  { name: "temperature", least: 0, most: 2, isWhole: false },
  { name: "top_p", least: 0, most: 1, isWhole: false },
  { name: "max_tokens", least: 1, most: 10_000_000, isWhole: true },
  { name: "seed", least: Number.MIN_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER, isWhole: true },
  { name: "n", least: 1, most: 8, isWhole: true },
];

const BUDGET = { name: "budget", least: 1, most: 100_000_000, isWhole: true };

/** Providers take four of them at most. */
const STOPS = 4;

/**
 * @typedef {{ [name: string]: string }} Fields what stands in the fields, by name
 * @param {Fields} fields
 * @returns {{ params: Record<string, unknown> | undefined, slips: Map<string, string> }}
 *   the parameters, without those of which `slips` says what is wrong with them
 */
export function parametersOf(fields) {
  /** @type {Record<string, unknown>} */
  const params = {};
  /** @type {Map<string, string>} */
  const slips = new Map();
  for (const field of NUMBERS) {
    const { value, slip } = numberOf(fields[field.name] ?? "", field);
    if (slip !== undefined) slips.set(field.name, slip);
    else if (value !== undefined) params[field.name] = value;
  }
  if (fields.reasoning_effort) params.reasoning_effort = fields.reasoning_effort;
  const stops = (fields.stop ?? "").split("\n").map((line) => line.replace(/\r$/, "")).filter((line) => line !== "");
  if (stops.length > STOPS) slips.set("stop", `At most ${STOPS} lines.`);
  else if (stops.length > 0) params.stop = stops;
  return { params: Object.keys(params).length > 0 ? params : undefined, slips };
}

/**
 * How much of the conversation is to be sent; undefined: all. A budget wins over the model's window, being smaller or
 * meant.
 *
 * @param {{ fit: boolean, budget: string }} fields
 * @returns {{ context: { max_tokens?: number } | undefined, slip: string | undefined }}
 */
export function contextOf({ fit, budget }) {
  const { value, slip } = numberOf(budget, BUDGET);
  if (slip !== undefined) return { context: undefined, slip };
  if (value !== undefined) return { context: { max_tokens: value }, slip: undefined };
  return { context: fit ? {} : undefined, slip: undefined };
}

/**
 * @param {string} text with a point or a comma, as people write decimals; whole numbers have neither
 * @param {NumberField} field
 * @returns {{ value?: number, slip?: string }}
 */
function numberOf(text, { least, most, isWhole }) {
  const trimmed = text.trim();
  if (trimmed === "") return {};
  if (isWhole && !/^[+-]?\d+$/.test(trimmed)) return { slip: "A whole number." };
  if (!/^[+-]?\d*[.,]?\d+$/.test(trimmed)) return { slip: "A number." };
  const value = Number(trimmed.replace(",", "."));
  if (value < least) return { slip: `At least ${least}.` };
  if (value > most) return { slip: `At most ${most}.` };
  return { value };
}
