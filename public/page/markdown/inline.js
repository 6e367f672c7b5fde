import { element } from "./element.js";
import { linkAddress } from "./link-address.js";
import { isParsable } from "./pieces.js";

const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/gi;

/** What may be in a rendered text; everything else would be our own mistake. */
const ALLOWED = {
  IN_PLACE: true,
  ALLOWED_TAGS: ["span", "a", "strong", "em", "del", "code", "br", "#text"],
  ALLOWED_ATTR: ["href", "title", "rel", "target", "class"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ADD_URI_SAFE_ATTR: ["rel", "target"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/**
 * What marked's inline lexer gives; texts in it are escaped as in HTML.
 *
 * @typedef {{
 *   type: string, raw: string, text: string, href: string, title: string | null, tokens: Token[], isVerbatim?: boolean
 * }} Token
 */

/**
 * Renders the text of one paragraph, heading or cell. The parser gives tokens, and elements are made from them one by
 * one: no markup is ever written, so none can be parsed wrong; DOMPurify looks through what was made as a second lock.
 */
export class InlineRenderer {
  #marked;
  #purify;
  #references;
  #tokenizer;

  /**
   * @param {{ marked: any, purify: any }} libraries
   * @param {import("./references.js").References} references
   */
  constructor({ marked, purify }, references) {
    this.#marked = marked;
    this.#purify = purify;
    this.#references = references;
    this.#tokenizer = new (tokenizerOf(marked))();
  }

  /**
   * @param {string} text at most one piece
   * @param {import("./text-block.js").Piece} reader is told by the references when a label it lacks is defined
   * @returns {ChildNode[]}
   */
  render(text, reader) {
    if (!isParsable(text)) return [document.createTextNode(text)];
    const holder = element("span", {}, ...nodes(this.#tokens(text, reader), false));
    if (holder.firstElementChild) this.#purify.sanitize(holder, ALLOWED);
    return [...holder.childNodes];
  }

  /**
   * @param {string} text
   * @param {import("./text-block.js").Piece} reader
   * @returns {Token[]}
   */
  #tokens(text, reader) {
    const lexer = new this.#marked.Lexer({ gfm: true, mangle: false, tokenizer: this.#tokenizer });
    lexer.tokens.links = this.#references.links;
    return this.#references.readFor(reader, () => lexer.inlineTokens(text, []));
  }
}

/**
 * marked's tokenizer, but for raw HTML: a tag is text.
 *
 * @param {any} marked
 */
function tokenizerOf(marked) {
  return class extends marked.Tokenizer {
    /** @param {string} source */
    tag(source) {
      const raw = this.rules.inline.tag.exec(source)?.[0];
      return raw && { type: "escape", raw, text: raw, isVerbatim: true };
    }
  };
}

/**
 * @param {Token[]} tokens
 * @param {boolean} isInLink
 * @returns {(Node | string)[]}
 */
function nodes(tokens, isInLink) {
  return tokens.flatMap((token) => node(token, isInLink));
}

/**
 * @param {Token} token
 * @param {boolean} isInLink
 * @returns {Node | string | (Node | string)[]}
 */
function node(token, isInLink) {
  switch (token.type) {
    case "text":
      return token.tokens ? nodes(token.tokens, isInLink) : decoded(token.raw);
    case "escape":
      return token.isVerbatim ? token.raw : token.raw.slice(1);
    case "codespan":
      return element("code", {}, decoded(token.text));
    case "br":
      return element("br");
    case "strong":
    case "em":
    case "del":
      return element(token.type, {}, ...nodes(token.tokens, isInLink));
    case "link":
      return link(token.href, token.title, nodes(token.tokens, true), isInLink);
    case "image":
      return link(token.href, token.title, [`Picture: ${decoded(token.text) || "no description"}`], isInLink);
    default:
      return token.raw;
  }
}

/**
 * A link, where the address is one that links may have; otherwise the words, and the address beside them. Its title
 * always ends with where it leads.
 *
 * @param {string} source the address as the parser gives it
 * @param {string | null} title
 * @param {(Node | string)[]} content
 * @param {boolean} isInLink
 */
function link(source, title, content, isInLink) {
  const written = decoded(source);
  const href = linkAddress(written);
  if (isInLink) return content;
  if (href === null) return [...content, ` (${written})`];
  const hint = title ? `${decoded(title)} · ${href}` : href;
  return element("a", { href, target: "_blank", rel: "noopener noreferrer nofollow", title: hint }, ...content);
}

/**
 * Character references become characters. Nothing but a reference is ever given to the browser's parser.
 *
 * @param {string} text
 */
function decoded(text) {
  return text.includes("&") ? text.replace(ENTITY, character) : text;
}

/** @type {Map<string, string>} */
const characters = new Map();

/** @param {string} reference */
function character(reference) {
  if (characters.size > 2_000) characters.clear();
  const known = characters.get(reference)
    ?? new DOMParser().parseFromString(reference, "text/html").documentElement.textContent
    ?? "";
  characters.set(reference, known);
  return known;
}
