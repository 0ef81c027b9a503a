"""Rules of organizations: names, addresses for mail, and what the services answered."""

from __future__ import annotations

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.sides import Side
from vtxero.domain.words import quoted
from vtxero.modules.organizations.record import NOBODY, Organization
from vtxero.rules.contact_texts import name_too_long
from vtxero.rules.texts import kept_otherwise, unstorable_findings, xero_email

VTIGER_NAME = 100
_TEXTS = ("name", "email", "phone", "direct_phone", "fax", "website", "tax_number", "kind")


def vtiger_name_findings(name: str) -> tuple[Finding, ...]:
    """Say why Vtiger would not keep this name: emoji become ????, scripts are escaped, 100 characters are the most."""
    if not name:
        return (finding(Code.ORG_NAME, "It has no name, and Vtiger requires one.", field="name"),)
    found = unstorable_findings(name, "name", field="name")
    if len(name) > VTIGER_NAME:
        found.append(name_too_long(len(name), VTIGER_NAME, "Vtiger"))
    return tuple(found)


def primary_email_findings(wanted: Organization, source: Organization | None = None) -> tuple[Finding, ...]:
    """Say that further people need an address of the primary person ("Additional people cannot be added when ...").

    `source` is the record in Vtiger: an address that stands there and that Xero would refuse is the real cause.
    """
    if not wanted.people or wanted.email:
        return ()
    names = ", ".join(person.full or person.email for person in wanted.people)
    message = f"Xero takes no additional people ({names}) while the primary person has no email address."
    there = (source.own_email, *(person.email for person in source.contacts)) if source else ()
    refused = next((email for email in there if email.strip() and not xero_email(email)), "")
    if not refused:
        return (finding(Code.ORG_PRIMARY_EMAIL, message, field="email"),)
    message = (
        f"{message} Xero refuses the one in Vtiger, {quoted(refused)}: it takes no accents and no other signs there."
    )
    remedy = "Give the organization or its first contact an address of plain letters, digits and . _ - + @."
    return (finding(Code.ORG_PRIMARY_EMAIL, message, field="email", remedy=remedy),)


def answer_findings(wanted: Organization, answered: Organization, side: Side) -> tuple[Finding, ...]:
    """Note what the service kept otherwise than it was sent, and report persons that it did not keep."""
    service = side.label
    found = [
        kept_otherwise(Code.TEXT_UNSUPPORTED, ("organizations", field), service, kept, sent)
        for field in _TEXTS
        if (sent := getattr(wanted, field)) and (kept := getattr(answered, field)) != sent
    ]
    missing = _names(wanted) - _names(answered)
    if missing:
        code = Code.VTIGER_REFUSED if side is Side.VTIGER else Code.XERO_REFUSED
        found.append(
            finding(code, f"{service} did not keep these people: {', '.join(sorted(missing))}.", field="people")
        )
    return tuple(found)


def _names(record: Organization) -> set[str]:
    """Name everybody, those who were given another name by the new one: `contacts` still has the old."""
    people = [one for one in (record.primary, *record.people) if one != NOBODY]
    known = {one.id for one in people}
    others = [one for one in record.contacts if one.id not in known]
    return {one.full for one in (*people, *others) if one.full}
