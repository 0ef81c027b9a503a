"""Invoices: a header, its lines and its charges, with the traps of writing them through the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from vtxero.sandbox.vtiger import charges, details, errors, invoices, lines, records, stock, values
from vtxero.sandbox.vtiger.books import CHARGE
from vtxero.sandbox.vtiger.schema import INVENTORY, LINE_COLUMNS, Module
from vtxero.sandbox.vtiger.state import Line, Record, User, VtigerState

_TOTALS: Final = ("hdnSubTotal", "hdnGrandTotal", "pre_tax_total")
_DISCOUNTS: Final = ("hdnDiscountAmount", "hdnDiscountPercent")


@dataclass(frozen=True, slots=True)
class Saved:
    """An invoice right after a write: totals are exact here, while the answer's other money is stale."""

    record: Record
    totals: invoices.Totals
    stale_balance: str


# -- writing -----------------------------------------------------------------------------------------------


def create(state: VtigerState, user: User, element: Mapping[str, Any]) -> dict[str, Any]:
    """Create an invoice: header first, then line by line, totals last; a crash leaves what was saved so far."""
    module = state.modules[INVENTORY]
    _check_numbers(element)
    records.check_references(state, module, element)
    records.check_mandatory(module, element)
    sent_lines = _sent_lines(element)
    if not sent_lines:
        raise errors.VtigerError("MANDATORY_FIELDS_MISSING", "Mandatory Fields Missing..")
    if state.is_83:
        raise errors.invalid_id()
    record = records.new_record(state, user, module, element)
    record.fields |= dict.fromkeys(_DISCOUNTS, "") | _sent_discount(element) | _sent_adjustment(element)
    if not record.fields["conversion_rate"].strip("0."):
        record.fields["conversion_rate"] = "1.000"
    for name in _TOTALS:
        record.fields[name] = module.fields[name].empty
    charges.take(record, element)
    saved = _save_lines(state, record, sent_lines)
    record.fields["balance"] = values.fixed(saved.totals.grand - _money(record, "received"), 8)
    result = {"id": state.wire_id(record)} | records.shown(state, record) | _exact(saved)
    result |= {"balance": saved.stale_balance, "label": records.label(state, record)} | charges.shown(record)
    result |= {"LineItems": _shown_lines(state, record), "productid": None}
    return result | {"LineItems_FinalDetails": details.final_details(state, record, fresh=True), "new": True}


def update(state: VtigerState, user: User, record: Record, element: Mapping[str, Any]) -> dict[str, Any]:
    """Update with lines: everything is recomputed; without lines it is a revise."""
    module = state.modules[INVENTORY]
    _check_numbers(element)
    records.check_references(state, module, element)
    records.check_mandatory(module, element)
    if not _sent_lines(element):
        return _change_header(state, user, record, element)
    former = dict(record.fields)
    saved = _replace_lines(state, user, record, element)
    received = record.fields["received"]
    _convert_received(record, former)
    record.fields["balance"] = values.fixed(saved.totals.grand - _money(record, "received"), 8)
    header = records.shown(state, record) | _exact(saved) | {"balance": saved.stale_balance, "received": received}
    records.escape_description(record, element)
    result: dict[str, Any] = {}
    for name in module.fields:
        result[name] = header.get(name, "")
    result |= {"productid": None, "id": state.wire_id(record), "label": records.label(state, record)}
    result |= charges.shown(record) | {"LineItems": []}
    return result | {"LineItems_FinalDetails": details.final_details(state, record, fresh=True)}


def revise(state: VtigerState, user: User, record: Record, element: Mapping[str, Any]) -> dict[str, Any]:
    """Change what is sent; with lines all of them are replaced and the totals follow, the balance does not."""
    module = state.modules[INVENTORY]
    _check_numbers(element)
    records.check_references(state, module, element)
    records.check_mandatory(module, element, only_sent=True)
    if not _sent_lines(element):
        return _change_header(state, user, record, element)
    saved = _replace_lines(state, user, record, element)
    header = records.shown(state, record) | _exact(saved)
    result = _sent_first(state, record, element, header) | charges.shown(record)
    result |= {"LineItems": _shown_lines(state, record), "productid": None}
    return result | {"LineItems_FinalDetails": details.final_details(state, record, fresh=True)}


