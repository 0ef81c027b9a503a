"""What of Vtiger's no record could hold is refused where it is read, and named; the row itself is not quoted."""

from __future__ import annotations

import json

import pytest

from modules.payments.builders import a_slice as payments
from modules.products.builders import a_slice as products
from modules.taxes.builders import a_slice as taxes
from vtxero.domain.sides import Side

HALF = "a \ud83d b"


@pytest.mark.parametrize(
    ("open_slice", "what", "field", "row"),
    [
        (taxes, "tax", "taxlabel", {"id": "34x1", "taxlabel": HALF, "percentage": "5", "note": "secret"}),
        (payments, "payment", "paymentsno", {"id": "50x1", "paymentsno": HALF, "related_to": "", "note": "secret"}),
        (
            products,
            "product",
            "productname",
            {"module": "Products", "row": {"id": "14x1", "productname": HALF, "note": "secret"}},
        ),
    ],
)
def test_row_that_cannot_be_held_says_which_field_it_is_and_nothing_else_of_the_row(open_slice, what, field, row):
    (found,) = open_slice().mappers[Side.VTIGER].parse(json.dumps([row]).encode())

    (said,) = found.findings
    assert said.message.startswith(f"Vtiger's answer for this {what} cannot be read (")
    assert said.message.endswith(f"its {field} holds half a character: 'a \ufffd b').")
    assert "secret" not in said.message
