"""An invoice, as either side holds it, and its form as JSON text.

One type serves both dialects. A Vtiger record holds Vtiger's ids, statuses and tax fields; a Xero record Xero's
ids, item codes, statuses and TaxTypes. Amounts are in the invoice's own currency and without tax; rates are in per
cent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from vtxero.domain.money import ONE, ZERO

LineTax: TypeAlias = tuple[str, Decimal]
"""A tax that counts: Vtiger's field (`tax4`, `shipping_&_handling_shtax1`) and its rate in per cent."""

Tracking: TypeAlias = tuple[str, str]
"""A tracking category of Xero and its option, by name."""

GROUP = "group"
INDIVIDUAL = "individual"


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line. `product` is Vtiger's id, or Xero's item code; `description` is Vtiger's comment, or Xero's description.

    `taxes` belong to Vtiger's dialect, `tax_type` and `tax_amount` to Xero's; the latter is None unless the tax
    differs from what the rate gives. `account` is a code in Xero; in Vtiger the text of the line's own field, blank
    where it has none. `name` is the product's name, kept only where the product itself cannot be read.
    """

    product: str = ""
    description: str = ""
    quantity: Decimal = ONE
    unit_price: Decimal = ZERO
    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    taxes: tuple[LineTax, ...] = ()
    tax_type: str = ""
    account: str = ""
    tax_amount: Decimal | None = None
    name: str = field(default="", compare=False)
    line_id: str = field(default="", compare=False)
    tracking: tuple[Tracking, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount that is a line in Xero and something of its own in Vtiger: charges, adjustment, rounding."""

    amount: Decimal
    taxes: tuple[LineTax, ...] = ()
    tax_type: str = ""
    account: str = ""
    tax_amount: Decimal | None = None
    line_id: str = field(default="", compare=False)
    tracking: tuple[Tracking, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Invoice:
    """A sales invoice.

    `tax_mode` is group or individual in Vtiger, LineAmountTypes in Xero; a Xero record's lines are without tax in any
    mode. `group_discount` and `deducted` exist in Vtiger only, `rounding` in Xero only. `credited` is what credit
    notes, overpayments and prepayments took off: in Vtiger the balance alone shows it. `total` is the total as shown,
    in cents. What follows `total` is needed to write the record and is never merged.
    """

    party: str = ""
    reference: str = ""
    invoice_on: date | None = None
    due_on: date | None = None
    currency: str = ""
    status: str = ""
    lines: tuple[InvoiceLine, ...] = ()
    shipping: Charge | None = None
    adjustment: Charge | None = None
    rounding: Charge | None = None
    group_discount: Decimal = ZERO
    deducted: tuple[LineTax, ...] = ()
    amount_paid: Decimal = ZERO
    credited: Decimal = ZERO
    number: str = ""
    total: Decimal = ZERO
    amount_due: Decimal = ZERO
    tax_mode: str = ""
    conversion_rate: Decimal = ONE
    owner: str = ""
    carried: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = field(default=(), compare=False)


MERGED = (
    "party",
    "reference",
    "invoice_on",
    "due_on",
    "currency",
    "status",
    "lines",
    "shipping",
    "adjustment",
    "rounding",
    "group_discount",
    "deducted",
    "amount_paid",
    "credited",
)


def spell(amount: Decimal) -> str:
    """Write an amount so that equal ones are spelt equally; quicker than `canon`, for storage only."""
    return str(amount.normalize()) if amount else "0"


def encode(record: Invoice) -> str:
    """Write a record as JSON text; what has its default is left out, and equal records give equal text."""
    plain: dict[str, Any] = {}
    for name in _TEXTS:
        if value := getattr(record, name):
            plain[name] = value
    for name in _AMOUNTS:
        if value := getattr(record, name):
            plain[name] = spell(value)
    for name in _DATES:
        if value := getattr(record, name):
            plain[name] = value.isoformat()
    for name in _CHARGES:
        if (value := getattr(record, name)) is not None:
            plain[name] = _plain_charge(value)
    plain["lines"] = [_plain_line(line) for line in record.lines]
    if record.deducted:
        plain["deducted"] = _plain_taxes(record.deducted)
    return _write(plain)


def decode(text: str) -> Invoice:
    """Read what `encode` wrote."""
    plain = json.loads(text)
    values: dict[str, Any] = {name: plain[name] for name in _TEXTS if name in plain}
    values |= {name: Decimal(plain[name]) if name in plain else ZERO for name in _AMOUNTS}
    values |= {name: date.fromisoformat(plain[name]) for name in _DATES if name in plain}
    values |= {name: _charge(plain[name]) for name in _CHARGES if name in plain}
    values["lines"] = tuple(_line(item) for item in plain["lines"])
    values["deducted"] = _taxes(plain.get("deducted", ()))
    values["carried"] = _pairs(plain.get("carried", ()))
    values["needs"] = tuple(plain.get("needs", ()))
    return Invoice(**values)


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_TEXTS = ("party", "reference", "currency", "status", "number", "tax_mode", "owner", "carried", "needs")
_AMOUNTS = ("group_discount", "amount_paid", "credited", "total", "amount_due", "conversion_rate")
_DATES = ("invoice_on", "due_on")
_LINE_AMOUNTS = ("quantity", "unit_price", "discount_percent", "discount_amount")
_CHARGES = ("shipping", "adjustment", "rounding")


def _plain_line(line: InvoiceLine) -> dict[str, Any]:
    plain: dict[str, Any] = {"quantity": spell(line.quantity), "unit_price": spell(line.unit_price)}
    if line.product:
        plain["product"] = line.product
    if line.description:
        plain["description"] = line.description
    if line.discount_percent:
        plain["discount_percent"] = spell(line.discount_percent)
    if line.discount_amount:
        plain["discount_amount"] = spell(line.discount_amount)
    if line.name:
        plain["name"] = line.name
    return _plain_common(line, plain)


def _plain_charge(charge: Charge) -> dict[str, Any]:
    return _plain_common(charge, {"amount": spell(charge.amount)})


def _plain_common(item: InvoiceLine | Charge, plain: dict[str, Any]) -> dict[str, Any]:
    if item.taxes:
        plain["taxes"] = _plain_taxes(item.taxes)
    if item.tax_type:
        plain["tax_type"] = item.tax_type
    if item.account:
        plain["account"] = item.account
    if item.tax_amount is not None:
        plain["tax_amount"] = spell(item.tax_amount)
    if item.line_id:
        plain["line_id"] = item.line_id
    if item.tracking:
        plain["tracking"] = item.tracking
    return plain


def _plain_taxes(taxes: tuple[LineTax, ...]) -> list[list[str]]:
    return [[name, spell(rate)] for name, rate in taxes]


def _line(plain: dict[str, Any]) -> InvoiceLine:
    values: dict[str, Any] = {name: Decimal(plain[name]) for name in _LINE_AMOUNTS if name in plain}
    values |= {name: plain[name] for name in ("product", "description", "name") if name in plain}
    return InvoiceLine(**values, **_common(plain))


def _charge(plain: dict[str, Any]) -> Charge:
    return Charge(Decimal(plain["amount"]), **_common(plain))


def _common(plain: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {name: plain[name] for name in ("tax_type", "account", "line_id") if name in plain}
    if "tax_amount" in plain:
        values["tax_amount"] = Decimal(plain["tax_amount"])
    values["taxes"] = _taxes(plain.get("taxes", ()))
    values["tracking"] = _pairs(plain.get("tracking", ()))
    return values


def _taxes(plain: Any) -> tuple[LineTax, ...]:
    return tuple((name, Decimal(rate)) for name, rate in plain)


def _pairs(plain: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in plain)
