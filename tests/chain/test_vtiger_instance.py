"""A Vtiger whose backup was put back has the same address and the same ids; nothing may be written by old links."""

from __future__ import annotations

from functools import partial
from urllib.parse import unquote_plus

import pytest

from chain import set_back
from chain.company import line, stopped_by
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome

SHELVES = ("entities", "lines", "actors", "numbering", "next_number")
stopped = partial(stopped_by, "RUN-VTIGER-INSTANCE")


def backup(company):
    return set_back.kept(company.vtiger, SHELVES)


def put_back(company, kept):
    set_back.put_back(company.vtiger, kept)


def let_pass(company, **time):
    set_back.let_pass(company.vtiger, **time)


@pytest.fixture
def shop(company):
    """A company that synced twice, so that the times of its records are known."""
    set_back.stop_clock(company.vtiger)
    set_back.sell(company)
    company.sync()
    company.sync()
    return company


def test_backup_put_back_stops_the_run_when_the_newest_records_are_gone(shop):
    kept = backup(shop)
    let_pass(shop, hours=1)
    for _ in range(5):
        shop.invoice(shop.account, line(shop.item))
    shop.sync()
    put_back(shop, kept)

    problem = stopped(shop)

    assert "the newest 5 records" in problem.message
    assert "--resync" in problem.remedy


def give_a_number_out_twice(shop):
    """Lose an invoice that crossed by a backup, and make another one, which gets its id and number; gives the id."""
    kept = backup(shop)
    let_pass(shop, hours=1)
    lost = shop.invoice(shop.account, line(shop.item))
    shop.sync()
    shop.sync()
    put_back(shop, kept)
    let_pass(shop, hours=1)
    assert shop.invoice(shop.account, line(shop.item, price="99")) == lost
    return lost


def test_number_that_was_given_out_twice_stops_the_run(shop):
    lost = give_a_number_out_twice(shop)

    assert f"its record {lost} was made at" in stopped(shop).message


def test_record_that_went_back_in_time_stops_the_run(shop):
    kept = backup(shop)
    let_pass(shop, hours=5)
    shop.vtiger.edit(shop.first, duedate="2026-12-24")
    shop.sync()
    shop.sync()
    put_back(shop, kept)

    assert f"its record {shop.first} was changed last at" in stopped(shop).message


def test_clock_that_is_put_back_an_hour_in_autumn_stops_nothing(shop):
    let_pass(shop, hours=-1)
    shop.vtiger.edit(shop.first, duedate="2026-12-24")

    assert shop.sync().exit_code == 0


def test_resync_forgets_the_links_and_doubles_nothing(shop):
    again = give_a_number_out_twice(shop)
    stopped(shop)
    before = shop.invoices(), shop.contacts(), shop.items()

    report = shop.sync(resync=True)

    assert sum("All links were forgotten" in each for each in report.messages) == 1
    # The number was given out twice, so Xero's invoice of that number differs: a person decides.
    assert [row.vtiger_id for row in report.records if row.outcome is Outcome.CONFLICT] == [again]
    assert (shop.invoices(), shop.contacts(), shop.items()) == before
    linked = {row.vtiger_id for row in report.records if row.outcome is Outcome.LINKED}
    assert {shop.account, shop.item, shop.first} <= linked
    assert shop.sync().exit_code == 8


def test_records_that_people_delete_one_by_one_stop_nothing(shop):
    made = [shop.invoice(shop.account, line(shop.item)) for _ in range(6)]
    shop.sync()
    for newest in reversed(made):
        shop.vtiger.delete(newest)
        assert shop.sync().exit_code == 0


def test_many_that_people_deleted_at_once_in_the_browser_stop_nothing_as_their_lines_are_there(shop):
    made = [shop.invoice(shop.account, line(shop.item)) for _ in range(6)]
    shop.sync()
    for each in made:
        shop.vtiger.delete(each)

    assert shop.sync().exit_code == 0


def test_many_deleted_at_once_by_a_program_go_on_when_a_person_says_so_and_stop_no_later_run(shop):
    made = [shop.invoice(shop.account, line(shop.item)) for _ in range(5)]
    shop.sync()
    for each in made:
        shop.crm.post("delete", id=each)
    assert "--allow instance" in stopped(shop).remedy

    assert shop.sync(allow=("instance",)).exit_code == 0
    assert shop.sync().exit_code == 0


def test_new_address_stops_until_a_person_says_that_it_is_the_same(shop):
    moved = shop.settings.vtiger.model_copy(update={"url": shop.settings.vtiger.url.replace("127.0.0.1", "localhost")})
    shop.settings = shop.settings.model_copy(update={"vtiger": moved})

    assert "localhost" in stopped(shop).message
    assert shop.sync(allow=("instance",)).exit_code == 0
    assert shop.sync().exit_code == 0


