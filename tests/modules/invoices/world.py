"""A small pair of books to test invoices in: reference data, products, customers, and both services' answers by hand.

The answers are worked out here without the slice's own arithmetic.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from vtxero.domain.lookups import Partner, PartnerState, symbol
from vtxero.domain.options import InvoiceOptions, TaxMapOptions
from vtxero.domain.reference import (
    LedgerAccount,
    Reference,
    TaxComponent,
    VtigerCurrency,
    VtigerField,
    VtigerModule,
    VtigerReference,
    VtigerTax,
    XeroOrganisation,
    XeroReference,
    XeroTaxRate,
)
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key
from vtxero.modules.invoices import InvoicesSlice

D = Decimal
GST, VAT, CITY, ZERO_RATED, WITHHELD, LEVY = "tax4", "tax1", "tax2", "tax5", "tax6", "tax7"
ALL = frozenset({"ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE"})


def rate(name, tax_type, percent, *parts, active=True, applies=ALL):
    components = tuple(TaxComponent(*part) for part in parts) or (TaxComponent(name, D(percent)),)
    return XeroTaxRate(name, tax_type, D(percent), components, active, applies)


RATES = (
    rate("GST", "TAX001", "15"),
    rate("VAT", "TAX002", "4.5"),
    rate("City", "TAX003", "10"),
    rate("GST and Levy", "TAX004", "26.5", ("GST", D(15), False), ("Levy", D(10), True)),
    rate("GST and City", "TAX005", "25", ("GST", D(15), False), ("City", D(10), False)),
    rate("No GST", "NONE", "0"),
    rate("Zero Rated", "ZERORATED", "0", applies=frozenset({"REVENUE", "LIABILITY"})),
    rate("Exempt", "EXEMPTOUTPUT", "0"),
    rate("15% GST on Income", "OUTPUT2", "15"),
    rate("Expenses only", "TAX009", "15", applies=frozenset({"EXPENSE"})),
)
ACCOUNTS = tuple(
    LedgerAccount(code, f"id-{code}", name, "REVENUE", klass, active, system=system)
    for code, name, klass, active, system in (
        ("200", "Sales", "REVENUE", True, ""),
        ("210", "Services", "REVENUE", True, ""),
        ("260", "Freight", "REVENUE", True, ""),
        ("270", "Old income", "REVENUE", False, ""),
        ("300", "Purchases", "EXPENSE", True, ""),
        ("610", "Receivable", "ASSET", True, "DEBTORS"),
    )
)
TAXES = (
    VtigerTax(VAT, "VAT", D("4.5"), "Simple"),
    VtigerTax(CITY, "City", D(10), "Simple"),
    VtigerTax(GST, "GST", D(15), "Simple"),
    VtigerTax(ZERO_RATED, "Zero Rated", D(0), "Simple"),
    VtigerTax(WITHHELD, "Withholding", D(20), "Deducted"),
    VtigerTax(LEVY, "Levy", D(10), "Compound", (GST,)),
)
CHARGE = "shipping_&_handling"
MANDATORY = ("subject", "account_id", "assigned_user_id", "bill_street", "ship_street", "productid")


def a_reference(
    *,
    version="8.2.0",
    page="https://crm.example.com/index.php?module={module}&view=Detail&record={id}",
    custom=(),
    line_fields=(),
    mandatory=(),
    locked=None,
    payments=False,
    rates=RATES,
    currencies=("NZD", "USD"),
) -> Reference:
    fields = [VtigerField(name, name, "string", mandatory=True) for name in MANDATORY]
    fields += [VtigerField("cf_po", "Order Number", "string", mandatory=False)]
    fields += [VtigerField(f"cf_{label}", label, "string", mandatory=False) for label in custom]
    fields += [VtigerField(f"cf_{label}", label, "string", mandatory=True) for label in mandatory]
    lines = tuple(VtigerField(f"cf_{label}", label, "string", mandatory=False) for label in line_fields)
    modules = {
        "Invoice": VtigerModule("Invoice", "7", tuple(fields)),
        "LineItem": VtigerModule("LineItem", "33", lines),
        "Accounts": VtigerModule("Accounts", "11", ()),
        "Contacts": VtigerModule("Contacts", "12", ()),
        "Products": VtigerModule("Products", "14", ()),
    }
    if payments:
        modules["Payments"] = VtigerModule("Payments", "50", ())
    money = (VtigerCurrency("21x1", "NZD", D(1), base=True), VtigerCurrency("21x2", "USD", D("0.6"), base=False))
    charge_taxes = {f"{CHARGE}_shtax1": "VAT", f"{CHARGE}_shtax2": "City"}
    vtiger = VtigerReference("crm", version, "19x1", page, modules, TAXES, money, charge_taxes)
    organisation = XeroOrganisation("org", "Kauri", "NZD", period_lock_on=locked)
    return Reference(vtiger, XeroReference(organisation, ACCOUNTS, rates, currencies))


@dataclass
class Product:
    code: str
    name: str
    sales_account: str = ""
    tax_fields: tuple[str, ...] = ()
    tax: str = ""


@dataclass
class Party:
    billing_fields: tuple[tuple[str, str], ...]


@dataclass
class Books:
    """What other modules know. Xero's ids are Vtiger's with an `x-` before them; `states` are of Vtiger's ids."""

    products: dict[str, Product] = field(
        default_factory=lambda: {
            "14x1": Product("P1", "Pump &amp; hose", "", (GST,), "TAX001"),
            "14x2": Product("P2", "Tile", "210 - Services", (GST, VAT), "TAX001"),
            "14x3": Product("P3", "Export tile", "", (ZERO_RATED,), "ZERORATED"),
            "14x4": Product("P4", "Untaxed tile", "", ()),
            "14x5": Product("", "Codeless tile", "", (GST,), "TAX001"),
        }
    )
    parties: dict[str, Party] = field(
        default_factory=lambda: {
            "11x1": Party((("bill_street", "1 High St"), ("bill_city", "Taupo"))),
            "12x1": Party(()),
        }
    )
    states: dict[str, PartnerState] = field(default_factory=lambda: {"14x5": PartnerState.BLOCKED})

    def add_placeholder(self, taxes=(GST, VAT, CITY, ZERO_RATED, LEVY)) -> str:
        self.products["14x99"] = Product("", "??????", "", taxes)
        return "14x99"

    def partner(self, module, side, record_id) -> Partner:
        bare = record_id.removeprefix("x-")
        known = self.products if module == "products" else self.parties
        is_person = bare.startswith("12x")
        if bare not in known or (module != "products" and is_person != (module == "contacts")):
            return Partner(PartnerState.UNKNOWN)
        state = self.states.get(bare, PartnerState.LINKED)
        label = f"the {module.removesuffix('s')} {bare}"
        other = bare if side is Side.XERO else f"x-{bare}"
        if state is PartnerState.PLANNED:
            return Partner(state, symbol(module, record_id), label)
        return Partner(state, other if state is PartnerState.LINKED else "", label)

    def record(self, module, side, record_id) -> object | None:
        bare = record_id.removeprefix("x-") if side is Side.XERO else record_id
        return (self.products if module == "products" else self.parties).get(bare)

    def find_by_key(self, module, side, kind, key) -> str | None:
        assert module == "products"
        if (
            side is Side.VTIGER
            and kind == "code"
            and any(self.states.get(i) is PartnerState.PLANNED for i in self.products)
        ):
            return None
        hits = [
            record_id
            for record_id, product in self.products.items()
            if (text := product.code if kind == "code" else product.name) and match_key(text) == key
        ]
        if len(hits) != 1:
            return None
        return f"x-{hits[0]}" if side is Side.XERO else hits[0]


