"""What the shop sells, in its Vtiger."""

from __future__ import annotations

from typing import Final, NamedTuple


class Good(NamedTuple):
    """A product or service; `taxes` are the labels of the taxes attached to it, at their own rates."""

    key: str
    module: str
    fields: dict[str, str]
    taxes: tuple[str, ...] = ("GST",)


_SALES: Final = "200 - Sales"

GOODS: Final = (
    Good(
        "tent",
        "Products",
        {
            "productname": "Two-person tent", "productcode": "TENT-2", "unit_price": "349.00", "cf_861": _SALES,
            "description": "Freestanding, 2.1 kg", "purchase_cost": "180.00",
        },
    ),
    Good(
        "boots",
        "Products",
        {"productname": "Tramping boots", "productcode": "BOOT-M", "unit_price": "219.95", "cf_861": _SALES},
    ),
    Good(
        "stove",
        "Products",
        {"productname": 'Gas stove "Mini"', "productcode": "STOVE-1", "unit_price": "89.50", "cf_861": _SALES},
    ),
    Good(
        "map",
        "Products",
        {"productname": "Map & compass set", "productcode": "MAP-S1", "unit_price": "33.31", "cf_861": _SALES},
    ),
    Good("wrapping", "Products", {"productname": "Gift wrapping", "unit_price": "5.00"}),
    Good(
        "bag",
        "Products",
        {
            "productname": "Four-season sleeping bag, goose down, left zip, long", "productcode": "BAG-4S-L",
            "unit_price": "599.00", "cf_861": _SALES,
        },
    ),
    Good(
        "deposit",
        "Products",
        {
            "productname": "Interest on hire deposits", "productcode": "INT-1", "unit_price": "1.00",
            "cf_861": "270 - Interest Income",
        },
    ),
    Good(
        "torch",
        "Products",
        {"productname": "Head torch", "productcode": "TORCH-H", "unit_price": "64.00", "cf_861": _SALES},
    ),
    Good(
        "batteries",
        "Products",
        {"productname": "Batteries AA, pack of 8", "productcode": "BATT-AA8", "unit_price": "14.90", "cf_861": _SALES},
        ("GST", "Waste Levy"),
    ),
    Good("resoling", "Services", {"servicename": "Boot re-soling", "unit_price": "95.00"}),
    Good("walk", "Services", {"servicename": "Guided day walk", "unit_price": "180.00"}),
)  # fmt: skip
"""`wrapping` has no code, `bag` a name too long for Xero, `deposit` an account that is archived there, `batteries` two
taxes; `torch` is in Xero as well. `cf_861` is the field `Xero Sales Account`."""
