"""A demo company that was reset keeps its id and has forgotten what runs wrote; nothing is written by old links."""

from __future__ import annotations

from functools import partial

import pytest

from chain import set_back
from chain.company import stopped_by
from vtxero.domain.sides import Direction

SOLD = {"ItemCode": "W-1", "Description": "Work", "Quantity": "1", "UnitAmount": "5", "AccountCode": "200"}
APART = frozenset({"identity", "lock", "clock"})
"""What a reset leaves as it is: logins, and the time."""
stopped = partial(stopped_by, "RUN-TENANT")


def backup(company):
    return set_back.kept(company.xero, (name for name in vars(company.xero) if name not in APART))


def put_back(company, kept):
    set_back.put_back(company.xero, kept)


def let_pass(company, **time):
    set_back.let_pass(company.xero, **time)


@pytest.fixture
def shop(company):
    """A company before its first sync."""
    set_back.stop_clock(company.xero)
    set_back.sell(company)
    company.before = backup(company)
    return company


def test_organisation_reset_after_one_run_that_wrote_to_it_stops_the_next(shop):
    shop.sync()
    put_back(shop, shop.before)

    problem = stopped(shop)

    assert "one of its organizations is not there" in problem.message
    assert "--resync" in problem.remedy
    assert problem.allow == "tenant"


def test_organisation_reset_after_one_run_that_only_read_stops_the_next_when_an_edit_is_lost(shop):
    contact = shop.xero.add_contact(Name="Nova", EmailAddress="a@nova.example")
    kept = backup(shop)
    let_pass(shop, hours=1)
    shop.xero.edit_contact(contact, EmailAddress="b@nova.example")
    shop.sync(direction=Direction.TO_VTIGER)
    put_back(shop, kept)

    assert f"({contact}) was changed last at" in stopped(shop).message


def test_resync_of_a_reset_organisation_writes_everything_once(shop):
    shop.sync()
    put_back(shop, shop.before)
    stopped(shop)

    report = shop.sync(resync=True)

    assert sum("All links were forgotten" in each for each in report.messages) == 1
    assert list(shop.contacts()) == ["Acme Ltd"]
    assert len(shop.invoices()) == len(shop.items()) == 1
    assert shop.sync().exit_code == 0


def test_reset_that_is_allowed_stops_no_later_run(shop):
    shop.sync()
    put_back(shop, shop.before)

    assert shop.sync(allow=("tenant",)).exit_code == 0
    assert shop.sync().exit_code == 0


def test_what_people_archive_void_and_delete_in_xero_stops_nothing(shop):
    shop.sync()
    acme = shop.contacts()["Acme Ltd"]["ContactID"]
    draft = shop.xero.add_invoice(acme, [SOLD], Date="2026-11-02", DueDate="2026-11-30")
    sold = shop.xero.add_invoice(acme, [SOLD], Date="2026-11-02", DueDate="2026-11-30", Status="AUTHORISED")
    shop.sync()
    let_pass(shop, hours=1)
    shop.xero.edit_invoice(draft, Status="DELETED")
    shop.xero.void(sold)
    shop.xero.archive_contact(shop.xero.add_contact(Name="Nobody"))
    shop.xero.delete_item(shop.items()["W-1"]["ItemID"])

    assert shop.sync().exit_code in {0, 8}
    assert shop.sync().exit_code in {0, 8}


def test_looking_costs_one_call_of_a_quiet_run_that_stays_below_eight(shop):
    shop.sync()
    shop.sync()
    let_pass(shop, hours=1)
    shop.sync()

    # The login is apart.
    assert shop.sync().calls["xero"] <= 8 + 1
