/** Texts in which blocks begin, end and turn into others in as many ways as we could think of. */
export const CORPUS = [
  "# One\ntext\nmore\n\n## Two ##\n\n#hash\n####### seven\n#\n",
  "Title\n=====\n\nOther\n-\n\nnot a title\n\n===\n\na\n- - -\nb\n***\n",
  "- a\n- b\n  - c\n\n    d\n- e\n\n\n- f\n* g\n+ h\n-\n- i\n",
  "1. a\n2. b\n\n3. c\n   lazy\nlazier\n10) x\n1985. year\n1985 year\n",
  "- [ ] open\n- [x] done\n- [X]\n- [ ]\n  late\n1. [x] numbered\n",
  "> a\nlazy\n> - b\n> c\n\n> > deep\n> back\n>\n> ```\n> code\nno code\n",
  "```js\nlet a;\n\n  b\n```\nafter\n~~~ tilde ~~~\n```\n~~~\n\n````\n```\n````` \n``` a`b\n",
  "- ```py\n  in = item\n\n      deep\n  ```\n  after\n- ~~~\n  open\nout\n",
  "    code\n\n\n    more\n  \n\ttab\n\ntext\n    no code\n\n- item\n\n      code in item\n\n  text\n",
  "text\n| a | b |\n|---|:-:|\n| 1 | 2 |\n| x | y | z |\nonly\n|\n\n| a |\n| - |\n\n|a|b|\n|-|\n",
  "a | b\n- | -\n`a\\|b` | c\n> quote\n| a | b |\n|:--|--:|\n| \\| | ` |\n",
  "[a] and [b][a] and [c]\n\n[a]: http://a.example/ \"Title\n more\"\n[c]: <http://c.example/x y>\n[a]: http://other.example/\n",
  "[a]: http://a.example/\n===\n\n[b]: \n\n[c]: http://c.example/ 'open\n\n[d]:\nhttp://d.example/\n'title'\n[a] [b] [c] [d] [E]\n\n[e]: http://e.example/",
  "> [q]: http://q.example/\n\n- [i]: http://i.example/\n\n[q] [i] ![p][q]\n",
  "a\r\nb\r\rc\n\r\nd\u0000e\n",
  "\tfoo\n-\tbar\n\n\tbaz\n>\t\tqux\n 1.\tone\n\t2. two\n",
  "*em* **strong** ***both*** `code` ``a`b`` ~~del~~ <http://a.example/> http://b.example/ a@b.example \\* &amp; &#33;\n",
  "hard  \nbreak\\\nbreak\nsoft \n end  \n",
  "**open *and `never [closed](http://a.example\n\n_next_ paragraph **",
  "\u{1f600} pair \u{1f468}\u200d\u{1f469} \ud83d lone\n\n- \u{1f600}\n",
  "<div>\n\n*text*\n\n</div>\n<script>\nalert(1)\n</script>\n<!-- x -->\n",
  ">".repeat(50) + " deep\n" + "- ".repeat(50) + "deep\n",
  "-".repeat(1_200) + "\n" + "`".repeat(1_500) + "\n" + " ".repeat(1_100) + "late\n" + "=".repeat(1_000) + "\n",
  `${"word ".repeat(2_000)}\n| head |\n| ---- |\n| ${"cell ".repeat(1_000)}|\n`,
  "1.", "-", "- ", "#", ">", "```", "|", "|-", "a\n-", "a\n=", "[a]:", "\\", "&", "", "\n", " ", "\r",
];

/** Fragments from which random texts are made. */
const FRAGMENTS = [
  "word", " ", "\n", "\n\n", "  ", "    ", "\t", "- ", "* ", "+ ", "1. ", "2) ", "> ", "# ", "## ", "```", "```js\n", "~~~\n",
  "|", "|-|-|\n", "| a | b |\n", "---", "===", "***", "*", "**", "_", "`", "[a]", "[a]: http://a.example/\n", "[ ] ", "[x] ",
  "(http://b.example/)", "![", "]", "<b>", "\\", "&amp;", "\r\n", "\u{1f600}", "~~",
];

/** A generator of numbers below a bound; the same seed gives the same ones. */
export function seeded(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % bound;
  };
}

/** A text of up to `longest` fragments. */
export function randomText(random, longest = 40) {
  return Array.from({ length: 1 + random(longest) }, () => FRAGMENTS[random(FRAGMENTS.length)]).join("");
}

/** The text in pieces of 1 to `longest` UTF-16 units. */
export function cut(text, longest, random) {
  const pieces = [];
  for (let at = 0; at < text.length;) {
    const length = 1 + random(longest);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}
