"""Writes Sources/Tokenizer/CharacterRuns.swift: the class of every Unicode scalar value, as tiktoken's own regular expressions see it.

Run by scripts/golden-tokens, with the packages of requirements.txt. The classes are asked of the engine inside tiktoken, one character at a time, and
then compared with the Unicode Character Database of the version below: where they differ, nothing is written.
"""

import pathlib
import sys

import unicodedata2
from tiktoken import _tiktoken

UNICODE = "16.0.0"
LETTERS = {
    "U": r"[\p{Lu}\p{Lt}]",
    "L": r"\p{Ll}",
    "O": r"[\p{Lm}\p{Lo}]",
    "M": r"\p{M}",
    "N": r"\p{N}",
    "S": r"\s",
}
OF_CATEGORY = {"Lu": "U", "Lt": "U", "Ll": "L", "Lm": "O", "Lo": "O"}
END = 0x110000
HEAD = '''// Written by Tests/TokenizerTests/Oracle/character_classes.py; not to be edited.
extension CharacterTable {
    /// Every Unicode scalar value from 0, as runs of one class: its letter, and the run's length where it is not 1
    /// (`ULUL2` are an upper-case letter, a lower-case one, an upper-case one and two lower-case ones). Unicode ''' + UNICODE + ''',
    /// which is what tiktoken 0.14.0 was built with: each character was asked of its regular expressions.
    static let runs: StaticString = """
'''


def classes():
    bytes_as_tokens = {bytes([byte]): byte for byte in range(256)}
    engines = {letter: _tiktoken.CoreBPE(bytes_as_tokens, {}, pattern) for letter, pattern in LETTERS.items()}
    for scalar in range(END):
        if 0xD800 <= scalar <= 0xDFFF:
            yield "X"
            continue
        matching = [letter for letter, engine in engines.items() if engine.encode_ordinary(chr(scalar))]
        assert len(matching) < 2, f"U+{scalar:04X} is in two classes: {matching}"
        yield matching[0] if matching else "X"


def of_database(scalar):
    category = unicodedata2.category(chr(scalar))
    return OF_CATEGORY.get(category, category[0] if category[0] in "MN" else "X")


def main(path):
    found = list(classes())
    assert unicodedata2.unidata_version == UNICODE
    differing = [f"U+{scalar:04X}" for scalar in range(END) if found[scalar] not in ("S", of_database(scalar))]
    assert not differing, f"tiktoken is of another Unicode than {UNICODE}: {differing[:10]}"
    runs, start = [], 0
    for scalar in range(1, END + 1):
        if scalar == END or found[scalar] != found[start]:
            runs.append(found[start] + (str(scalar - start) if scalar - start > 1 else ""))
            start = scalar
    lines, line = [], ""
    for run in runs:
        if len(line) + len(run) > 110:
            lines.append(line)
            line = ""
        line += run
    lines.append(line)
    body = "\\\n".join("        " + line for line in lines)
    pathlib.Path(path).write_text(HEAD + body + '\n        """\n}\n')


main(sys.argv[1])
