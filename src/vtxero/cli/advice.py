"""Commands in advice. Apart from what draws, since an error is told without it."""

from __future__ import annotations


def as_typed(text: str, command: str) -> str:
    """Put the options of an invocation into the commands that a text advises, so that they can be typed as shown."""
    return text.replace("`vtxero ", f"`{command} ")
