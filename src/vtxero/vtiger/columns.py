"""Which columns of a module can be asked for in a list without Vtiger joining more rows to them."""

from __future__ import annotations

from vtxero.domain.reference import VtigerModule, VtigerReference
from vtxero.errors import AuthError
from vtxero.vtiger.rows import TAX_FIELD

PER_USER = frozenset({"starred", "tags"})
"""They live in a table with a row for each user, and say nothing of the books."""

LINE_COLUMNS = frozenset(
    {
        "productid", "quantity", "listprice", "comment", "discount_percent", "discount_amount",
        "image", "purchase_cost", "margin",
        # The header's discounts: their column names collide with the line's, so Vtiger reads those instead.
        "hdnDiscountPercent", "hdnDiscountAmount",
    }
)  # fmt: skip
"""Columns of an inventory module that make a row of every line: the limit counts lines then, and invoices are lost."""


def module_of(reference: VtigerReference, name: str) -> VtigerModule:
    """Find a module.

    Raises:
        AuthError: the user may not use it, or there is none.
    """
    module = reference.modules.get(name)
    if module is None:
        raise AuthError(
            f"This Vtiger has no module {name} that the API user may use.",
            remedy="Give that user's profile access to the module, or switch it off in vtxero's config.",
        )
    return module


def own_columns(module: VtigerModule) -> tuple[str, ...]:
    """Name the columns of the record itself. What describe lists behind the id (taxes, prices, charges) is none."""
    names = [field.name for field in module.fields]
    end = names.index("id") if "id" in names else len(names)
    return ("id", *(name for name in names[:end] if name not in PER_USER))


def header_columns(module: VtigerModule) -> tuple[str, ...]:
    """Name the columns of an inventory module's header: its own without those of its lines and charges."""
    return tuple(
        name
        for name in own_columns(module)
        if name not in LINE_COLUMNS and not TAX_FIELD.match(name) and not name.startswith("shipping_")
    )
