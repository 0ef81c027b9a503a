"""Xero's side of products: Items (developer.xero.com: Accounting API, Items; version of November 2026)."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import Field, ValidationError

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, note
from vtxero.domain.money import canon, round_places
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key, mended
from vtxero.modules.products.record import Product
from vtxero.modules.products.rules import (
    PRICE_PLACES,
    XERO_DESCRIPTION,
    Crossing,
    answer_findings,
    find_code,
    taken_findings,
    xero_code_findings,
)
from vtxero.modules.products.tools import Tools
from vtxero.rules.accounts import tax_fits_account
from vtxero.rules.rows import (
    Amount,
    Text,
    WireModel,
    XeroId,
    XeroRow,
    read_json,
    unreadable_finding,
    write_json,
    xero_moment,
)
from vtxero.rules.texts import composed, text_notes
from vtxero.sync.records import Payload, Projection, Snapshot


class XeroDetails(WireModel):
    """The sales or purchase side of an item."""

    price: Amount | None = Field(None, alias="UnitPrice")
    account: Text = Field("", alias="AccountCode")
    cost_account: Text = Field("", alias="COGSAccountCode")
    tax_type: Text = Field("", alias="TaxType")


class XeroItem(XeroRow):
    """An item."""

    id: XeroId = Field(alias="ItemID")
    code: Text = Field("", alias="Code")
    name: Text = Field("", alias="Name")
    description: Text = Field("", alias="Description")
    is_sold: bool | None = Field(None, alias="IsSold")
    is_purchased: bool | None = Field(None, alias="IsPurchased")
    tracked: bool | None = Field(None, alias="IsTrackedAsInventory")
    quantity: Amount | None = Field(None, alias="QuantityOnHand")
    sales: XeroDetails | None = Field(None, alias="SalesDetails")
    purchase: XeroDetails | None = Field(None, alias="PurchaseDetails")
    modified: Text = Field("", alias="UpdatedDateUTC")


class XeroProducts:
    """Reads and writes Xero's items."""

    def __init__(self, tools: Tools, crossing: Crossing) -> None:
        self._tools = tools
        self._crossing = crossing

    @property
    def side(self) -> Side:
        return Side.XERO

    def parse(self, page: bytes) -> list[Snapshot[Product]]:
        return [self._read(row) for row in read_json(page).get("Items") or []]

    def parse_one(self, raw: str) -> Snapshot[Product]:
        return self._read(read_json(raw))

    def project(self, source: Snapshot[Product], current: Product | None) -> Projection[Product]:
        record, held = source.record, current or Product()
        never = self._crossing.findings(record) if current is None else ()
        if never:
            return Projection(record, never)
        findings: list[Finding] = []
        wanted = replace(held, **self._named(record, held))
        findings += xero_code_findings(wanted)
        findings += text_notes("description", composed(record.description), wanted.description, Side.XERO)
        accounts, said = self._accounts(record, current)
        findings += said
        wanted = replace(wanted, **accounts, **_prices(record, held, is_new=current is None), quantity=held.quantity)
        if record.currency and record.sales_price is None:
            findings.append(self._currency_note(record.currency))
        tax, said = self._tax(record, current, wanted.sales_account)
        wanted = _as_sold(replace(wanted, tax=tax), held)
        wanted = self._tools.rules.hold_back(wanted, held, Side.XERO, needed=() if current else ("code",))
        return Projection(wanted, (*findings, *said))

    def check_update(self, current: Product, wanted: Product) -> tuple[Finding, ...]:
        if (wanted.code, wanted.name) == (current.code, current.name):
            return ()
        return xero_code_findings(wanted) + taken_findings(self._tools.lookups, wanted, current)

    def payload(self, wanted: Product, current: Product | None, vtiger_id: str, xero_id: str) -> Payload:  # noqa: ARG002
        held = current or Product()
        element: dict[str, Any] = {"Code": wanted.code}
        for key, field in (("Name", "name"), ("Description", "description")):
            if getattr(wanted, field) != getattr(held, field):
                element[key] = getattr(wanted, field)
        sales, purchase = _sales(wanted), _purchase(wanted)
        if sales != _sales(held):
            element["SalesDetails"] = _emptied(sales, _sales(held))
        if purchase != _purchase(held):
            element["PurchaseDetails"] = _emptied(purchase, _purchase(held))
        return element if current is None else {"ItemID": xero_id, **element}

    def check_answer(self, wanted: Product, answered: Product) -> tuple[Finding, ...]:
        return answer_findings(wanted, answered, Side.XERO)

    def _named(self, record: Product, held: Product) -> dict[str, Any]:
        """Give code, name and description; Vtiger's name may stand for a name that Xero does not have."""
        code, name, text = composed(record.code), composed(record.name), composed(record.description)
        nameless = bool(held.code) and not held.name and name == code
        description = text[:XERO_DESCRIPTION].rstrip()
        if held.description and html.unescape(text) == held.description:
            # Vtiger escapes < and > of a description that has markup in it when it stores it.
            description = held.description
        named = {"code": code, "name": "" if nameless else name}
        number = "code" if self._tools.options.name_is == "name" else "name"
        if record.kind == "Services" and getattr(held, number):
            # A service has no code but its number in Vtiger: a code that a bookkeeper chose in Xero stays.
            named[number] = getattr(held, number)
        return {**named, "description": description}

    def _accounts(self, record: Product, current: Product | None) -> tuple[dict[str, Any], tuple[Finding, ...]]:
        """Give the accounts' codes; where the product names none, the config's."""
        accounts: dict[str, Any] = {}
        findings: tuple[Finding, ...] = ()
        for field in ("sales_account", "purchase_account"):
            if current is not None and not self._rules_has(field):
                accounts[field] = getattr(current, field)
                continue
            text = getattr(record, field)
            if not text.strip() and (field == "sales_account" or record.purchase_price):
                text = getattr(self._tools.options, field)
            accounts[field], said = find_code(self._tools.reference.xero, text, field)
            findings += said
        return accounts, findings

    def _rules_has(self, field: str) -> bool:
        """Tell whether this Vtiger has a field for the account, in Products or Services."""
        modules = (self._tools.reference.vtiger.modules.get(name) for name in ("Products", "Services"))
        return any(module is not None and self._tools.rules.vtiger_field(field, module) for module in modules)

    def _currency_note(self, currency_id: str) -> Finding:
        known = self._tools.reference.vtiger.currency(currency_id)
        code = known.code if known else currency_id
        base = self._tools.reference.xero.organisation.base_currency
        message = f"It is priced in {code}, and Xero's items in {base}: it crosses without a price."
        remedy = f"Price it in {base} in Vtiger if Xero should know its price."
        return note(Code.PRD_CURRENCY, message, field="sales_price", remedy=remedy)

    def _tax(self, record: Product, current: Product | None, account_code: str) -> tuple[str, tuple[Finding, ...]]:
        """Give the TaxType of the product's one tax; where Xero knows no such tax, its own or the account's stays."""
        account = self._tools.reference.xero.account(account_code)
        present = current.tax if current else (account.tax_type if account else "")
        if len(record.counted) > 1:
            return present, (note(Code.PRD_TAX, field="tax"),)
        if not record.counted:
            rate = self._tools.matcher.none
            return (rate.tax_type if rate and tax_fits_account(rate, account) else present), ()
        only = record.counted[0]
        known = self._tools.reference.vtiger.tax(only.field)
        label, percent = (known.label if known else only.field), only.rate
        rate = self._tools.matcher.to_xero(label, percent)
        if rate is not None and tax_fits_account(rate, account):
            return rate.tax_type, ()
        why = "cannot be used with its sales account" if rate else "is not one of Xero's"
        message = f"Its tax {label} at {percent:f} % {why}; it crosses without a tax."
        remedy = "Create the tax in Xero, or map it under taxes.map in the config."
        return present, (note(Code.PRD_TAX, message, field="tax", remedy=remedy),)

    def _read(self, row: Mapping[str, Any]) -> Snapshot[Product]:
        try:
            item = XeroItem.model_validate(row)
        except ValidationError as problem:
            return _unreadable(row, problem)
        record = self._record(item)
        keys = (("code", match_key(record.code)), ("name", match_key(record.name)))
        return Snapshot(
            id=item.id,
            label=record.name or record.code,
            modified=xero_moment(item.modified),
            record=record,
            raw=write_json(row),
            keys=tuple(key for key in keys if key[1]),
            marker=record.code,
        )

    def _record(self, item: XeroItem) -> Product:
        sales, purchase = item.sales or XeroDetails(), item.purchase or XeroDetails()
        account = self._tools.reference.xero.account(sales.account)
        return Product(
            code=composed(item.code),
            name=composed(item.name),
            description=composed(item.description),
            sales_price=None if sales.price is None else canon(sales.price),
            sales_account=sales.account,
            purchase_price=None if purchase.price is None else canon(purchase.price),
            purchase_account=purchase.account,
            tax=sales.tax_type or (account.tax_type if account else ""),
            quantity=canon(item.quantity) if item.tracked and item.quantity is not None else None,
            is_sold=item.is_sold is not False,
            is_purchased=item.is_purchased is not False,
            tracked=bool(item.tracked),
            purchase_tax=purchase.tax_type,
            cost_account=purchase.cost_account,
        )


