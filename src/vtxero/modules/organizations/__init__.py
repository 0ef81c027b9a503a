"""Organizations: Vtiger Accounts with their Contacts, and Xero Contacts with their people."""

from __future__ import annotations

from vtxero.modules.organizations.module import OrganizationsSlice, field_rules
from vtxero.modules.organizations.record import Organization, Person
from vtxero.modules.organizations.vtiger_wire import ACCOUNT_FILLED, CONTACT_FILLED
from vtxero.rules.addresses import Address

__all__ = ["ACCOUNT_FILLED", "CONTACT_FILLED", "Address", "Organization", "OrganizationsSlice", "Person", "field_rules"]
