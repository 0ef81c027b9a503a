"""Text as the two services hold it."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

BMP_LIMIT = 0xFFFF
_SCRIPT = re.compile(r"script.*/script", re.IGNORECASE | re.ASCII)
_ESCAPED = frozenset('<>"')
_SLASH = re.compile(r"/(?=script)", re.IGNORECASE | re.ASCII)
_SCRIPT_TAG = re.compile(r"<\s*/?\s*script\b[^>]*>", re.IGNORECASE)
_LONE = re.compile("[\ud800-\udfff]")


def collapse_blanks(text: str) -> str:
    """Drop outer blanks and make inner runs one space, as Xero does with contact names."""
    return " ".join(text.split())


@lru_cache(maxsize=1024)
def match_key(text: str) -> str:
    """Fold a name or code for matching: blanks, case and Unicode form do not count. Accents do."""
    return unicodedata.normalize("NFC", collapse_blanks(text)).casefold()


def unescape(text: str) -> str:
    """Undo the HTML entities that Vtiger leaves in labels and product names."""
    return html.unescape(text)


def beyond_bmp(text: str) -> bool:
    """Tell whether Vtiger's utf8mb3 tables would store ???? for a part of this text."""
    return any(ord(char) > BMP_LIMIT for char in text)


def without_beyond_bmp(text: str) -> str:
    """Drop the characters that Vtiger cannot store."""
    return "".join(char for char in text if ord(char) <= BMP_LIMIT)


def has_script(text: str) -> bool:
    """Tell whether Vtiger would escape every angle bracket and quote of this text.

    It does where one line holds `script` and later `/script`, tags or not: `"Manuscript/Scripting"` is one such.
    """
    return not _ESCAPED.isdisjoint(text) and _SCRIPT.search(text) is not None


def as_vtiger_stores(text: str) -> str:
    """Drop what Vtiger cannot store as it is: characters beyond the BMP, and the tags of a whole script.

    Where there are no tags and it still takes the text for a script, a blank behind the slash keeps it from that.
    """
    plain = without_beyond_bmp(text)
    if has_script(plain):
        plain = _SCRIPT_TAG.sub("", plain)
    return _SLASH.sub("/ ", plain) if has_script(plain) else plain


def shorten(text: str, limit: int) -> str:
    """Cut `text` to `limit` characters, with an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def is_broken(text: str) -> bool:
    """Tell whether the text holds half a character (a lone surrogate), which no file, database or request can carry."""
    return not text.isascii() and _LONE.search(text) is not None


def mended(text: str) -> str:
    """Put the replacement character in the place of half ones, so that the text can at least be shown."""
    return _LONE.sub("\N{REPLACEMENT CHARACTER}", text)
