"""What a person does in the browser, and what a test wants to see of a state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from vtxero.sandbox.vtiger import (
    charges,
    details,
    elements,
    errors,
    inventory,
    lines,
    payments,
    products,
    records,
    values,
)
from vtxero.sandbox.vtiger.schema import INVENTORY, PRICED
from vtxero.sandbox.vtiger.state import Charge, Line, Record, User, VtigerState

_ZERO = Decimal(0)


def person(state: VtigerState) -> User:
    """Return the administrator who works in the browser."""
    return next((user for user in state.users.values() if user.is_admin), next(iter(state.users.values())))


def add(state: VtigerState, module_name: str, fields: Mapping[str, Any]) -> str:
    """Create a record from the browser: source CRM, owner the person."""
    if module_name == INVENTORY:
        raise ValueError("use add_invoice_as_ui for invoices")
    with state.lock:
        user, module = person(state), state.modules[module_name]
        element = {"source": "CRM", "assigned_user_id": f"19x{user.number}"}
        if module_name in PRICED:
            element["discontinued"] = "1"  # the form's default, which the API does not apply
        element |= dict(fields)
        records.check_references(state, module, element)
        records.check_mandatory(module, element)
        records.check_unique(state, module, element)
        record = records.new_record(state, user, module, element)
        if module_name in PRICED:
            products.create(state, user, record, element)
        payments.settle(state, record)
        return state.wire_id(record)


def edit(state: VtigerState, wire_id: str, fields: Mapping[str, Any]) -> None:
    """Change columns as given; taxes of a product by `taxN`, None detaches one."""
    with state.lock:
        record = _found(state, wire_id)
        user, module = person(state), state.modules[record.module]
        taxes = {name: value for name, value in fields.items() if name in state.tax_names()}
        unknown = set(fields) - set(module.columns) - set(taxes)
        if unknown:
            raise KeyError(f"{record.module} has no {', '.join(sorted(unknown))}")
        columns = {
            name: records.stored(state, user, module.fields[name], value)
            for name, value in fields.items()
            if name in module.columns
        }
        before = payments.counted(state, record)
        records.change(state, user, record, columns)
        payments.settle(state, record, before)
        # A test may set the clock's columns themselves.
        record.fields |= {name: columns[name] for name in ("createdtime", "modifiedtime") if name in columns}
        for name, rate in taxes.items():
            record.taxes.pop(name, None)
            if rate is not None:
                record.taxes[name] = values.fixed(values.number(rate), 3)
        if record.module in PRICED and "unit_price" in fields:
            record.prices[record.currency] = values.number(record.fields["unit_price"])


def delete(state: VtigerState, wire_id: str) -> None:
    """Delete from the browser: unlike the API, an invoice's lines stay behind."""
    with state.lock:
        record = _found(state, wire_id)
        before = payments.counted(state, record)
        records.remove(state, person(state), record)
        payments.settle(state, record, before)


def restore(state: VtigerState, wire_id: str) -> None:
    """Take a deleted record out of the recycle bin.

    Raises:
        KeyError: it is not there.
        ValueError: another has its name by now; what the page says to that has not been measured.
    """
    with state.lock:
        record = state.entities.get(values.record_number(wire_id))
        if record is None or not record.deleted or state.wire_id(record) != wire_id:
            raise KeyError(wire_id)
        try:
            records.check_unique(state, state.modules[record.module], record.fields)
        except errors.VtigerError:
            raise ValueError(f"another record is named as {wire_id} was") from None
        records.restore(state, person(state), record)
        payments.settle(state, record)


def shown(state: VtigerState, record: Record) -> dict[str, Any]:
    if record.module == INVENTORY:
        return inventory.retrieve(state, record)
    return elements.shown(state, record)


def list_records(state: VtigerState, module_name: str) -> list[dict[str, Any]]:
    with state.lock:
        return [shown(state, record) for record in state.live(module_name)]


def snapshot(state: VtigerState) -> dict[str, dict[str, Any]]:
    """Copy all stored values: entities by id, lines, and the plain tables."""
    with state.lock:
        result = {state.wire_id(record): asdict(record) for record in state.entities.values()}
        result |= {f"33x{line.number}": asdict(line) for line in state.lines.values()}
        result |= {row["id"]: dict(row) for table in state.actors.values() for row in table.values()}
        return result


def _found(state: VtigerState, wire_id: str) -> Record:
    record = state.find(wire_id)
    if record is None:
        raise KeyError(wire_id)
    return record


# -- an invoice made in the browser ------------------------------------------------------------------------


