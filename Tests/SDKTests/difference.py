"""How two bodies differ, once the exceptions that a case names are taken out."""

import copy


def take(body, path):
    """Takes the member at a path such as `tools.0.functionDeclarations` out of a body."""
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in way:
        body = body[step]
    return body.pop(last)


def differences(ours, theirs, exceptions):
    """`exceptions`: `ours`, a path that the SDK does not send; `theirs`, one that we do not; both, where it has another name."""
    ours, theirs = copy.deepcopy(ours), copy.deepcopy(theirs)
    found = []
    for exception in exceptions:
        values = [take(body, exception[side]) for side, body in (("ours", ours), ("theirs", theirs)) if side in exception]
        if len(values) == 2:
            found += compare(*values, exception["ours"])
    return found + compare(ours, theirs, "")


def compare(ours, theirs, path):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [
            difference
            for name in {**ours, **theirs}
            for difference in compare(ours.get(name, ABSENT), theirs.get(name, ABSENT), f"{path}.{name}")
        ]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = enumerate(zip(ours, theirs))
        return [difference for i, (a, b) in pairs for difference in compare(a, b, f"{path}.{i}")]
    same = type(ours) is type(theirs) and ours == theirs
    return [] if same else [f"{path.lstrip('.')}: ours {ours!r}, the SDK's {theirs!r}"]


ABSENT = "(absent)"
