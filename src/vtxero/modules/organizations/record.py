"""The record that a Vtiger organization (with its contacts) and a Xero contact share."""

from __future__ import annotations

from dataclasses import dataclass

from vtxero.rules.addresses import NOWHERE, Address, vtiger_address
from vtxero.rules.phones import PhoneParts


@dataclass(frozen=True, slots=True)
class Person:
    """A human being at the organization.

    `id` is the Vtiger contact's id, blank on Xero's side and for a person that Vtiger does not have yet. `in_emails` is
    Xero's IncludeInEmails, which Vtiger cannot hold. Xero's primary person has no address but the contact's.
    """

    first: str = ""
    last: str = ""
    email: str = ""
    id: str = ""
    in_emails: bool = False

    @property
    def full(self) -> str:
        """The full name, with single blanks."""
        return " ".join(f"{self.first} {self.last}".split())


NOBODY = Person()


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization as one side holds it.

    The fields after `account_number` are not merged: they are what writing needs.

    `email` is the address that Xero has one place for: in Vtiger the organization's or the primary person's.
    `primary` and `people` are, in Vtiger, its oldest contact and the others by age; in Xero the primary person and the
    ContactPersons by name.
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    direct_phone: str = ""
    fax: str = ""
    website: str = ""
    billing: Address = NOWHERE
    shipping: Address = NOWHERE
    tax_number: str = ""
    kind: str = ""
    primary: Person = NOBODY
    people: tuple[Person, ...] = ()
    account_number: str = ""

    own_email: str = ""
    """Vtiger: the organization's own address, which `email` may come from."""
    contacts: tuple[Person, ...] = ()
    """Vtiger: all contacts as they are, oldest first; what a revision is compared with."""
    contact_kinds: tuple[tuple[str, str], ...] = ()
    """Vtiger: what its contacts' field `Contact Type` holds, by their ids; empty where contacts have none."""
    phone_slots: tuple[PhoneParts, ...] = ()
    """Xero: all phones as they are, since Xero replaces its phones as a whole."""
    marker: str = ""
    """Vtiger: the content of `Xero Contact ID`. Xero: ContactNumber."""

    @property
    def billing_fields(self) -> tuple[tuple[str, str], ...]:
        """The address fields of a new Vtiger invoice for this organization, as Vtiger names them."""
        parts = (("bill", self.billing), ("ship", self.shipping))
        return tuple(pair for prefix, address in parts for pair in vtiger_address(prefix, address))


FIELDS = (
    "name",
    "email",
    "phone",
    "direct_phone",
    "fax",
    "website",
    "billing",
    "shipping",
    "tax_number",
    "kind",
    "primary",
    "people",
    "account_number",
)
"""The fields that are merged, in the order they are shown."""
