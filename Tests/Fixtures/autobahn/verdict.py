"""Reads what kosoku reported of Autobahn's cases, prints a table, and fails where a case did.

    verdict.py NAME REPORTS COUNT        NAME is echo or bridge, REPORTS kosoku's folder, COUNT how many cases it was to run

A case that cases.json lists as known may fail, but must not break the connection. The bridge says welcome before anything
else, and answers text that is no command with an error frame: those two are put aside before what came is compared. (Of pings
there must be none: many cases end at the first frame that they do not expect.)
"""

import json
import sys
from pathlib import Path

CHAPTERS = {
    1: "framing", 2: "pings and pongs", 3: "reserved bits", 4: "opcodes", 5: "fragmentation", 6: "UTF-8",
    7: "closing", 9: "limits", 10: "automatic fragmentation",
}
GOOD = {"OK", "NON-STRICT", "INFORMATIONAL"}


def is_frame(kind, event):
    return event[0] == "message" and event[1].startswith('{"type":"%s"' % kind)


def is_good(case, is_bridge):
    if not is_bridge:
        return case["behavior"] in GOOD
    received = case["received"]
    if not received or not is_frame("welcome", received[0]):
        return False
    received = [event for event in received[1:] if not is_frame("error", event)]
    return received in case["expected"].values() or case["behavior"] in GOOD


def verdict(case, is_bridge, known):
    if case["behaviorClose"] in GOOD:
        if is_good(case, is_bridge):
            return "passed"
        if case["id"] in known:
            return "known"
    return "failed"


def main(name, reports, count):
    cases = [json.loads(path.read_text()) for path in Path(reports).glob("*_case_*.json")]
    known = json.loads(Path(__file__).with_name("cases.json").read_text())["known"]
    cases.sort(key=lambda case: [int(part) for part in case["id"].split(".")])

    table, failures = {}, []
    for case in cases:
        said = verdict(case, name == "bridge", known)
        row = table.setdefault(int(case["id"].split(".")[0]), {"passed": 0, "known": 0, "failed": 0})
        row[said] += 1
        if said == "failed":
            failures.append(case)

    print(f"{name:<28}{'passed':>8}{'known':>8}{'failed':>8}")
    for chapter, row in sorted(table.items()):
        print(f"  {chapter:>2} {CHAPTERS[chapter]:<23}{row['passed']:>8}{row['known']:>8}{row['failed']:>8}")
    sums = [sum(row[column] for row in table.values()) for column in ("passed", "known", "failed")]
    print(f"     {'together':<23}{sums[0]:>8}{sums[1]:>8}{sums[2]:>8}\n")
    for case in failures:
        print(f"failed: {name} {case['id']}: {case['description']}\n  {case['result']} {case['resultClose']}")
    if len(cases) != count:
        print(f"error: {len(cases)} cases were run, not {count}")
    return 1 if failures or len(cases) != count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
