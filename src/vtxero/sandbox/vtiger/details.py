"""LineItems_FinalDetails: what the editing page of an invoice would show, rounded to two decimals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from vtxero.sandbox.vtiger import lines, values
from vtxero.sandbox.vtiger.invoices import group_tax
from vtxero.sandbox.vtiger.state import Charge, Line, Record, VtigerState

_ZERO: Final = Decimal(0)
_HUNDRED: Final = Decimal(100)
_SHIPPING_TAXES: Final = {"1": "VAT", "2": "Sales", "3": "Service"}
_VISIBLE: Final = ' style="visibility:visible"'
_HIDDEN: Final = ' style="visibility:hidden"'


def compound_on(state: VtigerState, tax: Mapping[str, str]) -> list[str]:
    """Return the names of the taxes a compound tax is also taken on."""
    names = state.actors["Tax"]
    try:
        numbers = [int(each) for each in json.loads(tax.get("compoundon") or "[]")]
    except ValueError:
        return []
    return [names[number]["taxname"] for number in numbers if number in names]


def final_details(state: VtigerState, record: Record, *, fresh: bool = False) -> dict[str, Any]:
    """Build the whole; right after a write (`fresh`) the page knows neither lines nor totals yet."""
    found = [] if fresh else state.lines_of(state.wire_id(record))
    result: dict[str, Any] = {}
    for position, line in enumerate(found, 1):
        result[str(position)] = _line(state, record, line, position)
    last: dict[str, Any] = {"final_details": _summary(state, record, found, fresh=fresh)}
    if fresh and record.fields["hdnTaxType"] == "individual":
        last["netPrice1"] = "0.00"
    result["1"] = result.get("1", {}) | last
    return result


def _two(amount: Decimal) -> str:
    return values.fixed(amount, 2)


def _plain(text: str) -> str:
    """Print a quantity without the zeros at its end."""
    return f"{values.number(text).normalize():f}"


def _line(state: VtigerState, record: Record, line: Line, position: int) -> dict[str, Any]:
    product = lines.product_of(state, line.product)
    name, kind, _ = lines.name_and_kind(state, line)
    is_product = kind == "Products"
    total = lines.as_sum(state, line)
    gross = total.price * total.quantity
    taxes = _line_taxes(state, record, line, values.rounded(total.total, 2))
    tax_total = values.rounded(sum((Decimal(str(each.get("amount", 0))) for each in taxes), _ZERO), 2)
    number_field = "product_no" if is_product else "service_no"
    part: dict[str, Any] = {
        "purchaseCost": "0.00", "margin": "0.00", "productDeleted": product is None or product.deleted,
        "entityType": kind or "Services",
    }  # fmt: skip
    if position > 1:
        part["delRow"] = "Del"
    part |= {
        "hdnProductId": str(values.record_number(line.product)), "productName": name,
        "hdnProductcode": product.fields[number_field] if product else None,
        "productDescription": values.entities(line.fields["description"]),
        "comment": values.entities(line.fields["comment"]),
        "qtyInStock": _plain(product.fields["qtyinstock"]) if product and is_product else "NA",
        "qty": _plain(line.fields["quantity"]), "listPrice": _two(total.price),
        "unitPrice": _two(values.number(product.fields["unit_price"])) if product else "0.00",
        "productTotal": _two(gross), "subproduct_ids": "",
    }  # fmt: skip
    if is_product:
        part |= {"subprod_qty_list": [], "subprod_names": ""}
    part |= _line_discount(line)
    part |= {
        "discountTotal": _two(gross - total.total), "totalAfterDiscount": _two(total.total),
        "taxTotal": _two(tax_total), "netPrice": _two(values.rounded(total.total, 2) + tax_total),
    }  # fmt: skip
    result = {f"{key}{position}": value for key, value in part.items()}
    return result | ({"taxes": taxes} if taxes else {})


def _line_discount(line: Line) -> dict[str, Any]:
    """Show one discount; of two the page shows the percentage, although the amount is what counts."""
    amount, percent = values.number(line.fields["discount_amount"]), values.number(line.fields["discount_percent"])
    if not amount and not percent:
        return {"discount_percent": 0, "discount_amount": 0, "checked_discount_zero": " checked"}
    kind, other = ("percent", "amount") if percent else ("amount", "percent")
    return {
        "discount_percent": _plain(str(percent)) if percent else 0,
        "discount_amount": 0 if percent else _plain(str(amount)),
        "discount_type": "percentage" if percent else "amount",
        f"checked_discount_{kind}": " checked",
        f"style_discount_{kind}": _VISIBLE,
        f"style_discount_{other}": _HIDDEN,
    }


def _line_taxes(state: VtigerState, record: Record, line: Line, total: Decimal) -> list[dict[str, Any]]:
    """List the taxes attached to the product; amounts are given in individual mode only, compounded."""
    product = lines.product_of(state, line.product)
    individual = record.fields["hdnTaxType"] == "individual"
    result: list[dict[str, Any]] = []
    rates: dict[str, Decimal] = {}
    for number, tax in state.actors["Tax"].items():
        name = tax["taxname"]
        attached = product.taxes.get(name) if product else None
        if attached is None:
            continue
        rate = line.fields.get(name, "0.000") if individual else attached
        rates[name] = values.number(rate)
        entry: dict[str, Any] = {
            "taxname": name, "taxlabel": tax["taxlabel"], "percentage": rate, "deleted": tax["deleted"],
            "taxid": str(number), "type": tax["type"], "method": tax["method"], "regions": [],
            "compoundon": json.loads(tax["compoundon"] or "[]"), "regionsList": {"default": rate},
        }  # fmt: skip
        if individual:
            entry["amount"] = values.json_number(_tax_amount(state, tax, total, rates))
        result.append(entry)
    return result


def _tax_amount(state: VtigerState, tax: Mapping[str, str], base: Decimal, rates: Mapping[str, Decimal]) -> Decimal:
    """Calculate one tax; a compound one is taken on the base and the taxes below it."""
    below = {name: rates.get(name, _ZERO) for name in compound_on(state, tax)}
    return group_tax(base + group_tax(base, below, {}), {tax["taxname"]: rates[tax["taxname"]]}, {})


def _summary(state: VtigerState, record: Record, found: list[Line], *, fresh: bool) -> dict[str, Any]:
    fields = record.fields
    sub = _ZERO if fresh else values.rounded(values.number(fields["hdnSubTotal"]), 2)
    discount = values.number(fields["hdnDiscountAmount"])
    percent = values.number(fields["hdnDiscountPercent"])
    off = values.rounded(discount or sub * percent / _HUNDRED, 2)
    taxes, tax_total = _group_taxes(state, record, found, sub - off)
    deducted, deducted_total = _deducted(state, found, sub - off)
    charge = record.charge or Charge(None, dict.fromkeys(_SHIPPING_TAXES, 0))
    charge_amount = values.number(fields["hdnS_H_Amount"])
    charge_tax = sum((charge_amount * values.number(rate) / _HUNDRED for rate in charge.taxes.values()), _ZERO)
    grand = _ZERO if fresh else values.number(fields["hdnGrandTotal"])
    pre_tax = sub - off + charge_amount
    if fields["hdnTaxType"] == "individual":
        pre_tax = sum((values.rounded(lines.as_sum(state, each).total, 2) for each in found), _ZERO)
    result: dict[str, Any] = {"taxtype": fields["hdnTaxType"] or None}
    result |= _header_discount(fields, discount, percent, sub)
    result |= {
        "discountTotal_final": _two(off), "taxes": taxes, "tax_totalamount": _two(tax_total),
        "shipping_handling_charge": _two(charge_amount), "sh_taxes": _charge_taxes(charge, charge_amount),
        "shtax_totalamount": _two(charge_tax), "adjustment": _two(values.number(fields["txtAdjustment"])),
        "grandTotal": _two(grand), "preTaxTotal": _two(pre_tax), "totalAfterDiscount": _two(sub - off),
        "chargesAndItsTaxes": _charges(charge),
        "deductTaxes": deducted, "deductTaxesTotalAmount": _two(deducted_total),
    }  # fmt: skip
    return result


def _header_discount(fields: Mapping[str, str], amount: Decimal, percent: Decimal, sub: Decimal) -> dict[str, Any]:
    kind = "amount" if amount else "percentage" if percent else "zero"
    result: dict[str, Any] = {
        "discount_type_final": kind, "hdnSubTotal": _two(sub),
        "discount_percentage_final": fields["hdnDiscountPercent"] if kind == "percentage" else 0,
        "discount_amount_final": _two(amount),
    }  # fmt: skip
    if kind != "zero":
        other = "percentage" if kind == "amount" else "amount"
        result |= {
            f"checked_discount_{kind}_final": " checked",
            f"style_discount_{kind}_final": _VISIBLE,
            f"style_discount_{other}_final": _HIDDEN,
        }
    return result


def _group_taxes(
    state: VtigerState, record: Record, found: list[Line], base: Decimal
) -> tuple[dict[str, Any], Decimal]:
    """List the taxes of the foot: rates of the first line in group mode, else the defaults, which mislead."""
    group = record.fields["hdnTaxType"] == "group"
    result: dict[str, Any] = {}
    rates: dict[str, Decimal] = {}
    total = _ZERO
    for number, tax in state.actors["Tax"].items():
        if tax["method"] == "Deducted" or tax["deleted"] == "1":
            continue
        rate: Any = tax["percentage"]
        if group:
            rate = (found[0].fields.get(tax["taxname"]) or "0.000") if found else 0
        rates[tax["taxname"]] = values.number(rate)
        exact = _tax_amount(state, tax, base, rates)
        amount = values.rounded(exact, 2)
        total += amount
        result[str(number)] = {
            "taxname": tax["taxname"], "taxlabel": tax["taxlabel"], "percentage": rate, "amount": _foot_amount(exact),
            "taxid": str(number), "type": tax["type"], "method": tax["method"], "regions": [],
            "compoundon": json.loads(tax["compoundon"] or "[]"),
        }  # fmt: skip
    return result, total


def _foot_amount(exact: Decimal) -> str | int | float:
    """Print an amount of the foot: a tie on the third decimal takes another way and comes out as a number."""
    tie = exact * 1000 % 10 in {5, -5}
    return values.json_number(values.rounded(exact, 2)) if tie else _two(exact)


def _charges(charge: Charge) -> dict[str, Any]:
    """Show the charge as stored; a percentage has no value, and a stray rate stands under an empty name."""
    entry: dict[str, Any] = {"value": charge.value}
    if charge.value is not None and charge.value.endswith("%"):
        entry = {"percent": charge.value.removesuffix("%"), "value": None}
    if charge.taxes:
        entry["taxes"] = dict(charge.taxes)
    stray = {} if charge.stray is None else {"": {"taxes": {"1": values.json_number(charge.stray)}}}
    return {"1": entry} | stray


def _charge_taxes(charge: Charge, amount: Decimal) -> list[dict[str, Any]]:
    rates = {number: values.number(charge.taxes.get(number)) for number in _SHIPPING_TAXES}
    return [
        {
            "taxname": f"shtax{number}", "taxlabel": label, "percentage": values.json_number(rates[number]),
            "amount": values.json_number(amount * rates[number] / _HUNDRED), "taxid": number, "type": "Fixed",
            "method": "Simple", "regions": [], "compoundon": [],
        }
        for number, label in _SHIPPING_TAXES.items()
    ]  # fmt: skip


def _deducted(state: VtigerState, found: list[Line], base: Decimal) -> tuple[dict[str, Any], Decimal]:
    """List withholding taxes; one counts as selected only when the first line holds it as a negative rate."""
    result: dict[str, Any] = {}
    total = _ZERO
    for number, tax in state.actors["Tax"].items():
        if tax["method"] != "Deducted" or tax["deleted"] == "1":
            continue
        held = values.number(found[0].fields.get(tax["taxname"])) if found else _ZERO
        rate = -held if held < 0 else values.number(tax["percentage"])
        columns = ("taxname", "taxlabel", "percentage", "deleted", "method", "type", "compoundon", "regions")
        entry: dict[str, Any] = {"0": str(number), "taxid": str(number)}
        for position, column in enumerate(columns, 1):
            entry |= {str(position): tax.get(column, "[]"), column: tax.get(column, "[]")}
        if held < 0:
            entry |= {"percentage": values.json_number(rate), "selected": True}
            total += base * rate / _HUNDRED
        entry["amount"] = _two(base * rate / _HUNDRED)
        result[str(number)] = entry
    return result, total
