"""A run that dies when Vtiger has taken Xero's id and nobody noted it: what earlier runs did can still be undone."""

from __future__ import annotations

from contextlib import suppress

import pytest

from machine.dying import Killed, at_note
from machine.nearby import open_nearby
from vtxero.sync.records import Outcome


def a_party(company):
    """An organization on both sides, and its phone edited in Xero."""
    record = company.organization(phone="1")
    company.sync()
    partner = company.contacts()["Acme Ltd"]["ContactID"]
    company.time.pass_by(3600)
    company.xero.edit_contact(partner, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "2"}])
    return record, partner, "phone"


def a_product(company):
    """A product on both sides, and its description edited in Xero."""
    record = company.product(description="1")
    company.sync()
    partner = company.items()["W-1"]["ItemID"]
    company.time.pass_by(3600)
    company.xero.edit_item(partner, Description="2")
    return record, partner, "description"


@pytest.mark.parametrize(("module", "begin"), [("organizations", a_party), ("products", a_product)])
def test_undo_of_a_run_when_a_later_one_died_while_it_wrote_the_id_sets_the_record_back(module, begin):
    with open_nearby() as company:
        record, partner, field = begin(company)
        changed = company.sync()
        assert company.row(record)[field] == "2"
        company.time.pass_by(3600)
        company.configure(module, write_back=True)
        died = []
        with suppress(Killed), at_note(0, died):
            company.sync(full=True)
        assert died
        assert partner in company.row(record).values()
        company.time.pass_by(3600)
        assert company.sync().exit_code == 0

        report = company.undo(changed.run)

        assert [told.outcome for told in report.records] == [Outcome.UPDATED]
        assert company.row(record)[field] == "1"
