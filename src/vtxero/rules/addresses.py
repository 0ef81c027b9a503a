"""Addresses across: Vtiger's street text and PO box against Xero's four address lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from vtxero.domain.findings import Finding
from vtxero.domain.sides import Side
from vtxero.rules.texts import composed, text_notes, vtiger_text

LINES = 4
"""Xero has AddressLine1 to AddressLine4 (developer.xero.com: Accounting API, Contacts)."""
LINE_LIMIT = 500
_XERO_LIMITS = {"city": 255, "region": 255, "postal_code": 50, "country": 50}
_STREET_LIMIT = 250
_PARTS = tuple(_XERO_LIMITS)
ORGANIZATION: Mapping[str, int] = MappingProxyType({**dict.fromkeys((*_PARTS, "pobox"), 30)})
"""Vtiger's columns bill_city, bill_state, bill_code, bill_country, bill_pobox are varchar(30), bill_street is 250."""
PERSON: Mapping[str, int] = MappingProxyType({**ORGANIZATION, "city": 40, "country": 40})
"""Of a contact's mailing address, mailingcity and mailingcountry are varchar(40)."""
_BOX = re.compile(r"(p\.?\s*o\.?\s*box|post\s*box|private\s*bag|postfach|locked\s*bag)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address. `street` has its lines joined by line feeds.

    `pobox` is held apart by Vtiger only, `attention` by Xero only.
    """

    street: str = ""
    pobox: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    attention: str = ""

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing of a place is given; a name to the attention of alone is no address."""
        return not any((self.street, self.pobox, self.city, self.region, self.postal_code, self.country))


NOWHERE = Address()


def vtiger_address(prefix: str, address: Address) -> tuple[tuple[str, str], ...]:
    """Give an address under Vtiger's field names; `prefix` is `bill` or `ship`."""
    return (
        (f"{prefix}_street", address.street),
        (f"{prefix}_pobox", address.pobox),
        (f"{prefix}_city", address.city),
        (f"{prefix}_state", address.region),
        (f"{prefix}_code", address.postal_code),
        (f"{prefix}_country", address.country),
    )


def box_line(pobox: str) -> str:
    """Write a PO box as a line of an address: a bare number gets its words."""
    text = composed(pobox).replace("\n", " ")
    return f"PO Box {text}" if text and not any(char.isalpha() for char in text) else text


def street_lines(address: Address) -> tuple[str, ...]:
    """Split PO box and street into at most four lines; what is more is joined to the fourth by commas."""
    lines = [composed(line) for line in (box_line(address.pobox), *address.street.splitlines())]
    lines = [line for line in lines if line]
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], ", ".join(lines[LINES - 1 :])]
    return tuple(line[:LINE_LIMIT].rstrip() for line in lines)


def to_xero(
    source: Address, current: Address, where: str, limits: Mapping[str, int] = ORGANIZATION
) -> tuple[Address, tuple[Finding, ...]]:
    """Give Vtiger's address as Xero would hold it; what Xero has and Vtiger had to cut is kept."""
    street = "\n".join(street_lines(source))
    if current.street and vtiger_text(current.street, _STREET_LIMIT) == source.street and not source.pobox:
        street = current.street
    kept = {}
    notes: tuple[Finding, ...] = ()
    for part in _PARTS:
        mine, theirs = getattr(source, part), getattr(current, part)
        if theirs and vtiger_text(theirs, limits[part]) == mine:
            kept[part] = theirs
        else:
            whole = composed(mine.replace("\n", " "))
            kept[part] = whole[: _XERO_LIMITS[part]].rstrip()
            notes += text_notes(f"{where} {part}", whole, kept[part], Side.XERO)
    return Address(street=street, attention=current.attention, **kept), notes


def to_vtiger(
    source: Address, current: Address, where: str, limits: Mapping[str, int] = ORGANIZATION
) -> tuple[Address, tuple[Finding, ...]]:
    """Give Xero's address as Vtiger would hold it, in its present words where they mean the same."""
    meant, _ = to_xero(current, source, where, limits)
    street, pobox = current.street, current.pobox
    notes: tuple[Finding, ...] = ()
    if meant.street != source.street:
        whole, box = _split_box(source.street, current.pobox)
        street, pobox = vtiger_text(whole, _STREET_LIMIT), vtiger_text(box, limits["pobox"])
        notes += text_notes(f"{where} street", whole, street, Side.VTIGER)
        notes += text_notes(f"{where} PO box", box, pobox, Side.VTIGER)
    kept = {}
    for part in _PARTS:
        theirs = getattr(source, part)
        if getattr(meant, part) == theirs:
            kept[part] = getattr(current, part)
        else:
            kept[part] = vtiger_text(theirs, limits[part])
            notes += text_notes(f"{where} {part}", theirs, kept[part], Side.VTIGER)
    return replace(Address(street=street, pobox=pobox), **kept), notes


def _split_box(street: str, pobox: str) -> tuple[str, str]:
    """Take the PO box line out of the street again where Vtiger keeps one apart."""
    first, _, rest = street.partition("\n")
    if pobox and first == box_line(pobox):
        return rest, pobox
    if pobox and _BOX.match(first):
        return rest, first
    return street, ""


def show_address(address: Address) -> str:
    """Give an address on one line, for people."""
    parts = (address.attention, address.pobox, *address.street.splitlines(), address.city)
    return ", ".join(part for part in (*parts, address.region, address.postal_code, address.country) if part)
