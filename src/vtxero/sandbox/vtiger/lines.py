"""Line items: made from what a client sends, shown as the server shows them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from vtxero.sandbox.vtiger import values
from vtxero.sandbox.vtiger.errors import CrashError
from vtxero.sandbox.vtiger.invoices import LineSum

if TYPE_CHECKING:
    from vtxero.sandbox.vtiger.state import Line, Record, VtigerState

LINE_BASE: Final = (
    "sequence_no", "quantity", "listprice", "discount_percent", "discount_amount",
    "comment", "description", "incrementondel",
)  # fmt: skip
LINE_TAIL: Final = ("image", "purchase_cost", "margin")
LINE_SCALES: Final = {"quantity": 3, "listprice": 8, "discount_percent": 3, "discount_amount": 8}
_FIRST_TAXES: Final = ("tax1", "tax2", "tax3")


def is_individual(tax_type: str) -> bool:
    return tax_type.lower() == "individual"


def product_of(state: VtigerState, wire_id: str) -> Record | None:
    """Return the product or service of an id, deleted ones too: a line goes on knowing its name."""
    record = state.entities.get(values.record_number(wire_id))
    return record if record is not None and state.wire_id(record) == wire_id else None


def build(state: VtigerState, sent: Mapping[str, Any], position: int, *, individual: bool) -> dict[str, str]:
    """Make the columns of a line; a number PHP cannot calculate with kills the request here."""
    product = product_of(state, values.php_text(sent.get("productid")))
    price, quantity = sent.get("listprice"), sent.get("quantity")
    if price is None:
        # It is looked up in the table of products only: a service has none.
        price = product.fields["unit_price"] if product and product.module == "Products" else 0
    if not (values.can_calculate(price) and values.can_calculate(quantity)):
        raise CrashError
    counted = product.taxes if individual and product else ()
    if not all(values.can_calculate(sent.get(name)) for name in counted):
        raise CrashError
    columns = {
        "sequence_no": str(position),
        "quantity": values.fixed(values.number(quantity), 3),
        "listprice": values.fixed(values.number(price), 8),
        "discount_percent": values.fixed(values.number(sent.get("discount_percent")), 3),
        "discount_amount": values.fixed(values.number(sent.get("discount_amount")), 8),
        "comment": values.three_byte(values.php_text(sent.get("comment"))),
        "description": values.three_byte(values.php_text(sent.get("description"))),
        "incrementondel": "0",
        "image": "",
        "purchase_cost": values.fixed(Decimal(0), 8),
        "margin": values.fixed(Decimal(0), 8),
    }
    return columns | _taxes(state, sent, product, individual=individual)


def _taxes(state: VtigerState, sent: Mapping[str, Any], product: Record | None, *, individual: bool) -> dict[str, str]:
    """Store the rates sent; an individual line without any gets those of its product."""
    names = state.tax_names()
    if individual and product is not None and not any(name in sent for name in names):
        sent = product.taxes
    return {name: values.fixed(values.number(sent.get(name)), 3) for name in names}


def as_sum(state: VtigerState, line: Line) -> LineSum:
    """Read a stored line for the totals: only taxes attached to its product count, deducted ones by their sign."""
    product = product_of(state, line.product)
    attached = product.taxes if product else ()
    return LineSum(
        quantity=values.number(line.fields["quantity"]),
        price=values.number(line.fields["listprice"]),
        discount_amount=values.number(line.fields["discount_amount"]),
        discount_percent=values.number(line.fields["discount_percent"]),
        rates=tuple(values.number(line.fields.get(name)) for name in attached),
    )


def product_id(state: VtigerState, line: Line) -> str:
    """Show the product's id, or nothing when it is deleted, dangling or was never given."""
    return line.product if state.find(line.product) is not None else ""


def name_and_kind(state: VtigerState, line: Line) -> tuple[str | None, str | None, str | None]:
    """Return escaped name, module and deleted mark of a line's product; all null when there is none."""
    product = product_of(state, line.product)
    if product is None:
        return line.name, line.kind, "1" if line.name is not None else None
    field = "productname" if product.module == "Products" else "servicename"
    return values.label(product.fields[field]), product.module, "1" if product.deleted else "0"


def _columns(state: VtigerState, line: Line, names: tuple[str, ...]) -> dict[str, Any]:
    nothing: str | None = None if state.is_83 else ""
    nullable = {"discount_percent", "discount_amount", "image"}
    return {
        name: nothing if not line.fields.get(name, "") and (name in nullable or name.startswith("tax")) else value
        for name, value in ((each, line.fields.get(each, "")) for each in names)
    }


def tax_columns(state: VtigerState) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tax columns that stand before and after `image`: the installed three, and later ones."""
    names = state.tax_names()
    return _FIRST_TAXES, tuple(name for name in names if name not in _FIRST_TAXES)


def _shown(state: VtigerState, line: Line, parent: str) -> dict[str, Any]:
    early, late = tax_columns(state)
    columns = _columns(state, line, (*LINE_BASE, *early, *LINE_TAIL, *late))
    return {"parent_id": parent, "productid": product_id(state, line)} | columns | {"id": f"33x{line.number}"}


def in_invoice(state: VtigerState, line: Line) -> dict[str, Any]:
    """Show a line inside its invoice; 8.2.0 prints a PHP array as the parent's id."""
    name, kind, deleted = name_and_kind(state, line)
    parent = line.parent if state.is_83 else "7xArray"
    return _shown(state, line, parent) | {"product_name": name, "entity_type": kind, "deleted": deleted}


def alone(state: VtigerState, line: Line) -> dict[str, Any]:
    """Show a line as `retrieve` of the entity LineItem does, with the true parent."""
    return _shown(state, line, line.parent)


def query_columns(state: VtigerState) -> tuple[str, ...]:
    """Return the columns of `select * from LineItem`: the id stands in the middle."""
    early, late = tax_columns(state)
    return ("parent_id", "productid", *LINE_BASE, "id", *early, *LINE_TAIL, *late)
