"""The record that a person without an organization in Vtiger and a Xero contact share."""

from __future__ import annotations

from dataclasses import dataclass

from vtxero.rules.addresses import NOWHERE, Address
from vtxero.rules.phones import PhoneParts


@dataclass(frozen=True, slots=True)
class Person:
    """A human being as one side holds them.

    In Vtiger `name` is first and last name joined; in Xero it is the contact's, beside those of its primary person.
    The fields after `kind` are not merged.
    """

    name: str = ""
    first: str = ""
    last: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    fax: str = ""
    billing: Address = NOWHERE
    kind: str = ""

    organization: str = ""
    """Vtiger: the organization that the person belongs to, blank for those whom this module is about."""
    invoiced: bool = False
    """Vtiger: an invoice without an organization names this person."""
    phone_slots: tuple[PhoneParts, ...] = ()
    """Xero: all phones as they are, since Xero replaces its phones as a whole."""
    marker: str = ""
    """Vtiger: the content of `Xero Contact ID`. Xero: ContactNumber."""


NOBODY = Person()
FIELDS = ("name", "first", "last", "email", "phone", "mobile", "fax", "billing", "kind")
"""The fields that are merged, in the order they are shown."""
LIMITS = {"phone": 50, "mobile": 50, "fax": 50}
"""Vtiger's columns phone, mobile and fax of contacts are varchar(50)."""
