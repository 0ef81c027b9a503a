"""The one redactor: takes secrets out of text before it is shown or written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

BLACK = "[hidden]"
MIN_LENGTH = 4
_NAMED = re.compile(
    r"""(?ix)
    ( ["']? \b (?: access_?token | refresh_?token | id_?token | client_?secret | access_?key | session_?name
                 | code_verifier | password | authorization | cookie | set-cookie ) \b ["']?
      \s* [=:] \s* ["']? (?: (?:bearer|basic) \s+ )? )
    ( [^\s"'&,;}{)]+ )
    """
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]+){1,2}")
_IN_URL = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s:@]+:[^/\s@]+@")


_PASSED: set[str] = set()
_PARTS_OF_A_TOKEN = ("access", "refresh", "previous")


def never_show(text: str) -> None:
    """Have every redactor of this process hide what the place for secrets gave or took; a token is several in JSON."""
    try:
        held = json.loads(text)
    except ValueError:
        held = text
    parts = [held.get(name) for name in _PARTS_OF_A_TOKEN] if isinstance(held, dict) else [text]
    _PASSED.update(part for part in parts if isinstance(part, str) and len(part) >= MIN_LENGTH)


class Redactor:
    """Knows the secrets of this process, and what secrets look like."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Learn a secret; very short ones are left alone, they would black out half of the text."""
        if len(secret.strip()) >= MIN_LENGTH:
            self._secrets.add(secret.strip())

    def redact(self, text: str) -> str:
        """Give the text without secrets."""
        for secret in sorted(self._secrets | _PASSED, key=len, reverse=True):
            text = text.replace(secret, BLACK)
        text = _IN_URL.sub(rf"\1{BLACK}@", text)
        text = _JWT.sub(BLACK, text)
        text = _BEARER.sub(rf"\1 {BLACK}", text)
        return _NAMED.sub(rf"\1{BLACK}", text)
