"""What people call a record's fields."""

from __future__ import annotations

import pytest

from vtxero.domain.words import called, quoted


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("due_on", "due date"),
        ("sent_to_contact", "sent to contact"),
        ("reference", "reference"),
    ],
)
def test_field_has_its_word_or_its_name_in_words(field, words):
    assert called("invoices", field) == words


def test_name_in_quotes_is_shown_as_it_is_written():
    assert quoted('O\'Brien "Quick" \\ Plumbing') == "'O'Brien \"Quick\" \\ Plumbing'"
