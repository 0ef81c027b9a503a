"""What people call fields."""

from __future__ import annotations

import pytest

from vtxero.domain.words import WORDS, called, with_rate
from vtxero.modules.contacts.record import FIELDS as CONTACTS
from vtxero.modules.invoices.record import MERGED
from vtxero.modules.organizations.record import FIELDS as ORGANIZATIONS
from vtxero.modules.payments.record import FIELDS as PAYMENTS
from vtxero.modules.products.record import FIELDS as PRODUCTS
from vtxero.modules.taxes.record import FIELDS as TAXES

FIELDS = {
    "taxes": TAXES,
    "contacts": CONTACTS,
    "organizations": ORGANIZATIONS,
    "products": PRODUCTS,
    "invoices": MERGED,
    "payments": PAYMENTS,
}


@pytest.mark.parametrize("module", FIELDS)
def test_every_field_has_words_of_its_own_without_underscores(module):
    words = [called(module, field) for field in FIELDS[module]]

    assert len(set(words)) == len(words)
    assert not any("_" in word or word.endswith(" on") for word in words)
    assert set(WORDS.get(module, {})) <= set(FIELDS[module])


@pytest.mark.parametrize(
    ("name", "rate", "shown"),
    [("GST", "15", "GST 15 %"), ("15% GST on Income", "15", "15% GST on Income"), ("Levy 2 %", "2", "Levy 2 %")],
)
def test_rate_of_a_tax_is_said_once(name, rate, shown):
    assert with_rate(name, rate) == shown
