"""A long answer as models write them: headings, paragraphs, lists, tables and code, in pieces of a token's size."""

import random

SUBJECTS = "The river|A tributary|Its delta|The old bridge|Every lock|This basin|The survey|A second channel".split("|")
VERBS = "carries|gathers|divides|slows|feeds|crosses|remembers|measures".split("|")
OBJECTS = "the water of the hills|what the rain has left|silt and sand|more than it did last year|three smaller streams".split("|")
CODE = """```python
def discharge(width, depth, speed):
    \"\"\"Cubic metres a second.\"\"\"
    if min(width, depth, speed) < 0:
        raise ValueError("none of them can be negative")
    return width * depth * speed
```
"""
TABLE = """| station | width | depth | discharge |
|---|---:|---:|---:|
| upper bridge | 12 m | 1.4 m | 20 m³/s |
| weir | 18 m | 0.9 m | 19 m³/s |
| mouth | 41 m | 2.2 m | 64 m³/s |
"""
TOKEN_CHARACTERS = 4


def markdown(characters, seed=1):
    """That many characters, always the same for a seed."""
    chance = random.Random(seed)
    blocks, length = [], 0
    while length < characters:
        block = _block(chance, len(blocks))
        blocks.append(block)
        length += len(block)
    return "".join(blocks)[:characters]


def tokens(text):
    return [text[start : start + TOKEN_CHARACTERS] for start in range(0, len(text), TOKEN_CHARACTERS)]


def _block(chance, number):
    if number % 12 == 0:
        return f"## Chapter {number // 12 + 1}\n\n"
    if number % 12 == 5:
        return CODE + "\n"
    if number % 12 == 8:
        return TABLE + "\n"
    if number % 12 == 10:
        return "".join(f"- {_sentence(chance)}\n" for _ in range(4)) + "\n"
    return " ".join(_sentence(chance) for _ in range(chance.randint(3, 7))) + "\n\n"


def _sentence(chance):
    subject, verb, thing = chance.choice(SUBJECTS), chance.choice(VERBS), chance.choice(OBJECTS)
    emphasis = chance.choice(["", "", "**", "`", "_"])
    return f"{subject} {verb} {emphasis}{thing}{emphasis}."