def _prices(record: Product, held: Product, *, is_new: bool) -> dict[str, Any]:
    """Give the prices at four decimals. Vtiger's 0 also means that no price was ever entered."""
    prices: dict[str, Any] = {}
    for field in ("sales_price", "purchase_price"):
        ours, theirs = getattr(record, field), getattr(held, field)
        sent_anyway = is_new and field == "sales_price"
        if ours is None or not (ours or theirs or sent_anyway):
            prices[field] = theirs
        else:
            prices[field] = canon(round_places(ours, PRICE_PLACES))
    return prices


def _as_sold(wanted: Product, held: Product) -> Product:
    """Keep what Xero does not let an item have: a sales side when it is not sold, a purchase account when tracked."""
    if not held.is_sold:
        wanted = replace(
            wanted,
            description=held.description,
            sales_price=held.sales_price,
            sales_account=held.sales_account,
            tax=held.tax,
        )
    if not held.is_purchased:
        wanted = replace(wanted, purchase_price=held.purchase_price, purchase_account=held.purchase_account)
    return replace(wanted, purchase_account=held.purchase_account) if held.tracked else wanted


def _sales(record: Product) -> dict[str, Any]:
    pairs = {"UnitPrice": record.sales_price, "AccountCode": record.sales_account, "TaxType": record.tax}
    return {key: value for key, value in pairs.items() if value not in {None, ""}}


def _purchase(record: Product) -> dict[str, Any]:
    pairs = {
        "UnitPrice": record.purchase_price,
        "AccountCode": record.purchase_account,
        "COGSAccountCode": record.cost_account,
        "TaxType": record.purchase_tax,
    }
    return {key: value for key, value in pairs.items() if value not in {None, ""}}


def _emptied(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Give all details of a side, since Xero may replace it as a whole, with what was taken away sent as empty."""
    return {**{key: 0 if key == "UnitPrice" else "" for key in before if key not in now}, **now}


def _unreadable(row: Mapping[str, Any], problem: ValidationError) -> Snapshot[Product]:
    found = unreadable_finding(Side.XERO, "item", problem)
    code = mended(str(row.get("Code") or ""))
    return Snapshot(
        str(row.get("ItemID") or "").lower(), code, "", Product(code=code), write_json(row), findings=(found,)
    )