def add_invoice(state: VtigerState, fields: Mapping[str, Any], sent_lines: list[dict[str, Any]]) -> str:
    """Create an invoice as the editing page does: every step is rounded to the person's decimals."""
    with state.lock:
        user, module = person(state), state.modules[INVENTORY]
        element = {"source": "CRM", "hdnTaxType": "individual", "conversion_rate": "1", "currency_id": "21x1"}
        element |= {"assigned_user_id": f"19x{user.number}", "region_id": "0"} | dict(fields)
        record = records.new_record(state, user, module, element)
        individual = lines.is_individual(record.fields["hdnTaxType"])
        record.compounds = {} if individual else _compounds(state)
        sub = net = _ZERO
        for position, sent in enumerate(sent_lines, 1):
            line = _ui_line(state, record, sent, position, individual=individual)
            total = _ui_line_total(line, user.decimals)
            net += total
            sub += total + (_ui_taxes(state, line, total, user.decimals, individual=True) if individual else _ZERO)
        charges.take(record, element)
        _ui_totals(state, record, (net, sub), user.decimals)
        return state.wire_id(record)


def _compounds(state: VtigerState) -> dict[str, list[str]]:
    """Give all compound taxes there are, whether the invoice has them or not."""
    found = {tax["taxname"]: details.compound_on(state, tax) for tax in state.actors["Tax"].values()}
    return {name: below for name, below in found.items() if below}


def _ui_line(state: VtigerState, record: Record, sent: Mapping[str, Any], position: int, *, individual: bool) -> Line:
    """Store a line as the page posts it: deducted taxes negative, columns that do not apply empty."""
    columns = lines.build(state, sent, position, individual=individual)
    product = lines.product_of(state, values.php_text(sent.get("productid")))
    for tax in state.actors["Tax"].values():
        name = tax["taxname"]
        if tax["method"] == "Deducted":
            columns[name] = values.fixed(-abs(values.number(sent.get(name))), 3)
        elif individual and (product is None or name not in product.taxes):
            columns[name] = ""
    for name in ("discount_amount", "discount_percent"):
        if not values.number(columns[name]):
            columns[name] = ""
    columns["incrementondel"] = "1"
    line = Line(state.next_line_number(), state.wire_id(record), values.php_text(sent.get("productid")), columns)
    state.lines[line.number] = line
    return line


def _ui_line_total(line: Line, decimals: int) -> Decimal:
    """Multiply in binary floats, as the page's script does: 1.5 x 99.99 comes out a cent lower there."""
    price, quantity = float(line.fields["listprice"]), float(line.fields["quantity"])
    gross = Decimal(f"{price * quantity:.{decimals}f}")
    percent = values.number(line.fields["discount_percent"])
    off = values.number(line.fields["discount_amount"]) or values.rounded(gross * percent / 100, decimals)
    return gross - off


def _ui_taxes(state: VtigerState, line: Line, base: Decimal, decimals: int, *, individual: bool) -> Decimal:
    taxes = state.actors["Tax"].values()
    names = [each["taxname"] for each in taxes if not (individual and each["method"] == "Deducted")]
    rates = (values.number(line.fields.get(name)) for name in names)
    return sum((values.rounded(base * rate / 100, decimals) for rate in rates), _ZERO)


def _ui_totals(state: VtigerState, record: Record, sums: tuple[Decimal, Decimal], decimals: int) -> None:
    net, sub = sums
    fields = record.fields
    if not lines.is_individual(fields["hdnTaxType"]):
        sub = net
    off = values.number(fields["hdnDiscountAmount"])
    off = off or values.rounded(sub * values.number(fields["hdnDiscountPercent"]) / 100, decimals)
    taxes = _ZERO
    found = state.lines_of(state.wire_id(record))
    if not lines.is_individual(fields["hdnTaxType"]) and found:
        taxes = _ui_taxes(state, found[0], sub - off, decimals, individual=False)
    charge = values.number(fields["hdnS_H_Amount"])
    rates = [values.number(rate) for rate in record.charge.taxes.values()] if record.charge else []
    charge_tax = sum((values.rounded(charge * rate / 100, decimals) for rate in rates), _ZERO)
    grand = sub - off + charge + charge_tax + taxes + values.number(fields["txtAdjustment"])
    fields |= {
        "hdnSubTotal": values.fixed(sub, 8), "hdnGrandTotal": values.fixed(grand, 8),
        "pre_tax_total": values.fixed(net - off + charge, 8),
        "balance": values.fixed(grand - values.number(fields["received"]), 8),
        "hdnS_H_Percent": values.fixed(charge_tax, 8),  # here it is the tax on the charges, unlike through the API
    }  # fmt: skip
    record.charge = record.charge or Charge("0", {})