def a_slice(*, books=None, reference=None, taxes=None, **options) -> InvoicesSlice:
    settings = {"sales_account": "200", "shipping_account": "260", "adjustment_account": "210"} | options
    return InvoicesSlice(
        reference or a_reference(), InvoiceOptions(**settings), TaxMapOptions(map=taxes or {}), books or Books()
    )


# -- Vtiger's rows ---------------------------------------------------------------------------------------------


def v_line(product="14x1", quantity="1", price="100", *, comment="", **more) -> dict[str, str]:
    taxes = {tax.field: "0.000" for tax in TAXES}
    return {"productid": product, "quantity": quantity, "listprice": price, "comment": comment} | taxes | more


def v_row(*lines, total, retrieved=True, mode="individual", pre_tax=None, **header) -> dict[str, Any]:
    plain = {
        "id": "7x1",
        "invoice_no": "INV1",
        "subject": "Pumps",
        "account_id": "11x1",
        "contact_id": "",
        "invoicedate": "2026-05-01",
        "duedate": "2026-05-15",
        "invoicestatus": "Approved",
        "currency_id": "21x1",
        "conversion_rate": "1.000",
        "hdnTaxType": mode,
        "hdnGrandTotal": total,
        "pre_tax_total": pre_tax or "",
        "hdnS_H_Amount": "0.00000000",
        "txtAdjustment": "0.00000000",
        "received": "0.00000000",
        "balance": total,
        "assigned_user_id": "19x1",
        "bill_street": "1 High St",
        "ship_street": "",
        "modifiedtime": "2026-05-02 10:00:00",
        "source": "WEBSERVICE",
    }
    if retrieved:
        plain |= {"hdnDiscountPercent": "", "hdnDiscountAmount": "", CHARGE: None}
    return {"header": plain | header, "lines": list(lines), "retrieved": retrieved}


