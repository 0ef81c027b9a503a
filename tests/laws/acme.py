"""The telephone number of the laws' customer, as Xero has it."""

from __future__ import annotations


def xero_phone(company, name="Acme Ltd"):
    return company.contacts()[name]["Phones"]["DEFAULT"]["PhoneNumber"]


def set_xero_phone(company, value):
    company.xero.edit_contact(company.contact_id, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": value}])