def _change_header(state: VtigerState, user: User, record: Record, element: Mapping[str, Any]) -> dict[str, Any]:
    """Write header columns as sent; nothing is recomputed and a missing conversion_rate becomes 1."""
    module = state.modules[INVENTORY]
    plain = {name: value for name, value in element.items() if not name.startswith("hdnDiscount")}
    columns = records.sent_columns(state, user, module, plain, creating=False)
    columns["conversion_rate"] = _sent_rate(element)
    if amount := charges.sent(element):
        columns["hdnS_H_Amount"] = records.stored(state, user, module.fields["hdnS_H_Amount"], amount)
    stock.give_back(state, record, columns)
    records.change(state, user, record, columns)
    first = next(iter(state.lines_of(state.wire_id(record))), None)
    header = records.shown(state, record)
    shown = lines.alone(state, first) if first else {}
    line_columns = {name: shown.get(name, "") for name in LINE_COLUMNS}
    # This answer is read before the cost columns are: they come empty.
    line_columns |= dict.fromkeys(("image", "purchase_cost", "margin"), None if state.is_83 else "")
    ordered = {name: header.get(name, line_columns.get(name)) for name in module.fields if name != "id"}
    return _sent_first(state, record, element, ordered) | {"LineItems": _shown_lines(state, record)}


def _replace_lines(state: VtigerState, user: User, record: Record, element: Mapping[str, Any]) -> Saved:
    """Drop all lines and save the sent ones; tax type, charges and adjustment are lost unless sent again."""
    module = state.modules[INVENTORY]
    columns = records.sent_columns(state, user, module, element, creating=False)
    columns = {name: value for name, value in columns.items() if name not in (*_TOTALS, *_DISCOUNTS)}
    columns |= _sent_discount(element) | _sent_adjustment(element)
    columns |= {"conversion_rate": _sent_rate(element), "hdnTaxType": columns.get("hdnTaxType", "")}
    stale = record.fields["balance"]
    records.change(state, user, record, columns)
    charges.take(record, element)
    parent = state.wire_id(record)
    for line in state.lines_of(parent):
        stock.move(state, line, back=True)
        del state.lines[line.number]
    record.fields |= {name: module.fields[name].empty for name in _TOTALS}
    saved = _save_lines(state, record, _sent_lines(element))
    if state.is_83:
        for name in _TOTALS:
            record.fields[name] = module.fields[name].empty
        raise errors.CrashError
    return Saved(record, saved.totals, columns.get("balance", stale))


def _save_lines(state: VtigerState, record: Record, sent_lines: Sequence[Mapping[str, Any]]) -> Saved:
    individual = lines.is_individual(record.fields["hdnTaxType"])
    parent = state.wire_id(record)
    kept = _survivors(state, sent_lines)
    made: list[Line] = []
    for position, sent in enumerate(sent_lines, 1):
        columns = lines.build(state, sent, position, individual=individual)
        if position not in kept:
            continue
        line = Line(state.next_line_number(), parent, values.php_text(sent.get("productid")), columns)
        state.lines[line.number] = line
        made.append(line)
    if not individual and not all(values.can_calculate(sent_lines[0].get(name)) for name in state.tax_names()):
        # The lines are in; the total, which takes the taxes of the first, is what cannot be calculated.
        raise errors.CrashError
    if record.fields["invoicestatus"] != stock.CANCELLED:
        for line in made:
            stock.move(state, line)
    totals = _totals(state, record, sent_lines[0])
    stale = record.fields["balance"]
    record.fields["hdnSubTotal"] = values.fixed(totals.sub, 8)
    record.fields["hdnGrandTotal"] = values.fixed(totals.grand, 8)
    record.fields["pre_tax_total"] = values.fixed(totals.pre_tax, 8)
    return Saved(record, totals, stale)


def _survivors(state: VtigerState, sent_lines: Sequence[Any]) -> set[int]:
    """Choose the lines that are stored: all, unless parallel writers are imitated, who overwrite each other's."""
    kept = set(range(1, len(sent_lines) + 1))
    lose = state.lose_lines
    if lose is not None and lose.random() < 0.19:
        kept -= set(lose.sample(sorted(kept), k=min(len(kept), lose.choice((1, 2)))))
    return kept


def _totals(state: VtigerState, record: Record, first: Mapping[str, Any]) -> invoices.Totals:
    """Compute from stored lines and, for group taxes, from the rates in the first line of the request."""
    charge = record.charge
    header = invoices.Header(
        tax_type=record.fields["hdnTaxType"],
        discount_amount=_money(record, "hdnDiscountAmount"),
        discount_percent=_money(record, "hdnDiscountPercent"),
        charge=_money(record, "hdnS_H_Amount"),
        charge_rates=tuple(values.number(rate) for rate in charge.taxes.values()) if charge else (),
        adjustment=_money(record, "txtAdjustment"),
    )
    sums = [lines.as_sum(state, line) for line in state.lines_of(state.wire_id(record))]
    rates = {name: values.number(first[name]) for name in state.tax_names() if name in first}
    compounds = {each["taxname"]: details.compound_on(state, each) for each in state.actors["Tax"].values()}
    return invoices.compute(header, sums, rates, compounds)