def from_vtiger(slice_, row):
    return slice_.mappers[Side.VTIGER].parse(json.dumps([row]).encode())[0]


def to_xero(slice_, row, current=None):
    return slice_.mappers[Side.XERO].project(from_vtiger(slice_, row), current)


def codes(findings) -> list[str]:
    return [item.code.value for item in findings]


def v_answer(books, element) -> dict[str, Any]:
    """Answer a creation as Vtiger's server would: nothing is rounded, and only taxes that the product has count."""
    group = element["hdnTaxType"] == "group"
    percents = {name: D(value) for name, value in element["LineItems"][0].items() if name.startswith("tax")}
    total = net_total = D(0)
    for line in element["LineItems"]:
        net = D(line["quantity"]) * D(line["listprice"])
        net -= D(line.get("discount_amount", 0)) or net * D(line.get("discount_percent", 0)) / 100
        if not group:
            attached = books.products[line["productid"]].tax_fields if "productid" in line else ()
            percents = {name: D(line[name]) for name in attached}
        net_total += net
        total += net + sum((net * percent / 100 for percent in percents.values()), D(0))
    charge = D(element.get(CHARGE, 0))
    total += charge + sum((charge * D(v) / 100 for k, v in element.items() if k.startswith(f"{CHARGE}_")), D(0))
    header = {name: value for name, value in element.items() if name != "LineItems"}
    header |= {"id": "7x1", "hdnS_H_Amount": str(charge), "invoice_no": "INV1"}
    row = v_row(total=f"{total + D(element['txtAdjustment']):.8f}", pre_tax=f"{net_total + charge:.8f}", **header)
    row["lines"] = [{"productid": "", **line} for line in element["LineItems"]]
    return row


# -- Xero's answers --------------------------------------------------------------------------------------------


def cents(amount):
    return amount.quantize(D("0.01"), ROUND_HALF_UP)


