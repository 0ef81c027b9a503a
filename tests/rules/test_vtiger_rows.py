"""What of Vtiger's no record could hold is refused where it is read, and named; the row itself is not quoted."""

from __future__ import annotations

import json

import pytest

from modules.contacts import builders as people
from modules.invoices import books as papers
from modules.invoices.papers import v_row
from modules.organizations import builders as parties
from modules.payments import builders as cash
from modules.payments.builders import a_slice as payments
from modules.products import builders as goods
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


XERO_ID = "0b4f0b1e-0000-4000-8000-00000000abcd"
LABELLED = papers.a_reference(custom=("Xero Invoice ID",))


@pytest.mark.parametrize(
    ("slice_", "row"),
    [
        (parties.a_slice(), parties.vtiger_row(cf_901=f" {XERO_ID.upper()} ")),
        (people.a_slice(), people.vtiger_row(cf_901=XERO_ID.upper())),
        (goods.a_slice(), goods.vtiger_row(cf_911=XERO_ID.upper())),
        (papers.a_slice(reference=LABELLED), v_row(total="0", **{"cf_Xero Invoice ID": XERO_ID.upper()})),
        (payments(), cash.vtiger_row(description=f"Xero payment {XERO_ID.upper()}")),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_xero_id_in_capitals_in_vtiger_is_the_one_that_xero_writes_small(slice_, row):
    (found,) = slice_.mappers[Side.VTIGER].parse(json.dumps([row]).encode())

    assert found.marker == XERO_ID
