"""One name in Xero, and first and last name in Vtiger, whose last name is mandatory."""

from __future__ import annotations

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.modules.contacts.record import Person
from vtxero.rules.contact_texts import VTIGER_FIRST, VTIGER_LAST, name_too_long, xero_name
from vtxero.rules.texts import unstorable_findings

MORE = "Enter the person in Vtiger by hand, or shorten the name in Xero."


def joined(first: str, last: str) -> str:
    """Give the name that Xero knows a person by."""
    return xero_name(f"{first} {last}")


def split_name(name: str, held: Person) -> tuple[str, str]:
    """Take a full name apart where the present first or last name parts it, else before its last word."""
    for place, part in enumerate((held.first, held.last)):
        known = xero_name(part)
        rest = name.removeprefix(f"{known} ") if place == 0 else name.removesuffix(f" {known}")
        if known and rest != name:
            return (part, rest) if place == 0 else (rest, part)
    first, _, last = name.rpartition(" ")
    return first, last


def names_for_vtiger(wanted: Person, held: Person) -> tuple[str, str]:
    """Give first and last name to be written: those that changed, else the changed full name taken apart."""
    if (wanted.first, wanted.last) == (held.first, held.last) and wanted.name != held.name:
        return split_name(wanted.name, held)
    return wanted.first, wanted.last


def vtiger_name_findings(first: str, last: str) -> tuple[Finding, ...]:
    """Say why Vtiger would not keep these names: emoji become ????, scripts are escaped, its columns cut, silently."""
    found: list[Finding] = []
    if not last:
        found.append(finding(Code.ORG_NAME, "It has no last name, and Vtiger requires one.", field="last"))
    for what, part, limit in (("first name", first, VTIGER_FIRST), ("last name", last, VTIGER_LAST)):
        found += unstorable_findings(part, what, field="name", remedy=MORE)
        if len(part) > limit:
            found.append(name_too_long(len(part), limit, "Vtiger"))
    return tuple(found)
