"""The laws of what does no harm: books, neighbours, cursors, outcomes, guards.

`docs/laws.md` lists these tests by name.
"""

from __future__ import annotations

import pytest

from chain.company import line, only, reasons
from laws.acme import set_xero_phone, xero_phone
from vtxero.sync.records import Outcome


@pytest.mark.parametrize("state", ["approved", "paid in part", "paid", "voided"])
def test_law_6_closed_invoice_is_not_touched_in_xero(settled, state):
    settled.xero.approve(settled.invoice_id)
    match state:
        case "paid in part":
            settled.xero.pay(settled.invoice_id, "1.00")
        case "paid":
            settled.xero.pay(settled.invoice_id)
        case "voided":
            settled.xero.void(settled.invoice_id)
    settled.sync()
    settled.rewrite(settled.draft, line(settled.widget, "8", "9.99"), duedate="2027-01-31")
    before = settled.xero.snapshot()["Invoices"]

    report = settled.sync()

    assert settled.xero.snapshot()["Invoices"] == before
    [record] = only(report, "invoices")
    assert record.outcome in {Outcome.SKIPPED, Outcome.CONFLICT}


def test_law_6_cancelled_invoice_is_voided_only_with_the_switch(settled):
    settled.xero.approve(settled.invoice_id)
    settled.sync()
    settled.vtiger.edit(settled.draft, invoicestatus="Cancel")

    settled.sync()

    [kept] = settled.invoices().values()
    assert kept["Status"] == "AUTHORISED"


def test_law_6_nothing_is_deleted_in_xero_whatever_disappears_in_vtiger(settled):
    for record_id in (settled.draft, settled.widget, settled.acme):
        settled.vtiger.delete(record_id)

    settled.sync(full=True, allow=("instance", "emptied", "deletions"))

    kept = settled.xero.snapshot()
    assert [len(kept[shelf]) for shelf in ("Contacts", "Items", "Invoices")] == [1, 1, 1]
    assert [row["Status"] for row in kept["Invoices"].values()] == ["DRAFT"]
    assert [row["ContactStatus"] for row in kept["Contacts"].values()] == ["ACTIVE"]


def test_law_7_one_refused_record_stops_only_itself_and_what_depends_on_it(company):
    """Somebody takes a customer's name in Xero just before the batch arrives: the other eleven of it cross."""
    bad, widget = company.organization("Bad Ltd"), company.product()
    for place in range(11):
        company.invoice(company.organization(f"Good {place:02}"), line(widget))
    waiting = company.invoice(bad, line(widget))
    taken = []

    def gate(request, forward):
        if request.may_write and not taken:
            taken.append(company.xero.add_contact(Name="Bad Ltd"))
        return forward(request)

    company.net.gate = gate
    report = company.sync()

    assert (len(company.contacts()), len(company.invoices())) == (12, 11)
    told = {r.vtiger_id: (r.outcome, [str(item.code) for item in r.reasons]) for r in report.records if r.reasons}
    assert (told[bad][0], told[waiting]) == (Outcome.FAILED, (Outcome.SKIPPED, ["DEPENDENCY"]))
    assert len(told) == 2


def test_law_7_module_that_cannot_be_read_stops_and_the_others_go_on(company):
    company.organization("Acme Ltd")
    company.product()

    def gate(request, forward):
        if b"Products" in request.query.encode() and "query" in request.query:
            return 503, [], b"out of order"
        return forward(request)

    company.net.gate = gate
    report = company.sync()

    assert report.exit_code == 5
    assert (len(company.contacts()), len(company.items())) == (1, 0)


def test_law_8_row_that_shows_up_late_with_an_earlier_time_is_still_read(settled):
    """Rows are committed out of their order: one appears behind the cursor, within the overlap."""
    settled.vtiger.edit(settled.acme, phone="2")
    settled.sync()
    moment = settled.time.passed
    settled.time.passed -= 200
    settled.organization("Late Ltd")
    settled.time.passed = moment

    settled.sync()

    assert "Late Ltd" in settled.contacts()


@pytest.mark.parametrize("hours", [-1, 1, 24])
def test_law_8_local_clock_takes_no_part(settled, hours):
    settled.time.skews["here"] = hours * 3600.0
    settled.vtiger.edit(settled.acme, phone="2")
    settled.sync()
    settled.time.skews["here"] = 0.0
    set_xero_phone(settled, "3")

    settled.sync()

    assert settled.row(settled.acme)["phone"] == "3"


