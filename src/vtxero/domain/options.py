"""What users can set for a module. Part of the config; read by the slices. Frozen."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from vtxero.domain.sides import Direction
from vtxero.domain.text import match_key

ConflictPolicy = Literal["report", "xero", "vtiger"]
XeroStatus = Literal["DRAFT", "SUBMITTED", "AUTHORISED", "VOID", "skip"]
Types = Literal["new", "always", "off"]
FieldRule = Literal["both", "to-xero", "to-vtiger", "off"]


_TAX_TYPE = re.compile(r"[A-Z][A-Z0-9_]{1,49}")
"""developer.xero.com/documentation/api/accounting/types#tax-rates: OUTPUT2, ZERORATEDOUTPUT, TAX001."""


class Options(BaseModel):
    """Base of all option groups: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ModuleSwitch(Options):
    """What every module has."""

    enabled: bool = True


class ModuleOptions(ModuleSwitch):
    """What the modules have that go both ways."""

    direction: Direction = Field(Direction.BOTH, description="to-xero, to-vtiger or both")
    conflict: ConflictPolicy = Field("report", description="which side wins when both changed the same field")
    fields: dict[str, FieldRule | dict[str, str]] = Field(
        default_factory=dict, description="per field: both, to-xero, to-vtiger, off, or {vtiger: field name or label}"
    )
    defaults: dict[str, str] = Field(
        default_factory=dict, description="values for mandatory Vtiger fields that Xero leaves empty"
    )


class TaxOptions(ModuleSwitch):
    """modules.taxes: from Xero to Vtiger only, and Xero leads. Off at first, for no tax ever goes away in Vtiger."""

    enabled: bool = Field(False, description="each tax that is made becomes a column in Vtiger for good")
    revenue_only: bool = Field(True, description="leave out tax rates that do not apply to revenue")


class OrganizationOptions(ModuleOptions):
    """modules.organizations."""

    email_from: Literal["organization", "primary_person"] = "organization"
    contact_number: bool = Field(True, description="write the Vtiger id into Xero's contact code, as the marker")
    account_number: bool = Field(False, description="send account_no as Xero's AccountNumber")
    types: Types = "new"
    tax_number_field: str = Field("", description="field name or label; blank: found by label (GST, VAT, ABN, ...)")
    write_back: bool = Field(False, description="write Xero's id into Vtiger's field labelled Xero Contact ID")


class ContactOptions(ModuleOptions):
    """modules.contacts: people in Vtiger without an organization."""

    everyone: bool = Field(False, description="also send people whom no invoice names")
    contact_number: bool = Field(True, description="write the Vtiger id into Xero's contact code, as the marker")
    types: Types = "new"
    write_back: bool = Field(False, description="write Xero's id into Vtiger's field labelled Xero Contact ID")


class ProductOptions(ModuleOptions):
    """modules.products."""

    name_is: Literal["name", "code"] = "name"
    sales_account: str = Field("", description="account for new items whose product names none; blank: none is sent")
    purchase_account: str = Field("", description="the same for purchases")
    inactive: bool = Field(False, description="also send inactive products that no invoice needs")
    write_back: bool = Field(False, description="write Xero's id into Vtiger's field labelled Xero Item ID")


class InvoiceOptions(ModuleOptions):
    """modules.invoices. Accounts are codes of Xero's chart."""

    sales_account: str = ""
    shipping_account: str = ""
    adjustment_account: str = ""
    create_as: Literal["status", "draft"] = Field(
        "status", description="draft: hold everything back as a draft in Xero"
    )
    edit_approved: bool = False
    write_back: bool = Field(False, description="write Xero's id into Vtiger's field labelled Xero Invoice ID")
    void: bool = Field(False, description="let a cancelled invoice be voided or deleted in Xero")
    rounding: Literal["tax", "line", "accept", "skip"] = "tax"
    placeholder_product: str = Field("??????", description="product for Xero lines without an item")
    status_to_xero: dict[str, XeroStatus] = Field(
        default_factory=lambda: dict[str, XeroStatus](
            {
                "Created": "DRAFT",
                "AutoCreated": "DRAFT",
                "Approved": "AUTHORISED",
                "Sent": "AUTHORISED",
                "Overdue": "AUTHORISED",
                "Partially Paid": "AUTHORISED",
                "Paid": "AUTHORISED",
                "Cancel": "VOID",
                "Credit Invoice": "skip",
            }
        )
    )
    status_to_vtiger: dict[str, str] = Field(
        default_factory=lambda: {
            "DRAFT": "Created",
            "SUBMITTED": "Created",
            "AUTHORISED": "Approved",
            "PAID": "Paid",
            "VOIDED": "Cancel",
            "DELETED": "Cancel",
        }
    )


class PaymentOptions(ModuleOptions):
    """modules.payments, for a Vtiger that has the module. Accounts are codes, names or ids of Xero's chart."""

    account: str = Field("", description="account of payments whose field or mode names none")
    accounts: dict[str, str] = Field(default_factory=dict, description="account by Vtiger's payment mode")
    status: str = Field("Received", description="the status of the payments that cross")
    invoice_statuses: tuple[str, ...] = Field(
        ("Approved", "Paid", "Partially Paid"), description="payments to Xero: the statuses of the invoice in Vtiger"
    )


class TaxMapOptions(Options):
    """taxes: how Vtiger's taxes are found in Xero."""

    none: str = Field("NONE", description="TaxType of lines without any tax")
    map: dict[str, str] = Field(default_factory=dict, description="Vtiger tax label -> Xero TaxType")

    @field_validator("none", mode="after")
    @classmethod
    def _is_tax_type(cls, value: str) -> str:
        return _tax_type(value, "")

    @field_validator("map", mode="after")
    @classmethod
    def _leads_somewhere(cls, value: dict[str, str]) -> dict[str, str]:
        labels: dict[str, str] = {}
        for label, tax_type in value.items():
            key = match_key(label)
            if not key:
                raise ValueError("names no tax: write Vtiger's tax label, a colon, and Xero's TaxType")
            if key in labels:
                raise ValueError(
                    f"names the tax {label!r} twice, also as {labels[key]!r}: case and blanks do not count"
                )
            labels[key] = label
            _tax_type(tax_type, f"maps {label!r} to ")
        return value


def _tax_type(text: str, before: str) -> str:
    """Take what looks like one of Xero's TaxTypes; whether there is such a one, only Xero knows."""
    if not _TAX_TYPE.fullmatch(text.strip()):
        raise ValueError(f"{before or 'is '}{text!r}, which is no TaxType of Xero's; write it like OUTPUT2 or TAX001")
    return text.strip()


class GuardOptions(Options):
    """guards: when a run stops before its first write. `max_changes` counts updates of existing records."""

    max_changes: int = Field(200, ge=0)
    max_deletions: int = Field(20, ge=0)
    max_share: Decimal = Field(
        Decimal(1),
        ge=0,
        le=1,
        description="share of a module's records that may change in a run; 1 is any, and twenty always may",
    )