def _check_numbers(element: Mapping[str, Any]) -> None:
    """Die before anything is looked at: the amount is calculated with unless a percentage takes its place."""
    amount, charge = element.get("hdnDiscountAmount"), values.php_text(element.get(CHARGE, "0")).replace("%", "", 1)
    blocked = not values.can_calculate(amount) and not values.is_true(element.get("hdnDiscountPercent"))
    if blocked or not values.can_calculate(charge):
        raise errors.CrashError


def _sent_discount(element: Mapping[str, Any]) -> dict[str, str]:
    """Give the two columns of the header's discount: an amount wins, and none leaves both as they are."""
    amount, percent = (values.number(element.get(name)) for name in _DISCOUNTS)
    if amount:
        return {"hdnDiscountAmount": values.fixed(amount, 8), "hdnDiscountPercent": ""}
    return {"hdnDiscountAmount": "", "hdnDiscountPercent": values.fixed(percent, 3)} if percent else {}


def _sent_adjustment(element: Mapping[str, Any]) -> dict[str, str]:
    """Take the adjustment as sent; the user's decimals play no part where lines are written."""
    return {"txtAdjustment": values.fixed(values.number(element.get("txtAdjustment")), 8)}


def _convert_received(record: Record, former: Mapping[str, str]) -> None:
    """Take what was received over into another currency, by the invoice's two rates."""
    rate = values.number(former["conversion_rate"])
    if former["currency_id"] not in {"", "0", record.fields["currency_id"]} and rate:
        received = _money(record, "received") / rate * _money(record, "conversion_rate")
        record.fields["received"] = values.fixed(received, 8)


def _sent_lines(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    sent = element.get("LineItems")
    return [each for each in sent if isinstance(each, dict)] if isinstance(sent, list) else []


def _sent_rate(element: Mapping[str, Any]) -> str:
    rate = values.number(element.get("conversion_rate"))
    return values.fixed(rate or Decimal(1), 3)


def _money(record: Record, name: str) -> Decimal:
    return values.number(record.fields[name])


# -- showing -----------------------------------------------------------------------------------------------


def retrieve(state: VtigerState, record: Record) -> dict[str, Any]:
    """Show all of an invoice; only here header discounts and charges can be read."""
    result = records.shown(state, record)
    result |= {"id": state.wire_id(record), "label": records.label(state, record)} | charges.shown(record)
    shown = _shown_lines(state, record)
    result |= {"LineItems": shown} | ({"compoundTaxInfo": dict(record.compounds)} if record.compounds else {})
    result |= {"productid": shown[0]["productid"] if shown else ""}
    return result | {"LineItems_FinalDetails": details.final_details(state, record)}


def _shown_lines(state: VtigerState, record: Record) -> list[dict[str, Any]]:
    return [lines.in_invoice(state, line) for line in state.lines_of(state.wire_id(record))]


def _exact(saved: Saved) -> dict[str, Any]:
    """Answer the totals as JSON numbers, as writes do."""
    sums = (saved.totals.sub, saved.totals.grand, saved.totals.pre_tax)
    return {name: values.json_number(each) for name, each in zip(_TOTALS, sums, strict=True)}


def _sent_first(
    state: VtigerState, record: Record, element: Mapping[str, Any], header: Mapping[str, Any]
) -> dict[str, Any]:
    """Order an answer as PHP merges it: what was sent, the rate, then the rest of the module's fields."""
    module: Module = state.modules[INVENTORY]
    known = {"id": state.wire_id(record)} | dict(header)
    result: dict[str, Any] = {}
    for name in element:
        if name in module.fields and name in known:
            result[name] = known[name]
        elif name.startswith(CHARGE) and not _sent_lines(element):
            result[name] = element[name]
        elif name == "LineItems" and not _sent_lines(element):
            result[name] = []
    result.setdefault("conversion_rate", known["conversion_rate"])
    if CHARGE in result:
        result.setdefault("hdnS_H_Amount", known["hdnS_H_Amount"])
    result |= {name: value for name, value in known.items() if name not in result}
    return result | {"label": records.label(state, record)}
