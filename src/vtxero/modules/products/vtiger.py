"""Vtiger's side of products: Products and Services, one record with a kind."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, note
from vtxero.domain.money import CENT, ZERO, cents, parse_amount, round_places
from vtxero.domain.reference import VtigerModule
from vtxero.domain.sides import Side
from vtxero.domain.text import as_vtiger_stores, match_key
from vtxero.domain.words import quoted
from vtxero.modules.products.record import AttachedTax, Product
from vtxero.modules.products.rules import PRICE_PLACES, XERO_DESCRIPTION, answer_findings, vtiger_text_findings
from vtxero.modules.products.tools import Tools
from vtxero.modules.products.vtiger_accounts import AccountTexts
from vtxero.modules.products.vtiger_wire import VtigerProductRow, attached_taxes, further_prices, unreadable
from vtxero.rules import labels
from vtxero.rules.fields import (
    cleared_findings,
    mandatory_finding,
    missing_mandatory,
    with_defaults,
    with_mandatory,
)
from vtxero.rules.rows import marked_source, noted_id, read_json, source_of, write_json
from vtxero.rules.taxes import RUN_AGAIN_WITH_TAX, waits_for_tax
from vtxero.rules.texts import composed, text_notes
from vtxero.sync.records import Payload, Projection, Snapshot

MOVABLE = {
    "description": "description",
    "sales_account": labels.SALES_ACCOUNT,
    "purchase_price": "purchase_cost",
    "purchase_account": labels.PURCHASE_ACCOUNT,
    "quantity": "qtyinstock",
}
"""The Vtiger fields, by name or label, that the config may change."""
TITLES = {"Products": ("productname", "productcode"), "Services": ("servicename", "service_no")}
"""Where each module keeps its name and its code. A service has no code of its own, and its number cannot be set."""
_LIMITS = {"productname": 100, "servicename": 100, "productcode": 40}


class VtigerProducts:
    """Reads and writes Vtiger's products and services."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._accounts = AccountTexts(tools.reference, tools.options, tools.rules)
        self._base = next((item.id for item in tools.reference.vtiger.currencies if item.base), "")

    @property
    def side(self) -> Side:
        return Side.VTIGER

    def parse(self, page: bytes) -> list[Snapshot[Product]]:
        return [self._read(row) for row in read_json(page)]

    def parse_one(self, raw: str) -> Snapshot[Product]:
        return self._read(read_json(raw))

    def project(self, source: Snapshot[Product], current: Product | None) -> Projection[Product]:
        record = source.record
        held = current or Product(kind="Products", currency=self._base, sales_price=ZERO, purchase_price=ZERO)
        named, findings = self._named(record, held)
        text, notes = _description(record, held)
        tax, said = self._tax(record, held, is_new=current is None)
        wanted = replace(
            held,
            **named,
            description=text,
            sales_price=_price(record.sales_price, held.sales_price),
            purchase_price=_price(record.purchase_price, held.purchase_price),
            sales_account=self._accounts.text(record, held, "sales_account", is_new=current is None),
            purchase_account=self._accounts.text(record, held, "purchase_account", is_new=current is None),
            tax=tax,
            quantity=held.quantity if record.quantity is None else record.quantity,
        )
        wanted = self._tools.rules.hold_back(wanted, held, Side.VTIGER, needed=() if current else ("code",))
        said += self._accounts.notes(wanted, held)
        if current is None:
            wanted = replace(wanted, unit_price=wanted.sales_price, taxes=self._wanted_taxes(wanted, held))
            findings += self._mandatory(wanted)
        return Projection(wanted, findings + notes + said)

    def check_update(self, current: Product, wanted: Product) -> tuple[Finding, ...]:
        return (
            self._rounded(current, wanted)
            + tuple(
                item
                for part, field in self._places(wanted.kind).items()
                if getattr(wanted, part) != getattr(current, part)
                for item in vtiger_text_findings(part, getattr(wanted, part), _LIMITS.get(field, 100))
            )
            + cleared_findings(self._changed(wanted, current), self._module(wanted.kind), self._tools.options.defaults)
        )

    def _rounded(self, current: Product, wanted: Product) -> tuple[Finding, ...]:
        """Say that Vtiger would round a price that no one has changed: every write carries them (see `_carried`)."""
        places = self._tools.reference.vtiger.user_decimals
        if places is None:
            return ()
        own = () if wanted.sales_price != current.sales_price or current.unit_price is None else (current.unit_price,)
        carried = (*own, *(amount for _, amount in current.prices))
        finer = [price for price in carried if round_places(price, places) != price]
        if not finer:
            return ()
        text = f"Saving it would round its price in Vtiger from {finer[0]:f} to {round_places(finer[0], places):f}."
        remedy = "Give the API user in Vtiger as many decimals as its prices have, or round the price by hand."
        return (finding(Code.DECIMALS, text, field="sales_price", remedy=remedy),)

    def payload(self, wanted: Product, current: Product | None, vtiger_id: str, xero_id: str) -> Payload:
        held = current or Product(kind=wanted.kind)
        element = self._changed(wanted, held) if current else self._fields(wanted)
        if self.lacks_id(wanted, xero_id):
            element[self._id_field(wanted.kind)] = xero_id
        if current is None:
            made = {"source": source_of(xero_id)} if xero_id else {}
            steps = [{"op": "create", "module": wanted.kind, "element": self._new(wanted, element) | made}]
        else:
            element = with_mandatory(element, self._module(wanted.kind), self._tools.options.defaults)
            carried = self._carried(wanted, held, self._wanted_taxes(wanted, held))
            steps = [{"op": "revise", "module": wanted.kind, "element": {"id": vtiger_id, **element, **carried}}]
        return {"steps": steps}

    @property
    def keeps_id(self) -> bool:
        """Whether Xero's id is kept in a field of Vtiger's, of products or of services."""
        return any(map(self._id_field, TITLES))

    def _id_field(self, kind: str) -> str:
        """Give the field that Xero's id is written into, blank where that is not asked for, or there is none."""
        return self._module(kind).by_label(labels.ITEM_ID) if self._tools.options.write_back else ""

    def lacks_id(self, record: Product, xero_id: str) -> bool:
        """Tell whether Xero's id is to be written into the field for it."""
        return bool(xero_id and self._id_field(record.kind)) and record.marker != xero_id

    def placeholder(self, name: str) -> Product:
        """Give the product that stands for Xero's lines without an item: it has every tax, since any may be on them."""
        taxes = tuple(
            AttachedTax(tax.field, tax.rate) for tax in self._tools.reference.vtiger.taxes if tax.method != "Deducted"
        )
        return Product(
            code=name if self._tools.options.name_is == "code" else "",
            name=name,
            sales_price=ZERO,
            purchase_price=ZERO,
            tax="+".join(tax.field for tax in taxes),
            kind="Products",
            currency=self._base,
            unit_price=ZERO,
            taxes=taxes,
        )

    def check_answer(self, wanted: Product, answered: Product) -> tuple[Finding, ...]:
        return answer_findings(wanted, answered, Side.VTIGER)

    def _module(self, kind: str) -> VtigerModule:
        return self._tools.reference.vtiger.modules[kind]

    def _places(self, kind: str) -> dict[str, str]:
        """Tell which Vtiger fields hold our name and code: `name_is: code` lets them change places."""
        title, number = TITLES[kind]
        return (
            {"name": title, "code": number}
            if self._tools.options.name_is == "name"
            else {"name": number, "code": title}
        )

    def _named(self, record: Product, held: Product) -> tuple[dict[str, Any], tuple[Finding, ...]]:
        """Give name and code, in Vtiger's present words where they mean the same."""
        named: dict[str, Any] = {}
        findings: tuple[Finding, ...] = ()
        for part, field in self._places(held.kind).items():
            ours, theirs = getattr(held, part), getattr(record, part)
            if part == "name" and not theirs and field in {"productname", "servicename"}:
                theirs = record.code
            if field == "service_no" or composed(ours) == theirs:
                named[part] = ours
            else:
                named[part] = theirs
                findings += vtiger_text_findings(part, theirs, _LIMITS[field])
        return named, findings

    def _tax(self, record: Product, held: Product, *, is_new: bool) -> tuple[str, tuple[Finding, ...]]:
        """Give the column of the tax that is Xero's; a product with several taxes keeps them."""
        if len(held.counted) > 1 or not record.tax:
            return held.tax, ()
        none = self._tools.matcher.none
        if none is not None and record.tax == none.tax_type:
            return "", ()
        for one in held.counted:
            known = self._tools.reference.vtiger.tax(one.field)
            meant = self._tools.matcher.to_xero(known.label, one.rate) if known else None
            if meant is not None and meant.tax_type == record.tax:
                return held.tax, ()
        found = self._tools.matcher.to_vtiger(record.tax)
        if found is not None:
            return found.field, ()
        rate = self._tools.reference.xero.tax_rate(record.tax)
        if waits := waits_for_tax(self._tools.lookups, record.tax):
            text = waits[:1].upper() + waits[1:]
            return record.tax, (finding(Code.DEPENDENCY, text, field="tax", remedy=RUN_AGAIN_WITH_TAX),)
        message = (
            f"Xero's tax {quoted(rate.name if rate else record.tax)} is not one of Vtiger's; it crosses without a tax."
        )
        remedy = "Create the tax in Vtiger, sync the module taxes, or map it under taxes.map in the config."
        return held.tax, (note(Code.PRD_TAX, message, field="tax", remedy=remedy),) if is_new else ()

    def _changed(self, wanted: Product, current: Product) -> dict[str, str]:
        """Give the fields that stand for themselves and are to change."""
        before = self._fields(current)
        return {name: value for name, value in self._fields(wanted).items() if value != before[name]}

    def _fields(self, record: Product) -> dict[str, str]:
        """Give the fields that stand for themselves, under this module's names."""
        module = self._module(record.kind)
        fields = {field: getattr(record, part) for part, field in self._places(record.kind).items()}
        fields.pop("service_no", None)
        for part in ("description", "sales_account", "purchase_account"):
            fields[self._tools.rules.vtiger_field(part, module)] = getattr(record, part)
        fields[self._tools.rules.vtiger_field("purchase_price", module)] = _amount(record.purchase_price)
        if "quantity" in self._tools.rules.active and record.quantity is not None:
            fields[self._tools.rules.vtiger_field("quantity", module)] = _amount(record.quantity)
        fields.pop("", None)
        return fields

    def _new(self, wanted: Product, fields: Mapping[str, str]) -> dict[str, str]:
        """Give the element of a new product. Without `discontinued`, which means active, Vtiger would hide it."""
        element = {name: value for name, value in fields.items() if value}
        element |= {"discontinued": "1", "assigned_user_id": self._tools.reference.vtiger.user_id}
        element |= self._carried(wanted, Product(kind=wanted.kind), wanted.taxes)
        return with_defaults(element, self._module(wanted.kind), self._tools.options.defaults)

    def _carried(self, wanted: Product, held: Product, attached: Iterable[AttachedTax]) -> dict[str, str]:
        """Give price, currency and taxes, which every write of a product has to carry.

        Vtiger 8.2.0 replaces taxes and price book entries by what a revision carries (a revised name wiped both).
        """
        taxes = {tax.field: "" for tax in held.taxes}
        taxes |= {tax.field: _amount(tax.rate) for tax in attached}
        changed = wanted.sales_price != held.sales_price or held.unit_price is None
        price = wanted.sales_price if changed else held.unit_price
        prices = {column: _amount(amount) for column, amount in held.prices}
        return {"unit_price": _amount(price), "currency_id": held.currency or self._base, **prices, **taxes}

    def _wanted_taxes(self, wanted: Product, held: Product) -> tuple[AttachedTax, ...]:
        if wanted.tax == held.tax:
            return held.taxes
        uncounted = tuple(tax for tax in held.taxes if tax not in held.counted)
        known = (self._tools.reference.vtiger.tax(field) for field in wanted.tax.split("+"))
        return (*uncounted, *(AttachedTax(tax.field, tax.rate) for tax in known if tax is not None))

    def _mandatory(self, wanted: Product) -> tuple[Finding, ...]:
        element = self._new(wanted, self._fields(wanted))
        if self._tools.options.write_back:
            element[self._module(wanted.kind).by_label(labels.ITEM_ID)] = "filled when written"
        return tuple(mandatory_finding(label) for label in missing_mandatory(element, self._module(wanted.kind)))

    def _read(self, row: Mapping[str, Any]) -> Snapshot[Product]:
        try:
            parsed = VtigerProductRow.model_validate(row)
            record = self._record(parsed)
        except (ValidationError, ValueError, ArithmeticError, KeyError) as problem:
            return unreadable(row, problem)
        keys = (("code", match_key(record.code)), ("name", match_key(record.name)))
        return Snapshot(
            id=parsed.row.id,
            label=composed(parsed.row.text(TITLES[parsed.module][0])),
            modified=parsed.row.text("modifiedtime"),
            record=record,
            raw=write_json(row),
            keys=tuple(key for key in keys if key[1]),
            marker=record.marker or marked_source(parsed.row.text("source")),
        )

    def _record(self, parsed: VtigerProductRow) -> Product:
        row, module = parsed.row, self._module(parsed.module)
        places = self._places(parsed.module)
        currency = row.text("currency_id")
        price = parse_amount(row.text("unit_price"))
        taxes = attached_taxes(row)
        in_base = not currency or currency == self._base
        place = {field: self._tools.rules.vtiger_field(field, module) for field in MOVABLE}
        return Product(
            code=row.text(places["code"]),
            name=row.text(places["name"]),
            description=row.text(place["description"]),
            sales_price=price if in_base else None,
            sales_account=row.text(place["sales_account"]),
            purchase_price=parse_amount(row.text(place["purchase_price"])),
            purchase_account=row.text(place["purchase_account"]),
            tax="+".join(tax.field for tax in taxes if self._counts(tax.field)),
            quantity=parse_amount(row.text(place["quantity"])) if place["quantity"] else None,
            kind=parsed.module,
            active=row.text("discontinued") == "1",
            currency=currency,
            unit_price=price,
            taxes=taxes,
            prices=further_prices(row, currency or self._base),
            marker=noted_id(row.text(module.by_label(labels.ITEM_ID))),
        )

    def _counts(self, field: str) -> bool:
        """Tell whether an attached tax counts: a deleted one does not, and a deducted one is no sales tax."""
        known = self._tools.reference.vtiger.tax(field)
        return known is not None and known.method != "Deducted"


def _price(theirs: Decimal | None, ours: Decimal | None) -> Decimal | None:
    """Give a price as Vtiger would hold it.

    Vtiger's present price is kept where Xero's is the same at four decimals, or where it is Xero's in whole cents:
    Vtiger rounds prices to its API user's decimals, two as installed. A product priced in another currency has none.
    """
    if ours is None:
        return None
    if theirs is None:
        return ZERO
    same = round_places(ours, PRICE_PLACES) == theirs or (ours == cents(theirs) and theirs % CENT)
    return ours if same else theirs


def _description(record: Product, held: Product) -> tuple[str, tuple[Finding, ...]]:
    """Give the description; Vtiger escapes < and > of one that has markup in it when it stores it."""
    theirs, ours = record.description, composed(held.description)
    if theirs in {ours, ours[:XERO_DESCRIPTION].rstrip(), html.unescape(ours)}:
        return held.description, ()
    kept = as_vtiger_stores(theirs)
    return kept, text_notes("description", theirs, kept, Side.VTIGER)


def _amount(value: Decimal | None) -> str:
    return f"{value or ZERO:f}"
