"""Names and codes that Xero gives out once: whether another record has one, and will not give it up."""

from __future__ import annotations

from typing import TypeVar

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.lookups import Lookups, PartnerState
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key
from vtxero.domain.words import quoted

R = TypeVar("R")


def keeper(lookups: Lookups, module: str, kind: str, wanted: R, current: R) -> R | None:
    """Find who has, in Xero, the key that `current` is to get, unless its partner in Vtiger is to have another by now.

    `kind` is the key's, and the field's. Where records are to change keys in a ring, each would wait for the next for
    ever: none gives up its own. Of records without a living partner nothing is said: one may have been deleted unseen,
    and Xero itself refuses a key that is in use.
    """
    key, met = _key(wanted, kind), {_key(current, kind)}
    first: R | None = None
    while key and key not in met:
        holder, theirs = _holder(lookups, module, kind, key, type(wanted))
        if holder is None:
            return None
        first = first or holder
        met.add(key)
        key = _key(theirs, kind)
    return first


def taken_name_findings(lookups: Lookups, module: str, wanted: R, current: R) -> tuple[Finding, ...]:
    """Say that a changed name is that of another linked contact, which keeps it."""
    contact = keeper(lookups, module, "name", wanted, current)
    if contact is None:
        return ()
    name = quoted(_text(contact, "name"))
    text = f"Another linked contact is called {name} in Xero, where names are unique."
    return (finding(Code.AMBIGUOUS, text, field="name", remedy="Give one of the two another name in Vtiger."),)


def _holder(lookups: Lookups, module: str, kind: str, key: str, record: type[R]) -> tuple[R, R] | tuple[None, None]:
    """Give the linked record that has a key in Xero, and its partner in Vtiger."""
    holder = lookups.find_by_key(module, Side.XERO, kind, key)
    partner = lookups.partner(module, Side.XERO, holder) if holder else None
    if holder is None or partner is None or partner.state is not PartnerState.LINKED:
        return None, None
    if lookups.partner(module, Side.VTIGER, partner.id).state is PartnerState.BLOCKED:
        return None, None
    held, theirs = lookups.record(module, Side.XERO, holder), lookups.record(module, Side.VTIGER, partner.id)
    return (held, theirs) if isinstance(held, record) and isinstance(theirs, record) else (None, None)


def _key(record: object, kind: str) -> str:
    return match_key(_text(record, kind))


def _text(record: object, field: str) -> str:
    return str(getattr(record, field))
