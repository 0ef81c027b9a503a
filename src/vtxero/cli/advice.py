"""Commands in advice: as they must be typed, and never broken over two lines.

Apart from what draws, since an error is told without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

GLUE = "\ue000"
"""Stands for a blank at which no line may end. No text of customers holds it: see `text.clean`."""
_MARKED = re.compile(r"`(?:vtxero |-)[^`\n]{0,400}`")
"""A command, or options of one; what is longer is none of ours, but two single backticks in a text of customers'."""
_WORD = re.compile(r"\s*\S+\s*")


def as_typed(text: str, command: str) -> str:
    """Put the options of an invocation into the commands that a text advises, so that they can be typed as shown."""
    return text.replace("`vtxero ", f"`{command} ")


def typed(command: str) -> str:
    """Give a command that stays in one piece, to be put at the end of a sentence."""
    return command.replace(" ", GLUE)


def glued(text: str) -> str:
    """Keep the commands that a text has between backticks in one piece; no character comes or goes."""
    return _MARKED.sub(lambda found: typed(found.group()), text)


def loosened(text: str) -> str:
    """Give the blanks back, once lines are broken."""
    return text.replace(GLUE, " ")


def line_starts(text: str, width: int, *, hang: int = 0, measure: Callable[[str], int] = len) -> Iterator[int]:
    """Give the places in a paragraph at which another line begins; lines after the first are set in by `hang`.

    No line is wider than `width`, but for commands, addresses and paths: they stay whole however narrow the screen is,
    for the terminal to break them, so that what is copied is right. Other words are broken where a line does not hold
    them.
    """
    used = 0
    for found in _WORD.finditer(text):
        word = found.group()
        size = measure(word.rstrip())
        if used and used + size > width:
            yield found.start()
            used = hang
        if used + size <= width or GLUE in word or "/" in word:
            used += measure(word)
            continue
        for place, char in enumerate(word, start=found.start()):
            if used + measure(char) > width and place > found.start():
                yield place
                used = hang
            used += measure(char)
