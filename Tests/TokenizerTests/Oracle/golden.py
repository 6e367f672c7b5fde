"""Writes strings and the tokens that tiktoken finds in them: golden.py COUNT SEED FILE.

A line is `kind text o200k cl100k`: the text's bytes in base64, with `*N` behind it where they stand N times; for each encoding the number of tokens, and
after a colon FNV-1a (32 bits, in hexadecimal) of the tokens, four bytes each, the lowest first. Ill-formed UTF-8 is decoded with errors="replace".
"""

import base64
import pathlib
import random
import sys

import tiktoken
import tiktoken.load
import unicodedata2


def refuse(path):
    sys.exit(f"{path} is not in TIKTOKEN_CACHE_DIR: run scripts/golden-tokens, which puts it there; nothing is fetched from elsewhere")


tiktoken.load.read_file = refuse
ENCODINGS = [tiktoken.get_encoding("o200k_base"), tiktoken.get_encoding("cl100k_base")]
WORDS = {
    "ascii": """the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all her
        she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some could
        these two may first then do any like my now over such our man me even most made after also did many off before must well back through years
        where much your way down should because long each just state people those too good very make world still see own work men day get here between
        both life being under three never know same last another while us might great go come since against right used take states himself few house
        use during without again place around however home small found thought went say part once high general upon school every don't does got united
        left number course war until always something fact water less public put think almost hand enough took far head yet better set told nothing
        tokenizer WebSocket HTTPServer iPhone XMLHttpRequest snake_case camelCase SCREAMING_CASE e.g. i.e. U.S.A. naïve café Zürich""",
    "latin": "où être déjà façon très grâce señor mañana über größe straße Ärger Öl œuvre ça łódź żółć čeština dvoří şehir ığdır İstanbul ÅNGSTRÖM "
    "tiếng Việt người được không một ǅ ǈ ǋ ﬁne ﬂow ſtraſſe ĲSSEL",
    "cyrillic": "это как что быть они все так его только или даже Привет МИР Москва делать україна їжак ґанок ѝ Ѹ",
    "greek": "και το είναι στην ΑΘΗΝΑ Ελλάδα μου σοφία ᾳ ᾼ Ὀδυσσεύς",
    "cjk": "你好 世界 的 是 不 我们 中国 人工智能 今天 天气 很 好 東京 日本語 です ます カタカナ ひらがな ー 々 한국어 안녕하세요 서울 대한민국 𠮷野家 ｶﾀｶﾅ ＡＢＣ １２３ 、 。 「 」",
    "rtl": "שלום עולם מה נשמע مرحبا بالعالم كيف حالك السلام عليكم أهلا وسهلا می‌خواهم ١٢٣ ‏ ‎ اَلْعَرَبِيَّةُ שָׁלוֹם",
    "indic": "नमस्ते दुनिया क्षत्रिय श्री বাংলা தமிழ் తెలుగు ಕನ್ನಡ മലയാളം ไทย สวัสดี ภาษา ລາວ မြန်မာ ខ្មែរ བོད་ सिंहल १२३",
    "emoji": "😀 😂 👍 👍🏽 👩‍💻 👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 🇯🇵 ❤️ ✨ 🤷🏾‍♀️ 1️⃣ #️⃣ ☃ ☕ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ♥ © ™",
}
WORDS = {kind: words.split() for kind, words in WORDS.items()}
SPACES = [" ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", "\r", " \n", "\n ", "\t\t", "\u00a0", "\u2003", "\u3000", "\u0085", "\u2028", "\u200b", "\x0b", "\x0c", "    "]
CONTRACTIONS = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'LL", "'Ve", "'rE", "'ſ", "'x", "''s", "’s", "'", "'l", "'r", "'sat", "'llama", "'D"]
PUNCTUATION = list(".,;:!?-_()[]{}<>/\\|@#$%^&*+=~`\"'") + ["...", "->", "=>", "//", "/*", "*/", "!=", "==", "&&", "||", "::", "();", "});", "</", "/>", "/\n", "//\r\n/", "#!/", "—", "…", "«", "»", "·", "¿"]
CODE = [
    "def {0}({1}, {2}=None):\n    return {1} + {3}\n", "for (int {0} = 0; {0} < {3}; {0}++) {{\n\t{1}[{0}] = {2};\n}}\n",
    "let {0}: [{1}: {2}] = [:]  // {1}'s\n", "if {0} != nil {{ {1}.{2}() }} else {{ return {3} }}\r\n", "SELECT {0}, {1} FROM {2} WHERE {0} >= {3};",
    "<div class=\"{0}\">{1}</div>\n", "{{\"{0}\": {3}, \"{1}\": \"{2}\"}}", "#include <{0}.h>\n#define {1} 0x{3}\n", "func {0}<{1}>(_ {2}: {1}) throws -> Int {{ {3} }}",
    "https://{0}.example.com/{1}/{2}?{0}={3}#top", "$ {0} --{1}={2} -n {3} | grep '{1}'", "{0} := range {1}[{3}:]\n\n\n\treturn",
]  # fmt: skip


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.scalars = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
        self.marks = [chr(c) for c in self.scalars if unicodedata2.category(chr(c))[0] == "M"]
        self.numbers = [chr(c) for c in self.scalars if unicodedata2.category(chr(c))[0] == "N"]
        self.cased = [chr(c) for c in self.scalars if unicodedata2.category(chr(c)) in ("Lu", "Ll", "Lt")]
        self.assigned = [chr(c) for c in self.scalars if unicodedata2.category(chr(c)) not in ("Cn", "Co")]

    def any(self, *lists):
        return self.random.choice(self.random.choice(lists))

    def join(self, low, high, *makers):
        return "".join(self.random.choice(makers)() for _ in range(self.random.randint(low, high)))

    def word(self, kind="ascii"):
        return self.random.choice(WORDS[kind])

    def space(self):
        return self.random.choice(SPACES)

    def digits(self):
        return "".join(self.random.choice("0123456789") for _ in range(self.random.randint(1, 12)))

    def name(self):
        return self.random.choice(["", "_", "my", "Get", "__"]) + self.random.choice(["{}", "{}_{}", "{}{}"]).format(self.word(), self.word().title())

    def english(self):
        text = "".join(self.word() + self.random.choice([" ", " ", " ", ", ", ". ", self.random.choice(CONTRACTIONS) + " ", "\n", "-"]) for _ in range(self.random.randint(1, 25)))
        return self.random.choice([str, str.upper, str.title, str.capitalize])(text)

    def code(self):
        return "".join(self.random.choice(["", "    ", "\t"]) + self.random.choice(CODE).format(self.name(), self.name(), self.name(), self.digits()) for _ in range(self.random.randint(1, 3)))

    def script(self):
        kind = self.random.choice(["latin", "cyrillic", "greek", "cjk", "rtl", "indic"])
        joint = "" if kind == "cjk" else " "
        return joint.join(self.word(kind) for _ in range(self.random.randint(1, 20)))

    def mixed(self):
        return self.join(1, 20, *(lambda kind=kind: self.word(kind) for kind in WORDS), self.space, self.digits, lambda: self.random.choice(PUNCTUATION))

    def emoji(self):
        return self.join(1, 12, lambda: self.word("emoji"), lambda: self.word("emoji"), lambda: self.random.choice(["\u200d", "\ufe0f", " ", "🏽", "a", "\U000e0067"]))

    def spaces(self):
        return self.join(1, 12, self.space, self.space, self.space, self.word, lambda: self.random.choice(PUNCTUATION), lambda: " " * self.random.randint(1, 90))

    def quoted(self):
        return self.join(1, 10, lambda: self.random.choice(CONTRACTIONS), lambda: self.random.choice(CONTRACTIONS), self.word, lambda: self.word("latin"), self.space, self.digits)

    def marked(self):
        return self.join(1, 14, *(lambda kind=kind: self.word(kind)[:2] for kind in ("ascii", "cjk", "indic", "latin")), lambda: self.random.choice(self.marks), lambda: self.random.choice(self.marks), self.space, lambda: self.random.choice(PUNCTUATION), lambda: self.random.choice(CONTRACTIONS))

    def cases(self):
        return self.join(1, 16, lambda: self.random.choice(self.cased), lambda: self.random.choice("ABCXYZ"), lambda: self.random.choice("abcxyz"), lambda: self.random.choice(self.marks), lambda: self.word("cjk"), lambda: self.random.choice(" .'\n"))

    def figures(self):
        return self.join(1, 10, self.digits, self.digits, lambda: self.random.choice(self.numbers), lambda: self.random.choice([".", ",", " ", "-", "e", "%", "$", "½", "²"]))

    def unicode(self):
        return self.join(1, 20, lambda: self.random.choice(self.assigned), lambda: self.random.choice(self.assigned), lambda: chr(self.random.choice(self.scalars)), lambda: self.random.choice(" a'1\n"))

    def tokens(self):
        encoding = self.random.choice(ENCODINGS)
        return b"".join(encoding.decode_single_token_bytes(self.random.randrange(100_000)) for _ in range(self.random.randint(1, 20))).decode(errors="ignore")

    def letters(self):
        return "".join(self.random.choice("etaoin shrdlu"[: self.random.randint(2, 13)]) for _ in range(self.random.randint(2, 60)))

    def special(self):
        return self.join(1, 4, lambda: self.random.choice(["<|endoftext|>", "<|endofprompt|>", "<|im_start|>", "<|fim_prefix|>", "<|", "|>", "endoftext"]), self.word, self.space)

    def pieces(self):
        """A piece that no splitting cuts, around the lengths where another way of merging begins."""
        letters = self.random.choice(["a", "ab", "etaoins", "我你他们的是不", "ß", "ABC", "=-", "的"])
        length = self.random.choice([2, 40, 120, 126, 127, 128, 129, 130, 140, 200, 300])
        text = "".join(self.random.choice(letters) for _ in range(length))
        return text.encode()[:length].decode(errors="ignore")

    def invalid(self):
        text = self.random.choice([self.mixed, self.english, self.script, self.emoji])()[:40].encode()
        pieces = [b"\xff", b"\x80", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xe0\x80\x80", b"\xf8\x88\x80\x80\x80"]
        for _ in range(self.random.randint(1, 4)):
            place = self.random.randint(0, len(text))
            text = self.random.choice([text[:place] + self.random.choice(pieces) + text[place:], text[:place] + text[place + 1 :]])
        return text

    KINDS = ["english", "english", "code", "code", "script", "script", "mixed", "emoji", "spaces", "quoted", "marked", "cases", "figures", "unicode", "tokens", "tokens", "letters", "special", "pieces", "invalid"]  # fmt: skip

    LONG = [("a", 4_000), (" ", 3_000), ("\n", 2_000), ("ab", 2_500), ("我", 2_000), ("😀", 1_000), ("=", 5_000), ("1", 3_000), ("A", 3_000), ("aA", 2_000), ("日A", 1_000), ("\u0301", 2_000), ("\u0301A", 700), (" \n", 1_500), ("/\n", 1_000), ("'s", 1_000), ("the ", 2_000), ("etaoinshrdlu", 500), ("\ufffd", 800), ("!?", 2_000), ("\t ", 1_000), ("'", 2_000)]  # fmt: skip

    def make(self, count):
        for unit, times in self.LONG:
            yield "long", unit.encode(), times
        for index in range(count - len(self.LONG)):
            kind = self.KINDS[index % len(self.KINDS)]
            text = getattr(self, kind)()
            yield kind, text if isinstance(text, bytes) else text.encode(), 1


def fingerprint(tokens):
    state = 0x811C9DC5
    for token in tokens:
        for byte in token.to_bytes(4, "little"):
            state = (state ^ byte) * 0x01000193 & 0xFFFFFFFF
    return f"{len(tokens)}:{state:08x}"


def main(count, seed, path):
    lines = []
    for kind, unit, times in Maker(int(seed)).make(int(count)):
        text = (unit * times).decode(errors="replace")
        spelled = base64.b64encode(unit).decode() + (f"*{times}" if times > 1 else "")
        lines.append(" ".join([kind, spelled, *(fingerprint(encoding.encode_ordinary(text)) for encoding in ENCODINGS)]))
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


main(*sys.argv[1:])
