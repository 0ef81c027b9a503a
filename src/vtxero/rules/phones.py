"""A phone number as one text (Vtiger) and as country code, area code and number (Xero), without loss."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vtxero.domain.text import collapse_blanks

_WITH_AREA = re.compile(r"\+([1-9]\d{0,2}) (\(?\d{1,5}\)?) (\S.*)")
_WITH_COUNTRY = re.compile(r"\+([1-9]\d{0,2}) (\S.*)")
_COUNTRY_CODE = re.compile(r"[1-9]\d{0,2}")

NUMBER_LIMIT = 50
"""The longest PhoneNumber that Xero takes."""


@dataclass(frozen=True, slots=True)
class PhoneParts:
    """One of Xero's phone slots, as Xero holds it."""

    kind: str
    country: str = ""
    area: str = ""
    number: str = ""


def split_phone(text: str, kind: str) -> PhoneParts:
    """Split `+64 9 220 9805` into 64, 9 and 220 9805. A text of another form is the number, whole."""
    text = collapse_blanks(text)
    if found := _WITH_AREA.fullmatch(text):
        return PhoneParts(kind, found[1], found[2], found[3])
    if found := _WITH_COUNTRY.fullmatch(text):
        return PhoneParts(kind, found[1], "", found[2])
    return PhoneParts(kind, "", "", text)


def join_phone(parts: PhoneParts) -> str:
    """Join the parts as people dial them: a country code of digits gets its plus sign."""
    country = collapse_blanks(parts.country)
    if _COUNTRY_CODE.fullmatch(country):
        country = f"+{country}"
    return collapse_blanks(f"{country} {parts.area} {parts.number}")
