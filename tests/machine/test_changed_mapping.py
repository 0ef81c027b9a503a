"""Another mapping than that of the last run: all that it means is planned where the guard says to look, and once."""

from __future__ import annotations

import pytest

from machine.dying import WAYS, dying_at
from machine.nearby import open_nearby
from vtxero.sync.records import Outcome

LONG = 8000
"""So long after the last run, nothing that it wrote or read is read again unasked."""


@pytest.fixture
def company():
    with open_nearby() as company:
        yield company


def at_rest(company):
    company.rest()
    company.time.pass_by(LONG)
    company.sync()
    company.time.pass_by(LONG)


def three_products(company):
    products = [company.product(f"Widget {n}", f"W-{n}") for n in range(3)]
    at_rest(company)
    return products


def three_organizations(company):
    made = [company.organization(f"Org {n}", email1=f"o{n}@o.example", phone="1") for n in range(3)]
    for number, organization in enumerate(made):
        company.person(organization, "Doe", firstname="Jane", email=f"j{number}@x.example")
    at_rest(company)
    return made


def items(company):
    return sorted((row["Code"], row["Name"]) for row in company.xero.items.values())


def emails(company):
    return sorted(row["EmailAddress"] for row in company.xero.contacts.values())


def phones(company):
    return [row["Phones"]["DEFAULT"]["PhoneNumber"] for row in company.xero.contacts.values()]


def calls_of_quiet_runs(company):
    """The most calls of a quiet run on each side: what a run looks up besides takes its turns."""
    calls = []
    for _ in range(6):
        calls.append(company.sync().calls)
        company.time.pass_by(LONG)
    return {side: max(each[side] for each in calls) for side in calls[0]}


def told(report):
    """What a run says of each record: fields written, and fields that wait for a decision."""
    return sorted(
        (
            record.label,
            str(record.outcome),
            [(change.field, change.after) for change in record.changes],
            [reason.field for reason in record.reasons],
        )
        for record in report.records
    )


STAND = [(f"Org {number}", "conflict", [], ["email"]) for number in range(3)]
WIDGETS = [(f"Widget {number}", "conflict", [], ["code", "name"]) for number in range(3)]


def test_law_10_dry_run_shows_all_that_a_changed_option_means(company):
    three_organizations(company)
    company.configure("organizations", email_from="primary_person")

    assert company.sync().exit_code == 6
    assert told(company.sync(dry_run=True)) == STAND
    assert told(company.sync(dry_run=True, allow=("config",))) == STAND
    assert told(company.sync(allow=("config",))) == STAND
    assert emails(company) == ["o0@o.example", "o1@o.example", "o2@o.example"]


def test_law_10_dry_run_shows_what_a_changed_option_means_for_products_which_cost_a_call_each(company):
    three_products(company)
    company.configure("products", name_is="code")

    assert company.sync().exit_code == 6
    assert told(company.sync(dry_run=True)) == WIDGETS


@pytest.mark.parametrize(("winner", "wanted"), [("vtiger", "Widget"), ("xero", "W-")])
def test_law_4_changed_mapping_is_carried_as_the_dry_run_shows_it_and_then_all_is_quiet(company, winner, wanted):
    products = three_products(company)
    company.configure("products", name_is="code")

    dry = company.sync(dry_run=True, conflict=winner, allow=("config",))
    report = company.sync(conflict=winner, allow=("config",))

    assert [outcome for _, outcome, _, _ in told(dry)] == ["updated"] * 3
    assert told(report) == told(dry)
    assert all(code.startswith(wanted) for code, _ in items(company))
    assert all(
        company.row(each)["productname"] == code for each, (code, _) in zip(products, items(company), strict=True)
    )
    for _ in range(3):
        company.time.pass_by(600)
        company.quiet()


def test_law_3_edit_after_a_changed_mapping_takes_nothing_else_along(company):
    products = three_products(company)
    company.configure("products", name_is="code")
    company.sync(allow=("config",))
    before = items(company)

    company.vtiger.edit(products[1], unit_price="12")
    company.time.pass_by(LONG)
    report = company.sync()

    assert items(company) == before
    assert [change.field for record in report.records for change in record.changes] == ["sales_price"]
    assert {record.outcome for record in report.records} == {Outcome.CONFLICT}


