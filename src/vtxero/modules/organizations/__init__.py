"""Organizations: Vtiger Accounts with their Contacts, and Xero Contacts with their people."""

from __future__ import annotations

from vtxero.modules.organizations.module import OrganizationsSlice
from vtxero.modules.organizations.record import Organization, Person
from vtxero.rules.addresses import Address

__all__ = ["Address", "Organization", "OrganizationsSlice", "Person"]
