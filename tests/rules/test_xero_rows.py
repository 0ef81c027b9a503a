"""What of Xero's no record could hold is refused where it is read, and named."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from vtxero.modules.payments.xero import XeroPayment
from vtxero.modules.products.xero import XeroItem
from vtxero.rules.rows import check_whole, faults_of
from vtxero.rules.xero_contacts import XeroContact

HALF = "a \ud83d b"


@pytest.mark.parametrize(
    ("model", "row", "said"),
    [
        (
            XeroContact,
            {"ContactID": "1", "Addresses": [{"City": HALF}]},
            "its City holds half a character: 'a \ufffd b'",
        ),
        (XeroPayment, {"PaymentID": "1", "Reference": HALF}, "its Reference holds half a character: 'a \ufffd b'"),
        (XeroPayment, {"PaymentID": "1", "Amount": "1e17"}, "Amount: 1E+17 is too large or too long"),
        (XeroItem, {"ItemID": "1", "SalesDetails": {"UnitPrice": "0." + "7" * 40}}, "SalesDetails.UnitPrice: 0.777"),
        (XeroItem, {"ItemID": "1", "QuantityOnHand": "NaN"}, "QuantityOnHand: "),
    ],
)
def test_row_that_cannot_be_held_says_which_field_it_is(model, row, said):
    with pytest.raises(ValidationError) as caught:
        model.model_validate(row)

    assert faults_of(caught.value).startswith(said)


def test_whole_texts_pass_whatever_they_hold():
    check_whole({"Name": "Tūī \U0001f600", "Lines": [{"Description": "\\ud83d", "Amount": 5}], "Nothing": None})
