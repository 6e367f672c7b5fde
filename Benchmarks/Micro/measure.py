"""Counts what the micro-benchmarks cost: instructions and allocations per unit, under callgrind. Never seconds.

    measure.py PROGRAM THRESHOLDS FOLDER [--update] [NAME ...]

Each benchmark runs with so many units and with twice as many; the difference is what the units cost, without the start of
the process. Callgrind sees every instruction and every call, so the same program gives the same counts; another processor
(other variants of memcpy) or another compiler gives slightly different ones, which is what the tolerance is for.
"""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign"}
INSTRUCTION_TOLERANCE = 0.10
# Further below its threshold than this, the threshold guards nothing.
LOOSENESS = 0.25
# Allocations are integers divided by a count: what is left of a growing array is less than this.
ALLOCATION_TOLERANCE = 0.005
# Hash seeds differ from process to process, and with them the way through a dictionary.
ENVIRONMENT = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}


def counts(profile):
    """Instructions, and calls of the allocator, in a file that callgrind wrote."""
    names, instructions, allocations, callee = {}, 0, 0, None
    for line in profile.read_text(errors="replace").splitlines():
        if line.startswith(("fn=", "cfn=")):
            number, name = re.match(r"c?fn=\((\d+)\)(?: (.*))?", line).groups()
            if name:
                names[number] = name.split("'")[0]
            callee = names[number]
        elif line.startswith("calls=") and callee in ALLOCATORS:
            allocations += int(line[6:].split()[0])
        elif line.startswith(("summary:", "totals:")):
            instructions = int(line.split()[1])
    return instructions, allocations


def run(program, folder, name, units):
    profile = folder / f"{name}.{units}.callgrind"
    profile.unlink(missing_ok=True)
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", program, name, str(units)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        sys.exit(f"error: {' '.join(command)}\n{done.stdout}{done.stderr}")
    return counts(profile)


def verdict(instructions, allocations, threshold):
    if threshold is None:
        return "new"
    if allocations > threshold["allocations"] + ALLOCATION_TOLERANCE:
        return "more allocations"
    if instructions > threshold["instructions"] * (1 + INSTRUCTION_TOLERANCE):
        return "more instructions"
    is_less = instructions < threshold["instructions"] * (1 - LOOSENESS)
    if is_less or allocations < threshold["allocations"] - ALLOCATION_TOLERANCE:
        return "less: tighten"
    return "ok"


def main(program, path, folder, *arguments):
    path, folder = Path(path), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [argument for argument in arguments if argument != "--update"]
    thresholds = json.loads(path.read_text()) if path.exists() else {}
    listed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    benchmarks = [line.split("\t") for line in listed.splitlines()]
    benchmarks = [(name, unit, int(count)) for name, unit, count in benchmarks if not chosen or name in chosen]
    if not benchmarks:
        sys.exit(f"error: no benchmark is called {' or '.join(chosen)}")

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = [(pool.submit(run, program, folder, name, count), pool.submit(run, program, folder, name, 2 * count))
                for name, _, count in benchmarks]
        measured = [(once.result(), twice.result()) for once, twice in runs]

    print(f"{'benchmark':<22}{'unit':<10}{'instructions':>13}{'threshold':>11}{'allocations':>13}{'threshold':>11}  verdict")
    failed = False
    for (name, unit, count), (once, twice) in zip(benchmarks, measured):
        instructions = round((twice[0] - once[0]) / count)
        allocations = round((twice[1] - once[1]) / count, 2)
        threshold = thresholds.get(name)
        said = verdict(instructions, allocations, threshold)
        # A threshold far above the figure guards nothing.
        failed |= said != "ok"
        known = [f"{threshold['instructions']:,}", f"{threshold['allocations']:.2f}"] if threshold else ["", ""]
        print(f"{name:<22}{unit:<10}{instructions:>13,}{known[0]:>11}{allocations:>13.2f}{known[1]:>11}  {said}")
        if "--update" in arguments:
            thresholds[name] = {"unit": unit, "instructions": instructions, "allocations": allocations}
        if name == "an-array" and allocations != 1:
            sys.exit("error: an array is one allocation; they are not counted as they should be")

    if "--update" in arguments:
        if not chosen:
            names = {name for name, _, _ in benchmarks}
            thresholds = {name: value for name, value in thresholds.items() if name in names}
        lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in thresholds.items()]
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
        print(f"written: {path}")
    elif failed:
        sys.exit("error: not as the thresholds say; where that is meant, scripts/bench-micro --update")


if __name__ == "__main__":
    main(*sys.argv[1:])
