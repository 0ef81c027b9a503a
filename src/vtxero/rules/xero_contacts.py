"""A Contact as Xero sends and takes it, for the modules that share them (developer.xero.com: Accounting API)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from pydantic import Field, ValidationError

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.options import Types
from vtxero.domain.reference import VtigerField
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key, mended
from vtxero.domain.words import quoted
from vtxero.rules.addresses import Address
from vtxero.rules.phones import PhoneParts, split_phone
from vtxero.rules.rows import Text, WireModel, XeroId, XeroRow, unreadable_finding, write_json, xero_moment
from vtxero.rules.texts import composed
from vtxero.sync.records import Presence, Snapshot

_LINES = ("AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4")
KINDS = {(True, True): "Customer & Vendor", (True, False): "Customer", (False, True): "Vendor"}
"""What IsCustomer and IsSupplier are called in Vtiger."""


class XeroPhone(WireModel):
    """A phone slot."""

    kind: Text = Field("", alias="PhoneType")
    country: Text = Field("", alias="PhoneCountryCode")
    area: Text = Field("", alias="PhoneAreaCode")
    number: Text = Field("", alias="PhoneNumber")


class XeroAddress(WireModel):
    """An address slot."""

    kind: Text = Field("", alias="AddressType")
    line1: Text = Field("", alias="AddressLine1")
    line2: Text = Field("", alias="AddressLine2")
    line3: Text = Field("", alias="AddressLine3")
    line4: Text = Field("", alias="AddressLine4")
    city: Text = Field("", alias="City")
    region: Text = Field("", alias="Region")
    postal_code: Text = Field("", alias="PostalCode")
    country: Text = Field("", alias="Country")
    attention: Text = Field("", alias="AttentionTo")


class XeroPerson(WireModel):
    """A contact person."""

    first: Text = Field("", alias="FirstName")
    last: Text = Field("", alias="LastName")
    email: Text = Field("", alias="EmailAddress")
    in_emails: bool | None = Field(None, alias="IncludeInEmails")


class XeroContact(XeroRow):
    """A contact."""

    id: XeroId = Field(alias="ContactID")
    name: Text = Field("", alias="Name")
    number: Text = Field("", alias="ContactNumber")
    account_number: Text = Field("", alias="AccountNumber")
    status: Text = Field("ACTIVE", alias="ContactStatus")
    merged_to: Text = Field("", alias="MergedToContactID")
    first: Text = Field("", alias="FirstName")
    last: Text = Field("", alias="LastName")
    email: Text = Field("", alias="EmailAddress")
    website: Text = Field("", alias="Website")
    tax_number: Text = Field("", alias="TaxNumber")
    is_customer: bool | None = Field(None, alias="IsCustomer")
    is_supplier: bool | None = Field(None, alias="IsSupplier")
    phones: list[XeroPhone] | None = Field(None, alias="Phones")
    addresses: list[XeroAddress] | None = Field(None, alias="Addresses")
    persons: list[XeroPerson] | None = Field(None, alias="ContactPersons")
    modified: Text = Field("", alias="UpdatedDateUTC")


class Named(Protocol):
    """What the records that are made of a contact have in common."""

    @property
    def name(self) -> str: ...
    @property
    def marker(self) -> str: ...


N = TypeVar("N", bound=Named)


def read_contact(
    row: Mapping[str, Any], record_of: Callable[[XeroContact], N], named: Callable[[str], N]
) -> Snapshot[N]:
    """Read a contact into the record that `record_of` makes of it.

    Of one that is not as Xero's contacts are, `named` makes a record of the name alone; the findings say what is wrong.
    """
    try:
        contact = XeroContact.model_validate(row)
    except ValidationError as problem:
        found = unreadable_finding(Side.XERO, "contact", problem)
        name = mended(str(row.get("Name") or ""))
        return Snapshot(
            str(row.get("ContactID") or "").lower(), name, "", named(name), write_json(row), findings=(found,)
        )
    record = record_of(contact)
    findings = status_findings(contact)
    return Snapshot(
        id=contact.id,
        label=record.name,
        modified=xero_moment(contact.modified),
        record=record,
        raw=write_json(row),
        keys=(("name", match_key(record.name)),) if record.name else (),
        marker=record.marker,
        presence=Presence.GONE if findings else Presence.ACTIVE,
        findings=findings,
    )


def status_findings(contact: XeroContact) -> tuple[Finding, ...]:
    """Say why a contact is not to be worked with: merged into another, or archived.

    One that was restored since lives again, whatever it still says it was merged into.
    """
    if contact.status == "ACTIVE":
        return ()
    if contact.merged_to:
        return (finding(Code.ORG_MERGED, f"The Xero contact was merged into {contact.merged_to}."),)
    words = "is archived" if contact.status == "ARCHIVED" else f"has the status {contact.status}"
    return (finding(Code.ORG_ARCHIVED, f"The Xero contact {quoted(contact.name)} {words}."),)


def kind_for_vtiger(field: VtigerField | None, known: str, held: str, types: Types) -> str:
    """Give the type that Vtiger is to hold: Xero's where the picklist has it, and where the option lets it in."""
    is_fresh = types == "always" or (types == "new" and not held)
    return known if known and is_fresh and field is not None and known in field.choices else held


def phone_slots(contact: XeroContact) -> tuple[PhoneParts, ...]:
    """Give the phones that are filled, by kind: Xero's order may change by itself."""
    return tuple(
        PhoneParts(one.kind, one.country, one.area, one.number)
        for one in sorted(contact.phones or (), key=lambda one: one.kind)
        if one.country or one.area or one.number
    )


def phone_elements(slots: Iterable[PhoneParts], changed: Mapping[str, str]) -> list[dict[str, str]]:
    """Give all phones: Xero replaces them as a whole, so those that did not change (text by kind) go as they were."""
    now = {slot.kind: slot for slot in slots} | {kind: split_phone(text, kind) for kind, text in changed.items()}
    return [
        {"PhoneType": kind, "PhoneNumber": slot.number, "PhoneAreaCode": slot.area, "PhoneCountryCode": slot.country}
        for kind, slot in sorted(now.items())
    ]


def read_place(one: XeroAddress) -> Address:
    """Read an address slot."""
    lines = (composed(line) for line in (one.line1, one.line2, one.line3, one.line4))
    return Address(
        street="\n".join(line for line in lines if line),
        city=composed(one.city),
        region=composed(one.region),
        postal_code=composed(one.postal_code),
        country=composed(one.country),
        attention=composed(one.attention),
    )


def address_element(kind: str, address: Address) -> dict[str, str]:
    """Write an address slot."""
    lines = [*address.street.splitlines(), "", "", "", ""]
    return {
        "AddressType": kind,
        **dict(zip(_LINES, lines, strict=False)),
        "City": address.city,
        "Region": address.region,
        "PostalCode": address.postal_code,
        "Country": address.country,
        "AttentionTo": address.attention,
    }
