"""What a plan says of the calls it takes, against the calls that were then made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chain.cloud_company import open_cloud
from chain.company import line, open_company, settle, xero_line
from machine.nearby import open_nearby

TOLERANCE = 2
"""Calls a side, or one in ten: as `docs/cron.md` says."""


def made(company):
    settle(company.apps)
    return {side: len(app.journal.entries) for side, app in company.apps.items()}


def check_forecast(company, **request):
    """Plan, then carry out; what carrying it out costs beside planning is what the plan said, on both sides."""
    start = made(company)
    plan = company.sync(dry_run=True, **request)
    planned = made(company)
    run = company.sync(**request)
    done = made(company)
    assert run.exit_code == 0, run.messages
    for side in ("vtiger", "xero"):
        told, cost = plan.planned_calls.get(side, 0), done[side] - planned[side] - (planned[side] - start[side])
        assert abs(told - cost) <= max(TOLERANCE, cost / 10), (side, told, cost)
    return plan


def fill_vtiger(company, count):
    organizations = []
    for n in range(count):
        organizations.append(company.organization(f"Customer {n}", email1=f"c{n}@example.test"))
        company.person(organizations[n], f"Lee {n}", email=f"lee{n}@example.test")
        company.invoice(organizations[n], line(company.product(f"Part {n}", f"P-{n}"), "2"), invoicestatus="Created")
    return organizations


def fill_xero(company, count):
    for n in range(count):
        people = [{"FirstName": "Ann", "LastName": f"Ash {n}", "EmailAddress": f"ann{n}@example.test"}]
        contact = company.xero.add_contact(
            Name=f"Buyer {n}", FirstName="Jo", EmailAddress=f"b{n}@example.test", ContactPersons=people
        )
        company.xero.add_item(Code=f"X-{n}", Name=f"Thing {n}", SalesDetails={"UnitPrice": 5, "AccountCode": "200"})
        company.xero_invoice(contact, xero_line(ItemCode=f"X-{n}", Description="Thing"))


@pytest.mark.parametrize("front", [open_company, open_cloud])
def test_plan_of_first_run_both_ways_tells_its_calls(tmp_path, front):
    """Over sockets, by the real clients."""
    with front(tmp_path) as company:
        fill_vtiger(company, 12)
        fill_xero(company, 12)

        plan = check_forecast(company, allow=("changes",))

        assert plan.planned_calls["vtiger"] >= 36
        assert plan.planned_calls["xero"] <= 5


@pytest.mark.parametrize("seconds", [0, 60])
def test_plan_of_edits_both_ways_tells_its_calls(seconds):
    """What was changed some seconds ago is read whole before it is written: the plan knows of that too."""
    with open_nearby() as company:
        organizations = fill_vtiger(company, 12)
        fill_xero(company, 12)
        assert company.sync(allow=("changes",)).exit_code == 0
        for n, organization in enumerate(organizations):
            company.vtiger.edit(organization, phone=f"555-{n}")
        for contact in company.contacts().values():
            if contact["Name"].startswith("Buyer"):
                company.xero.edit_contact(contact["ContactID"], TaxNumber="1")
        for row in company.invoices().values():
            if row["Status"] == "DRAFT":
                company.xero.edit_invoice(row["InvoiceID"], DueDate="2026-12-24")
            else:
                company.xero.pay(row["InvoiceID"], "1", day="2026-11-10")

        company.time.pass_by(seconds)

        plan = check_forecast(company)

        assert plan.planned_calls["vtiger"] >= (72 if seconds else 96)
        assert plan.planned_calls["xero"] >= 2


def test_plan_of_ids_to_be_written_back_tells_their_calls(tmp_path):
    with open_company(tmp_path) as company:
        for module in ("organizations", "products", "invoices"):
            company.configure(module, write_back=True)
        fill_vtiger(company, 12)

        plan = check_forecast(company)

        assert plan.planned_calls["vtiger"] >= 36


def a_minute_ago():
    """Records are old enough from the start: what is young in a plan might be old enough in the run."""
    return datetime.now(UTC) - timedelta(minutes=1)


def test_plan_of_payments_tells_what_follows_them(tmp_path):
    with open_cloud(tmp_path, vtiger_clock=a_minute_ago) as company:
        goods = company.product()
        sales = [company.invoice(company.organization(f"Customer {n}"), line(goods, "10")) for n in range(6)]
        assert company.sync().exit_code == 0
        for sale in sales:
            element = {"related_to": sale, "amount": "104.50", "paymentsstatus": "Received", "paymentsmode": "Cash"}
            company.vtiger.add("Payments", element | {"datereceived": "2026-11-10"})

        plan = check_forecast(company)

        assert plan.planned_calls["vtiger"] >= 6


def test_plan_when_nothing_is_to_be_done_costs_nothing(tmp_path):
    with open_company(tmp_path) as company:
        assert company.sync(dry_run=True).planned_calls == {}


def test_plan_tells_how_long_it_takes_and_a_run_does_not(tmp_path):
    with open_company(tmp_path) as company:
        fill_vtiger(company, 2)

        plan = company.sync(dry_run=True)

        assert plan.planned_seconds is not None
        assert plan.planned_seconds >= plan.seconds - 0.1
        assert company.sync().planned_seconds is None


@pytest.mark.parametrize("origin", ["vtiger", "xero"])
def test_undo_tells_its_calls(tmp_path, origin):
    with open_company(tmp_path) as company:
        fill_vtiger(company, 8) if origin == "vtiger" else fill_xero(company, 8)
        run = company.sync(allow=("changes",)).run
        start, told = made(company), []
        plan = company.undo(run, dry_run=True)
        planned = made(company)
        company.undo(run, announce=told.append)
        done = made(company)

        for side in ("vtiger", "xero"):
            cost = done[side] - planned[side] - (planned[side] - start[side])
            assert abs(plan.planned_calls.get(side, 0) - cost) <= max(TOLERANCE, cost / 10), (side, cost)
        assert told[0].planned_calls == plan.planned_calls
