"""Contacts: people in Vtiger who belong to no organization, and Xero's Contacts that are theirs."""

from __future__ import annotations

from vtxero.modules.contacts.module import ContactsSlice, field_rules
from vtxero.modules.contacts.record import Person

__all__ = ["ContactsSlice", "Person", "field_rules"]
