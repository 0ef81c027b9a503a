"""Xero's id is written into Vtiger's records while people work: nothing of theirs is lost, and all of it is told."""

from __future__ import annotations

import pytest

from chain.company import line
from machine.dying import dying_at
from machine.nearby import open_nearby
from vtxero.bootstrap.reading import open_log
from vtxero.domain.codes import Code
from vtxero.sandbox.vtiger.schema import builtin_describes, module_of
from vtxero.sync.records import Outcome


@pytest.fixture
def company():
    with open_nearby() as company:
        yield company


def just_before(company, what, deed):
    """A person works just before the first request that writes this text is served."""
    old, done = company.net.gate, []

    def gate(request, forward):
        if request.may_write and request.side == "vtiger" and what in request.body and not done:
            done.append(request)
            company.time.pass_by(5)
            deed()
            company.time.pass_by(5)
        return forward(request)

    company.net.gate = gate
    return lambda: setattr(company.net, "gate", old)


def refused(company):
    """Vtiger refuses every revision."""
    old = company.net.gate
    answer = b'{"success":false,"error":{"code":"MANDATORY_FIELDS_MISSING","message":"Email does not have a value"}}'

    def gate(request, forward):
        if request.side == "vtiger" and request.may_write and b"revise" in request.body:
            return 200, [("Content-Type", "application/json")], answer
        return forward(request)

    company.net.gate = gate
    return lambda: setattr(company.net, "gate", old)


def test_law_3_edit_while_another_record_gets_its_id_is_not_overwritten(company):
    products = [company.product(f"Part {n}", f"P-{n}", price="10") for n in range(3)]
    company.rest()
    company.configure("products", write_back=True)
    just_before(company, b"", lambda: company.vtiger.edit(products[2], unit_price="77"))

    company.sync()
    company.time.pass_by(4000)
    company.sync()

    assert company.row(products[2])["unit_price"].startswith("77")
    assert company.items()["P-2"]["SalesDetails"]["UnitPrice"] == 77


def test_law_3_edit_just_before_the_id_is_written_waits_for_the_next_run(company):
    sale = company.invoice(company.organization(), line(company.product()), invoicestatus="Created")
    company.configure("invoices", write_back=True)
    just_before(company, b"cf_867", lambda: company.vtiger.edit(sale, duedate="2026-12-24"))
    company.sync()
    company.time.pass_by(4000)

    company.sync()

    [there] = company.invoices().values()
    assert there["DueDate"].isoformat() == "2026-12-24"
    company.time.pass_by(4000)
    company.quiet()


def test_law_6_undo_spares_what_somebody_wrote_into_the_record_while_it_got_its_id(company):
    company.xero.add_contact(Name="Acme")
    first = company.sync().run
    company.time.pass_by(600)
    company.rest()
    [acme] = company.vtiger.live("Accounts")
    wire_id = company.vtiger.wire_id(acme)
    acme.fields["cf_853"] = ""
    company.configure("organizations", write_back=True)
    rest = just_before(company, b"cf_853", lambda: company.vtiger.edit(wire_id, description="notes"))
    company.sync(full=True)
    rest()

    [told] = company.undo(first).records

    assert [each.code for each in told.reasons] == [Code.UNDO_TOUCHED]
    assert company.row(wire_id)["description"] == "notes"


def test_law_6_undo_takes_away_what_its_run_made_though_the_id_came_into_it_later(company):
    company.xero.add_contact(Name="Acme")
    first = company.sync().run
    company.rest()
    [acme] = company.vtiger.live("Accounts")
    acme.fields["cf_853"] = ""
    company.configure("organizations", write_back=True)
    company.sync(full=True)
    assert acme.fields["cf_853"]

    company.undo(first)

    assert list(company.vtiger.live("Accounts")) == []


