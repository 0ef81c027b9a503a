"""What an HTTP answer holds, before anything is made of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

_TITLE = re.compile(r"<title[^>]*>\s*([^<]{1,80})", re.IGNORECASE)
_START = '{"success"'


def parse_envelope(content: bytes) -> Mapping[str, Any] | None:
    """Find the JSON envelope, also behind the notices that a chatty PHP prints in front of it; None when there is none.

    Fractions become Decimal: Vtiger's results have some (3.3711111110700003).
    """
    try:
        body = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    start = body.find(_START)
    for candidate in (body, body[start:] if start > 0 else ""):
        try:
            found = json.loads(candidate, parse_float=Decimal)
        except ValueError:
            continue
        if isinstance(found, Mapping) and "success" in found:
            return found
    return None


def title_of(response: httpx.Response) -> str:
    """Give the title of a web page, as the end of a sentence, blank when it has none."""
    found = _TITLE.search(response.content[:4096].decode("utf-8", "replace"))
    return f" titled {found.group(1).strip()!r}" if found else ""


def wait_of(headers: Mapping[str, str]) -> float | None:
    """Read how many seconds to wait: Retry-After, else the end of the minute limit as the cloud edition gives it."""
    plain = headers.get("retry-after", "")
    if plain.isdecimal():
        return float(plain)
    until, sent = headers.get("x-floodcontrol-reset", ""), headers.get("date", "")
    if not until.isdecimal():
        return None
    try:
        # Both are the server's own clock, so ours does not matter.
        return max(0.0, float(until) - parsedate_to_datetime(sent).timestamp())
    except ValueError:
        return None
