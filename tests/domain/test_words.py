"""What people call a record's fields."""

from __future__ import annotations

import pytest

from vtxero.domain.words import called


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("due_on", "due date"),
        ("due_on in Vtiger", "due date in Vtiger"),
        ("sent_to_contact", "sent to contact"),
        ("reference in Xero", "reference in Xero"),
    ],
)
def test_field_has_its_word_with_its_side_or_without(field, words):
    assert called("invoices", field) == words
