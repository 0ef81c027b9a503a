"""Texts that both services can hold, and what is said of those that one of them cannot."""

from __future__ import annotations

import re
import unicodedata

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, note
from vtxero.domain.sides import Side
from vtxero.domain.text import as_vtiger_stores, beyond_bmp, has_script, match_key, shorten, unescape
from vtxero.domain.words import called, quoted

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def composed(text: str) -> str:
    """Drop outer blanks and compose accents, so that equal texts are equal characters."""
    return unicodedata.normalize("NFC", text.strip())


def vtiger_text(text: str, limit: int) -> str:
    """Give the text as Vtiger can hold it: emoji become ???? in its tables, scripts are escaped, the column cuts."""
    return shorten(as_vtiger_stores(text), limit)


def text_notes(where: str, text: str, kept: str, side: Side) -> tuple[Finding, ...]:
    """Say what `side` loses of `text` where it gets `kept`; the same text in another spelling has lost nothing."""
    storable = as_vtiger_stores(text) if side is Side.VTIGER else text
    why = []
    if beyond_bmp(text) and side is Side.VTIGER:
        why.append("cannot store characters such as emoji")
    if has_script(text) and side is Side.VTIGER:
        why.append("escapes texts with a script in them")
    said, whole = (match_key(unescape(part)) for part in (kept.removesuffix("…"), storable))
    if said != whole:
        why.append(
            f"holds fewer than {len(storable)} characters" if whole.startswith(said) else "cannot hold it as it is"
        )
    if not why:
        return ()
    message = f"{where}: {side.label} {' and '.join(why)}, so it gets {quoted(kept)}."
    return (note(Code.TEXT_UNSUPPORTED, message, field=where),)


def unstorable_findings(text: str, what: str, *, field: str, remedy: str = "") -> list[Finding]:
    """Say why Vtiger would not keep a name or code as it is: emoji become ????, texts with a script are escaped."""
    why = []
    if beyond_bmp(text):
        why.append(f"Vtiger would store ???? for a part of the {what} {quoted(text)}.")
    if has_script(text):
        why.append(f"Vtiger would escape the {what} {quoted(text)}, for it has a script in it.")
    return [finding(Code.TEXT_UNSUPPORTED, message, field=field, remedy=remedy) for message in why]


def kept_otherwise(code: Code, place: tuple[str, str], service: str, kept: object, sent: object) -> Finding:
    """Note that a service kept a text otherwise than it was sent; `place` is module and field."""
    return note(code, f"{called(*place)}: {service} keeps {quoted(kept)} for {quoted(sent)}.", field=place[1])


def xero_email(text: str) -> str:
    """Give the address as Xero takes it, blank when it would refuse it ("Email address must be valid.")."""
    address = text.strip()
    return address if _EMAIL.fullmatch(address) and len(address) <= 255 else ""


def same_email(one: str, other: str) -> bool:
    """Tell whether two addresses are the same; letter case does not count."""
    return one.strip().casefold() == other.strip().casefold()