@pytest.mark.parametrize("part", [{"only": ("organizations:Acme Ltd",)}, {"limit": 1}, {"since": "2026-11-22"}])
def test_law_8_run_over_a_part_moves_no_cursor(settled, part):
    settled.vtiger.edit(settled.acme, phone="2")
    settled.organization("Other Ltd", phone="5")
    settled.sync(**part)

    settled.sync()

    assert (xero_phone(settled), xero_phone(settled, "Other Ltd")) == ("2", "5")


def test_law_8_record_that_waits_is_judged_anew_when_only_the_config_was_mended(company):
    company.invoice(company.organization(), line(company.product()), txtAdjustment="5")
    assert reasons(company.sync())["INV1"] == ["INV-ADJUSTMENT"]
    company.time.pass_by(4000)
    modules = company.settings.modules
    mended = modules.invoices.model_copy(update={"adjustment_account": "260"})
    company.settings = company.settings.model_copy(update={"modules": modules.model_copy(update={"invoices": mended})})

    company.sync()

    assert len(company.invoices()) == 1


def test_law_9_every_record_seen_has_one_outcome_and_every_skip_its_remedy(company):
    acme, widget = company.organization(), company.product()
    company.product("Widget", "W-1")
    company.organization("Bad < Ltd")
    company.product("No code", "")
    company.invoice(acme, line(widget))
    company.invoice(acme, line(widget), txtAdjustment="5")
    company.xero.add_contact(Name="Nova Ltd")

    report = company.sync()

    seen = {(r.module, r.vtiger_id or r.xero_id) for r in report.records}
    assert len(seen) == len(report.records) == sum(count.seen for count in report.modules) == 8
    for record in report.records:
        if record.outcome is Outcome.SKIPPED:
            assert record.reasons
            assert all(reason.message and reason.remedy for reason in record.reasons)
            assert record.vtiger_url or record.xero_url


def test_law_9_linked_pair_is_counted_once_though_it_is_read_on_both_sides(settled):
    report = settled.sync(full=True)

    assert [sum(c.seen for c in report.modules if c.module == name) for name in ("organizations", "invoices")] == [1, 1]


def test_law_9_pair_whose_partner_was_made_anew_is_counted_with_the_new_one_only(settled):
    other = settled.xero.add_contact(Name="Other Ltd")
    settled.sync()
    settled.xero.merge_contacts(settled.contact_id, other)
    assert reasons(settled.sync())["Acme Ltd"] == ["ORG-MERGED"]
    settled.xero.add_contact(Name="Acme Ltd")

    report = settled.sync()

    assert [r.vtiger_id for r in only(report, "organizations")] == [settled.acme]


def test_law_10_emptied_side_stops_the_run_and_names_the_flag(settled):
    bee = settled.organization("Bee Ltd")
    settled.sync()
    before = len(settled.writes())
    for organization in (settled.acme, bee):
        settled.vtiger.delete(organization)
    settled.xero.add_contact(Name="New Ltd")

    report = settled.sync(full=True)

    assert (report.exit_code, len(settled.writes())) == (6, before)
    assert "--allow emptied" in " ".join(report.messages)


def test_law_10_wave_of_deletions_stops_the_run_and_names_the_flag(company):
    for place in range(25):
        company.organization(f"Org {place}")
    company.sync()
    before = len(company.writes())
    for row in company.vtiger.records("Accounts")[:22]:
        company.vtiger.delete(row["id"])
    company.organization("New Ltd")

    report = company.sync(full=True)

    assert (report.exit_code, len(company.writes())) == (6, before)
    assert "--allow deletions" in " ".join(report.messages)


def test_law_10_more_changes_than_allowed_stop_the_run_and_name_the_flag(settled):
    guards = settled.settings.guards.model_copy(update={"max_changes": 0})
    settled.settings = settled.settings.model_copy(update={"guards": guards})
    settled.vtiger.edit(settled.acme, phone="2")

    report = settled.sync()

    assert (report.exit_code, len(settled.writes())) == (6, settled.before)
    assert "--allow changes" in " ".join(report.messages)


def test_law_10_changed_field_map_stops_the_run_and_names_the_flag(settled):
    modules = settled.settings.modules
    organizations = modules.organizations.model_copy(update={"fields": {"phone": "off"}})
    settled.settings = settled.settings.model_copy(
        update={"modules": modules.model_copy(update={"organizations": organizations})}
    )
    settled.vtiger.edit(settled.acme, phone="2")

    report = settled.sync()

    assert (report.exit_code, len(settled.writes())) == (6, settled.before)
    assert "--allow config" in " ".join(report.messages)
