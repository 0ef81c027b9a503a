"""Global options may stand anywhere on the line."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WITH_VALUE = ("--config", "--profile", "--output", "--log-file", "-o")
_SWITCHES = frozenset({"--quiet", "-q", "--no-input", "--no-color", "--verbose"})
_VERBOSE = re.compile(r"-v+")


def hoist(args: Sequence[str]) -> list[str]:
    """Move global options to the front, so that they may stand after the command as well. What follows `--` stays."""
    front: list[str] = []
    rest: list[str] = []
    queue = list(args)
    while queue:
        word = queue.pop(0)
        if word == "--":
            rest += [word, *queue]
            break
        if word in _WITH_VALUE and queue:
            front += [word, queue.pop(0)]
        elif word in _SWITCHES or _VERBOSE.fullmatch(word) or _holds_value(word):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def _holds_value(word: str) -> bool:
    """Tell `--config=FILE` and `-ojson`."""
    if word.startswith("--"):
        return word.partition("=")[0] in _WITH_VALUE and "=" in word
    return word.startswith("-o") and len(word) > 2
