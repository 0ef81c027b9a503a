"""Makes text of customers harmless, and lines of it for a terminal or a file."""

from __future__ import annotations

import io
import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO
from urllib.parse import urlsplit

from rich.console import Console, RenderableType
from rich.style import Style
from rich.text import Text

from vtxero.cli.advice import loosened
from vtxero.cli.layout import Flow

MIN_WIDTH = 40
_ASCII_SIGNS = str.maketrans({"→": "->", "…": "...", "─": "-"})
_JOINERS = "\u200c\u200d"


def clean(text: str) -> str:
    """Drop what could steer a terminal: control characters, direction marks, surrogates. Line ends become blanks."""
    return "".join(_harmless(char) for char in text).strip()


def clean_lines(text: str) -> str:
    """Drop the same, line by line; Markdown's marks of emphasis go too."""
    return "\n".join(clean(line).replace("`", "").replace("**", "") for line in text.splitlines())


def in_ascii_signs(text: str) -> str:
    """Write arrows and lines of tables with signs that every terminal has."""
    return text.translate(_ASCII_SIGNS)


def _harmless(char: str) -> str:
    if char.isprintable() or char in _JOINERS:
        return char
    kind = unicodedata.category(char)
    if kind in {"Zs", "Zl", "Zp"} or char in "\t\n\r\v\f":
        return " "
    return "\ufffd" if kind in {"Cs", "Co", "Cn"} else ""


def safe_url(url: str | None) -> str:
    """Give an address that may be put behind a text, blank when it is none of the web or holds anything odd."""
    if not url or not url.isprintable() or any(char in url for char in " \"'<>\\"):
        return ""
    return url if urlsplit(url).scheme in {"http", "https"} else ""


def shortened(text: str, longest: int) -> str:
    """Give a text that is at most so long, cut between words: half a figure would be another figure."""
    if len(text) <= longest:
        return text
    start = text[:longest].rpartition(" ")[0] or text[: longest - 1].rstrip("0123456789.,")
    return f"{start.rstrip(' ,;(')} …"


def plain(text: str, style: str = "") -> Text:
    """Give harmless text; markup in it means nothing."""
    return Text(clean(text), style=style)


def linked(text: str, url: str | None) -> Text:
    """Give harmless text with a link behind it, where there is an address."""
    address = safe_url(url)
    return Text(clean(text), style=Style(link=address) if address else "")


@dataclass(frozen=True, slots=True)
class Screen:
    """What text is made for. A plain one gets neither colours nor links."""

    width: int
    is_plain: bool

    def render(self, parts: Iterable[RenderableType]) -> str:
        """Lay out the parts, one below the other; no blanks at line ends."""
        console = Console(
            file=io.StringIO(),
            width=max(self.width, MIN_WIDTH),
            color_system=None if self.is_plain else "standard",
            force_terminal=not self.is_plain,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )
        with console.capture() as capture:
            for part in parts:
                shown = Flow(part) if isinstance(part, Text) and not part.no_wrap else part
                console.print(shown, soft_wrap=isinstance(shown, Text | Flow))
        return loosened("\n".join(line.rstrip() for line in capture.get().splitlines()))


def is_plain(stream: TextIO, *, no_color: bool) -> bool:
    """Tell whether a stream gets plain text: it is no terminal, or the user wants none of it."""
    dumb = os.environ.get("TERM", "") in {"dumb", "unknown"}
    return no_color or bool(os.environ.get("NO_COLOR")) or dumb or not stream.isatty()


def screen_for(stream: TextIO, *, no_color: bool) -> Screen:
    """Give the screen of a stream, as wide as the terminal or `COLUMNS` says."""
    width = Console(file=stream, legacy_windows=False).width
    return Screen(width, is_plain(stream, no_color=no_color))
