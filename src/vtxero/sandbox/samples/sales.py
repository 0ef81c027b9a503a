"""The shop's invoices in its Vtiger, each with something of its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple


class Sale(NamedTuple):
    """An invoice. `customer` and a line's `good` name samples, a line's `taxes` maps labels to rates.

    `in_browser` marks one that was typed in Vtiger's pages, which round at each step; the others came through the API.
    """

    subject: str
    customer: str
    lines: tuple[dict[str, Any], ...]
    fields: Mapping[str, str] = MappingProxyType({})
    in_browser: bool = False


GST: Final = {"GST": "15"}
_GROUP: Final = {"hdnTaxType": "group"}
_DAYS: Final = {"invoicedate": "2026-10-05", "duedate": "2026-10-20"}


def _line(good: str, quantity: str, price: str, taxes: dict[str, str] | None = None, **more: str) -> dict[str, Any]:
    return {"good": good, "quantity": quantity, "listprice": price, "taxes": GST if taxes is None else taxes, **more}


SALES: Final = (
    Sale(
        "Spring order, still a draft",
        "aroha",
        (_line("tent", "1", "349.00"), _line("map", "3", "33.31", comment="For the <new> guides & helpers")),
        {"invoicestatus": "Created"},
    ),
    Sale(
        "Stove and boots as a present, taxed as a group",
        "cafe",
        (_line("stove", "2", "89.50"), _line("boots", "1", "219.95"), _line("wrapping", "1", "5.00")),
        _GROUP,
        in_browser=True,
    ),
    Sale(
        "Boots, sent by courier",
        "plumber",
        (_line("boots", "2", "219.95"),),
        {"shipping_&_handling": "18.50", "shipping_&_handling_shtax1": "15"},
    ),
    Sale(
        "Tents at a discount",
        "tab",
        (
            _line("tent", "2", "349.00", discount_percent="12.5"),
            _line("stove", "1", "89.50", discount_amount="9.50"),
            _line("bag", "1", "599.00"),
        ),
        {"invoicestatus": "Sent"},
    ),
    Sale(
        "Export of maps, in US dollars",
        "optics",
        (_line("map", "40", "21.80", {"Zero Rated": "0"}),),
        {"currency": "USD", "conversion_rate": "0.6", **_GROUP},
    ),
    Sale(
        "Torches, paid in cash",
        "cycles",
        (_line("torch", "4", "64.00"),),
        {"invoicestatus": "Paid", "received": "294.40"},
        in_browser=True,
    ),
    Sale(
        "Club order, 10 % off the whole",
        "pottery",
        (_line("tent", "1", "349.00"), _line("torch", "2", "64.00")),
        {"hdnDiscountPercent": "10"},
    ),
    Sale(
        "Guided walk, tax withheld",
        "mueller",
        (_line("walk", "2", "180.00", {"GST": "15", "Withholding": "-20"}),),
        _GROUP,
    ),
    Sale(
        "Batteries, two taxes on one line",
        "aroha",
        (_line("batteries", "6", "14.90", {"GST": "15", "Waste Levy": "2"}),),
    ),
    Sale(
        "Batteries, the same taxes as a group",
        "cafe",
        (_line("batteries", "10", "14.90", {"GST": "15", "Waste Levy": "2"}),),
        _GROUP,
    ),
    Sale(
        "Re-soling, rounded down by hand",
        "pottery",
        (_line("resoling", "1", "95.00"),),
        {"txtAdjustment": "-1.25"},
    ),
    Sale(
        "Camp gear, no due date yet",
        "school",
        (_line("tent", "6", "349.00"),),
        {"duedate": ""},
    ),
    Sale(
        "Hire of a marquee, no product chosen",
        "school",
        (_line("", "1", "450.00", comment="Marquee, 3 days"), _line("walk", "1", "180.00")),
        _GROUP,
    ),
    Sale(
        "Last year's stoves, in a locked period",
        "plumber",
        (_line("stove", "1", "89.50"),),
        {"invoicedate": "2026-03-12", "duedate": "2026-03-31"},
    ),
    Sale(
        "Torches for Widgets <NZ>",
        "angle",
        (_line("torch", "1", "64.00"),),
    ),
    Sale(
        "Three maps, a cent of rounding",
        "tab",
        (
            _line("map", "1", "33.31"),
            _line("map", "1", "33.31", comment="Second set"),
            _line("map", "1", "33.31", comment="Third set"),
        ),
    ),
)  # fmt: skip
DEFAULTS: Final = {"invoicestatus": "Approved", "hdnTaxType": "individual", **_DAYS}