def test_looking_costs_one_call_of_a_quiet_run_that_stays_below_twelve(shop):
    let_pass(shop, hours=1)
    shop.sync()
    entries = shop.apps["vtiger"].journal.entries
    before = len(entries)

    report = shop.sync()

    asked = [unquote_plus(entry.query) for entry in entries[before:]]
    assert sum("select id,createdtime,modifiedtime" in each for each in asked) == 1
    # The login's two are apart.
    assert report.calls["vtiger"] <= 12 + 2


# -- after one run ---------------------------------------------------------------------------------------------


@pytest.fixture
def stall(company):
    """A company before its first sync, with a backup of its Vtiger from then."""
    set_back.stop_clock(company.vtiger)
    set_back.sell(company)
    company.before = backup(company)
    let_pass(company, hours=5)
    return company


def customers_in_xero(company, number):
    for each in range(number):
        company.xero.add_contact(Name=f"Buyer {each}")


def test_backup_put_back_after_one_run_that_changed_a_record_stops_the_next(stall):
    stall.xero.add_contact(Name="Acme Ltd", EmailAddress="acme@example.com")
    assert stall.sync().exit_code == 0
    put_back(stall, stall.before)

    assert f"its record {stall.account} was changed last at" in stopped(stall).message


def test_backup_put_back_after_one_run_that_made_records_of_several_modules_stops_the_next(stall):
    customers_in_xero(stall, 3)
    for each in range(2):
        stall.xero.add_item(Code=f"X-{each}", Name=f"Thing {each}")
    stall.sync()
    put_back(stall, stall.before)

    assert "the newest 5 records known of it" in stopped(stall).message


def test_backup_put_back_after_one_run_that_made_an_invoice_stops_the_next(stall):
    stall.sync()
    sold = {"ItemCode": "W-1", "Description": "Work", "Quantity": "1", "UnitAmount": "5", "AccountCode": "200"}
    acme = stall.contacts()["Acme Ltd"]["ContactID"]
    stall.xero.add_invoice(acme, [sold], Date="2026-11-02", DueDate="2026-11-30")
    kept = backup(stall)
    let_pass(stall, hours=1)
    stall.sync()
    put_back(stall, kept)

    assert "it knows nothing of its newest records (7x" in stopped(stall).message


def test_backup_put_back_after_one_run_that_only_read_stops_the_next_when_an_edit_is_lost(stall):
    stall.vtiger.edit(stall.first, duedate="2026-12-24")
    stall.sync(direction=Direction.TO_XERO)
    put_back(stall, stall.before)

    assert f"its record {stall.first} was changed last at" in stopped(stall).message


def test_vtiger_installed_anew_after_one_run_stops_the_next(company):
    empty = backup(company)
    customers_in_xero(company, 1)
    company.xero.add_item(Code="X-1", Name="Thing")
    company.sync()
    put_back(company, empty)

    assert "none of the 2 records known of it" in stopped(company).message


def test_backup_put_back_after_one_run_that_made_two_organizations_is_told_and_once(stall):
    customers_in_xero(stall, 2)
    stall.sync()
    put_back(stall, stall.before)

    told = " ".join(stall.sync().messages)

    assert "Vtiger does not show the newest 2 records known of it any more" in told
    assert "vtxero sync --resync" in told
    assert "any more" not in " ".join(stall.sync().messages)


def test_number_given_out_again_after_such_a_backup_stops_the_run(stall):
    customers_in_xero(stall, 2)
    stall.sync()
    put_back(stall, stall.before)
    let_pass(stall, minutes=1)
    again = stall.organization("Stranger Ltd")

    assert f"its record {again} was made at" in stopped(stall).message


def test_newest_record_that_was_edited_since_does_not_hide_a_backup(stall):
    stall.vtiger.edit(stall.account, phone="1")
    let_pass(stall, minutes=1)
    stall.vtiger.edit(stall.first, duedate="2026-12-24")
    stall.sync()
    put_back(stall, stall.before)
    let_pass(stall, minutes=1)
    stall.vtiger.edit(stall.first, duedate="2026-12-27")

    assert f"its record {stall.account} was changed last at" in stopped(stall).message


def test_records_that_people_deleted_and_emptied_modules_are_no_other_vtiger(stall):
    customers_in_xero(stall, 2)
    stall.sync()
    for each in (stall.first, stall.item):
        stall.vtiger.delete(each)

    assert stall.sync().exit_code == 0
