"""Names, addresses for mail and other texts of a Xero contact, and of what it is in Vtiger."""

from __future__ import annotations

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, note
from vtxero.domain.sides import Side
from vtxero.domain.text import collapse_blanks
from vtxero.domain.words import quoted
from vtxero.rules.texts import composed, same_email, text_notes, vtiger_text, xero_email

XERO_NAME = 255
VTIGER_FIRST, VTIGER_LAST = 40, 80
"""Vtiger's columns firstname varchar(40) and lastname varchar(80) of its contacts."""
VTIGER_EMAIL = 100
"""Vtiger's columns email1 and email are varchar(100)."""


def xero_name(name: str) -> str:
    """Give a name as Xero keeps it: without outer and double blanks, tabs among them."""
    return composed(collapse_blanks(name))


def xero_name_findings(name: str) -> tuple[Finding, ...]:
    """Say why Xero would not take this name ("contact name is required", `<` and `>`, 255 characters)."""
    if not name:
        return (finding(Code.ORG_NAME, "It has no name, and Xero requires one.", field="name"),)
    found: list[Finding] = []
    if "<" in name or ">" in name:
        found.append(finding(Code.ORG_NAME, f"Xero refuses < and > in a name: {quoted(name)}.", field="name"))
    if len(name) > XERO_NAME:
        found.append(name_too_long(len(name), XERO_NAME, "Xero"))
    return tuple(found)


def text_to_xero(ours: str, theirs: str, field: str, limits: tuple[int, int]) -> tuple[str, tuple[Finding, ...]]:
    """Give a Vtiger text as Xero would hold it; Xero's own where Vtiger's is what it could hold of that.

    `limits` are the characters that Vtiger and Xero hold.
    """
    in_vtiger, in_xero = limits
    if theirs and vtiger_text(theirs, in_vtiger) == ours:
        return theirs, ()
    whole = xero_name(ours)
    kept = whole[:in_xero].rstrip()
    return kept, text_notes(field, whole, kept, Side.XERO)


def email_to_xero(ours: str, theirs: str) -> tuple[str, tuple[Finding, ...]]:
    """Give the address; one that Xero would refuse is left out, Xero's own stays."""
    ours = ours.strip()
    if same_email(ours, theirs):
        return theirs, ()
    if ours and not xero_email(ours):
        return theirs, (note(Code.TEXT_UNSUPPORTED, f"Xero refuses the email address {quoted(ours)}.", field="email"),)
    return ours, ()


def email_to_vtiger(theirs: str, ours: str) -> tuple[str, tuple[Finding, ...]]:
    """Give the address; one in Vtiger that Xero cannot hold stays where Xero has none."""
    if same_email(theirs, ours) or not (theirs or xero_email(ours)):
        return ours, ()
    if len(theirs) > VTIGER_EMAIL:
        return ours, (email_too_long(theirs, "email"),)
    return theirs, ()


def email_too_long(address: str, field: str) -> Finding:
    """Say that Vtiger has no room for an address: half of one is none."""
    message = f"Vtiger holds {VTIGER_EMAIL} characters of an email address; left out: {quoted(address)}."
    return note(Code.TEXT_UNSUPPORTED, message, field=field)


def name_too_long(length: int, limit: int, service: str) -> Finding:
    """Say that a name does not fit."""
    message = f"The name has {length} characters, {service} holds {limit}."
    return finding(Code.TEXT_UNSUPPORTED, message, field="name")