@pytest.mark.parametrize("conflict", [False, True])
def test_law_9_id_that_vtiger_refuses_takes_nothing_off_what_is_told_of_the_record(company, conflict):
    acme = company.organization("Acme Ltd", phone="1")
    company.rest()
    company.configure("organizations", write_back=True)
    company.vtiger.edit(acme, phone="2")
    if conflict:
        [contact] = company.xero.contacts
        company.xero.edit_contact(contact, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "3"}])
    rest = refused(company)

    report = company.sync()

    [told] = report.records
    assert told.outcome == (Outcome.CONFLICT if conflict else Outcome.UPDATED)
    assert [each.field for each in told.changes] == ([] if conflict else ["phone"])
    refusal = [Code.MANDATORY_FIELD, *[Code.CONFLICT] * conflict, Code.VTIGER_REFUSED]
    assert [each.code for each in told.reasons] == refusal
    assert told.reasons[-1].message == "Xero's id could not be written into the record in Vtiger."
    assert report.exit_code == (8 if conflict else 3)
    company.time.pass_by(600)
    again = company.sync()
    assert again.exit_code == report.exit_code
    with open_log(company.settings) as log:
        assert [each.label for each in log.waiting()] == ["Acme Ltd"]
    rest()
    company.time.pass_by(600)
    company.sync()
    assert company.row(acme)["cf_853"] in company.xero.contacts


def test_law_4_dry_run_tells_of_ids_that_a_killed_run_left(company):
    company.configure("organizations", write_back=True)
    acme, beta = company.organization("Acme Ltd"), company.organization("Beta Ltd")
    with dying_at(company, 1, "before it leaves"):
        company.sync()
    company.time.pass_by(600)

    plan = company.sync(dry_run=True)

    assert "Records in Vtiger that lack Xero's id, into which it is written (organizations): 2." in plan.messages
    company.sync(approved=plan.planned)
    assert all(company.row(each)["cf_853"] for each in (acme, beta))


def test_law_4_saved_plan_writes_no_id_into_records_that_it_is_not_about(company):
    acme, beta = company.organization("Acme Ltd"), company.organization("Beta Ltd")
    company.rest()
    company.vtiger.edit(acme, phone="2")
    plan = company.sync(dry_run=True)
    company.configure("organizations", write_back=True)

    company.sync(approved=plan.planned)

    assert company.row(beta)["cf_853"] == ""
    company.sync()
    assert company.row(beta)["cf_853"]


def test_law_10_many_ids_are_many_changes_and_stop_at_the_guard():
    with open_nearby(guards={"max_changes": 2}) as company:
        for number in range(6):
            company.organization(f"Customer {number}")
        company.sync()
        company.configure("organizations", write_back=True)
        before = len(company.writes())

        assert company.sync().exit_code == 6
        assert len(company.writes()) == before
        assert company.sync(allow=("changes",)).exit_code == 0
        assert all(row["cf_853"] for row in company.vtiger.records("Accounts"))


@pytest.mark.parametrize("deed", ["id", "description"])
def test_law_3_price_that_vtiger_would_round_is_not_touched_and_that_is_told(company, deed):
    part = company.product(price="0.0375")
    company.vtiger.find(part).fields["unit_price"] = "0.03750000"
    company.rest()
    [item] = company.xero.items
    if deed == "id":
        company.configure("products", write_back=True)
    else:
        company.xero.edit_item(item, Description="new text")
    company.time.pass_by(600)

    for _ in range(2):
        [told] = company.sync().records
        assert [(each.code, each.message) for each in told.reasons] == [
            (Code.DECIMALS, "Saving it would round its price in Vtiger from 0.0375 to 0.04.")
        ]
        company.time.pass_by(600)

    assert company.vtiger.find(part).fields["unit_price"] == "0.03750000"
    assert str(company.xero.items[item]["SalesDetails"]["UnitPrice"]) == "0.0375"


def test_field_that_vtiger_gets_later_is_filled_by_the_next_run():
    with open_nearby(custom_fields=False) as company:
        for module in ("organizations", "products", "invoices"):
            company.configure(module, write_back=True)
        acme, part = company.organization(), company.product()
        sale = company.invoice(acme, line(part), invoicestatus="Created")
        company.rest()
        company.time.pass_by(4000)
        give_vtiger_the_fields(company)

        company.sync()

        assert all((company.row(acme)["cf_853"], company.row(part)["cf_859"], company.row(sale)["cf_867"]))


def give_vtiger_the_fields(company):
    """An administrator makes the custom fields, blank in every record."""
    vtiger = company.vtiger
    vtiger.describes = builtin_describes()
    vtiger.modules = {name: module_of(each) for name, each in vtiger.describes.items()}
    for name, module in vtiger.modules.items():
        for record in vtiger.live(name):
            record.fields |= {column: "" for column in module.columns if column not in record.fields}
