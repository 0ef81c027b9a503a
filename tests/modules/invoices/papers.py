"""Invoices as both services list them, and both services' answers by hand.

The answers are worked out here without the slice's own arithmetic.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from modules.invoices.books import (
    CHARGE,
    RATES,
    TAXES,
    D,
    a_slice,
)
from vtxero.domain.sides import Side

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


# -- what many tests begin with --------------------------------------------------------------------------

DAY = date(2026, 5, 1)
TAXED = v_line(tax4="15.000")
ROW = v_row(v_line(tax4="15.000"), v_line("14x4"), total="215", pre_tax="200")


def plain(**header):
    """A Vtiger invoice of one taxed line."""
    return v_row(TAXED, total="115", pre_tax="100", **header)


def blockers(row, **kwargs):
    """The reasons that keep a Vtiger invoice out of Xero."""
    return codes(to_xero(a_slice(**kwargs), row).blockers)


def created(row, **kwargs):
    """Send a Xero invoice to Vtiger; gives its projection and what is sent."""
    slice_ = a_slice(**kwargs)
    projection = to_vtiger(slice_, row)
    assert not projection.blockers
    payload = slice_.mappers[Side.VTIGER].payload(projection.record, None, "", "x-inv")
    (step,) = payload["steps"]
    assert (step["op"], step["module"]) == ("create", "Invoice")
    return projection, step["element"]


def vtiger_step(slice_, wanted, current):
    (step,) = slice_.mappers[Side.VTIGER].payload(wanted, current, "7x1", "x-inv")["steps"]
    return step["op"], step["element"]