def x_answer(element, old=None) -> dict[str, Any]:
    """Answer a request as Xero would, or fail where Xero would refuse it."""
    answer = {
        "InvoiceID": "x-inv",
        "Type": "ACCREC",
        "AmountPaid": D(0),
        "UpdatedDateUTC": "/Date(1789344000000+0000)/",
    }
    answer |= {k: v for k, v in {**(old or {}), **element}.items() if k not in {"Date", "DueDate"}}
    answer |= {f"{name}String": f"{element[name]}T00:00:00" for name in ("Date", "DueDate") if name in element}
    answer["LineItems"] = [x_line(row, index) for index, row in enumerate(answer["LineItems"])]
    answer["Total"] = sum((row["LineAmount"] + row["TaxAmount"] for row in answer["LineItems"]), D(0))
    assert answer["Total"] >= 0
    return answer | {"AmountDue": answer["Total"] - answer["AmountPaid"]}


def x_line(row, index):
    row = {"LineItemID": f"l-{index}"} | row
    assert row["Description"]
    assert len(row["Description"]) <= 4000
    if set(row) <= {"LineItemID", "Description", "LineAmount", "TaxAmount"}:
        return row | {"LineAmount": D(0), "TaxAmount": D(0)}
    assert row["Quantity"] >= 0
    for name, places in (("UnitAmount", 4), ("Quantity", 4), ("DiscountRate", 2), ("DiscountAmount", 2)):
        assert name not in row or row[name] == round(row[name], places)
    full = row["Quantity"] * row["UnitAmount"]
    assert not {"DiscountRate", "DiscountAmount"} <= set(row)
    if "DiscountRate" in row:
        assert 0 < row["DiscountRate"] <= 100
        full *= 1 - row["DiscountRate"] / 100
    if "DiscountAmount" in row:
        assert 0 < row["DiscountAmount"] <= full
        full -= row["DiscountAmount"]
    percent = next((item.effective_rate for item in RATES if item.tax_type == row.get("TaxType")), D(0))
    amount = cents(full)
    row = row | {"LineAmount": amount, "TaxAmount": row.get("TaxAmount", cents(amount * percent / 100))}
    assert abs(row["TaxAmount"]) <= abs(amount)
    return row


def x_page(*answers) -> bytes:
    return f'{{"Invoices":[{",".join(_json(answer) for answer in answers)}]}}'.encode()


def _json(value):
    match value:
        case dict():
            return "{" + ",".join(f"{json.dumps(key)}:{_json(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(_json(item) for item in value) + "]"
        case Decimal():
            return f"{value:f}"
    return json.dumps(value)


def x_row(*lines, **header) -> dict[str, Any]:
    """An invoice as people make it in Xero."""
    element = {
        "InvoiceNumber": "INV-0007",
        "Reference": "PO 12",
        "Contact": {"ContactID": "x-11x1", "Name": "ignored"},
        "CurrencyCode": "NZD",
        "CurrencyRate": D(1),
        "Status": "AUTHORISED",
        "LineAmountTypes": "Exclusive",
        "LineItems": list(lines),
        "Date": "2026-05-01",
        "DueDate": "2026-05-15",
    }
    return x_answer(element | header)


def x_item(code="P1", quantity="1", price="100", *, text="Pump & hose", tax="TAX001", account="200", **more):
    row = {"ItemCode": code, "Description": text, "Quantity": D(quantity), "UnitAmount": D(price)}
    row |= {"TaxType": tax, "AccountCode": account}
    return {name: value for name, value in (row | more).items() if value != ""}


def from_xero(slice_, row):
    return slice_.mappers[Side.XERO].parse(x_page(row))[0]


def to_vtiger(slice_, row, current=None):
    return slice_.mappers[Side.VTIGER].project(from_xero(slice_, row), current)


def crossed(slice_, row, vtiger_id="7x1"):
    """Create a Vtiger row's invoice in Xero; gives both snapshots."""
    source = from_vtiger(slice_, row)
    xero = slice_.mappers[Side.XERO]
    projection = xero.project(source, None)
    assert not projection.blockers
    answer = x_answer(xero.payload(projection.record, None, vtiger_id, ""))
    return source, from_xero(slice_, answer), answer


DAY = date(2026, 5, 1)