def test_law_3_field_that_is_taken_from_a_blank_place_is_filled_there_and_not_wiped_on_the_other_side(company):
    made = three_organizations(company)
    company.configure("organizations", fields={"phone": {"vtiger": "ownership"}})

    report = company.sync(allow=("config",))

    assert report.exit_code == 0
    assert [company.row(each)["ownership"] for each in made] == ["1", "1", "1"]
    assert [company.row(each)["phone"] for each in made] == ["1", "1", "1"]
    assert phones(company) == ["1", "1", "1"]
    company.time.pass_by(600)
    company.quiet()


def test_field_that_is_off_gives_way_to_one_that_takes_its_place(company):
    made = three_organizations(company)
    company.configure("organizations", fields={"phone": {"vtiger": "otherphone"}, "direct_phone": "off"})

    assert company.sync(allow=("config",)).exit_code == 0

    assert [company.row(each)["otherphone"] for each in made] == ["1", "1", "1"]
    company.time.pass_by(600)
    company.quiet()


def test_records_that_say_the_same_under_the_new_mapping_are_at_rest(company):
    products = three_products(company)
    for number, product in enumerate(products):
        company.vtiger.edit(product, productname=f"W-{number}", productcode=f"Widget {number}")
    company.configure("products", name_is="code")

    assert told(company.sync(allow=("config",))) == []
    company.time.pass_by(600)
    company.quiet()


@pytest.mark.parametrize("way", WAYS)
def test_changed_mapping_whose_run_was_killed_is_gone_on_with_by_the_next(company, way):
    three_organizations(company)
    company.configure("organizations", email_from="primary_person", conflict="vtiger")
    with dying_at(company, 0, way) as died:
        company.sync(allow=("config",))
    assert died

    company.time.pass_by(LONG)
    report = company.sync()

    assert report.exit_code == 0
    assert emails(company) == ["j0@x.example", "j1@x.example", "j2@x.example"]
    company.time.pass_by(600)
    company.quiet()


def test_changed_mapping_of_a_write_that_was_refused_is_no_edit_in_the_next_run(company):
    three_organizations(company)
    company.configure("organizations", fields={"phone": {"vtiger": "ownership"}})
    old = company.net.gate
    company.net.gate = lambda request, forward: (
        (200, [("Content-Type", "application/json")], b'{"success":false,"error":{"code":"X","message":"No."}}')
        if request.side == "vtiger" and b"revise" in request.body
        else forward(request)
    )
    assert company.sync(allow=("config",)).exit_code == 3
    company.net.gate = old

    company.time.pass_by(LONG)

    assert company.sync().exit_code == 0
    assert phones(company) == ["1", "1", "1"]


def test_mapping_that_is_put_back_after_a_killed_run_is_looked_at_again(company):
    three_organizations(company)
    before = company.settings
    company.configure("organizations", email_from="primary_person", conflict="vtiger")
    with dying_at(company, 0, WAYS[2]):
        company.sync(allow=("config",))
    company.settings = before
    company.time.pass_by(LONG)

    assert company.sync().exit_code == 6
    assert told(company.sync(dry_run=True)) == STAND


def test_law_10_mapping_of_a_module_is_let_through_by_a_run_over_all_of_it_only(company):
    three_organizations(company)
    company.product()
    at_rest(company)
    company.configure("organizations", email_from="primary_person")
    company.configure("products", name_is="code")

    # Organizations have nothing to do with how products are mapped.
    company.sync(modules=("organizations",), allow=("config",))
    assert company.sync(modules=("organizations",)).exit_code == 8

    company.sync(modules=("products",), only=("products:W-1",), allow=("config",))
    stopped = company.sync()
    assert stopped.exit_code == 6
    assert "modules.products.name_is was" in stopped.messages[-1]
    assert "email_from" not in stopped.messages[-1]
    company.sync(allow=("config",))
    assert company.sync().exit_code == 8


def test_law_10_run_whose_modules_need_another_lets_its_mapping_through_for_their_sake_only(company):
    three_organizations(company)
    company.configure("organizations", email_from="primary_person")

    assert company.sync(modules=("invoices",)).exit_code == 6
    company.sync(modules=("invoices",), allow=("config",))

    assert company.sync(modules=("invoices",)).exit_code == 0
    assert company.sync().exit_code == 6
    assert told(company.sync(dry_run=True)) == STAND


def test_changed_mapping_costs_calls_once(company):
    three_products(company)
    before = calls_of_quiet_runs(company)
    company.configure("products", name_is="code", conflict="vtiger")
    company.sync(allow=("config",))
    company.time.pass_by(LONG)

    assert calls_of_quiet_runs(company) == before
