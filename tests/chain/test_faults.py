"""Lost replies, expired logins, refused batches, parallel writers: nothing is lost, nothing exists twice."""

from __future__ import annotations

import random

import pytest

from chain.company import line, notes, only, open_company, reasons, xero_line
from vtxero.bootstrap.reading import open_log
from vtxero.domain.codes import Code
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome


def fill(company, number=4):
    """So many organizations, products and invoices in Vtiger."""
    for place in range(1, number + 1):
        account = company.organization(f"Org {place}", accounttype="Customer")
        product = company.product(f"Product {place}", f"P-{place}")
        company.invoice(account, line(product, str(place)))


def totals(company):
    return sorted((row["InvoiceNumber"], row["Total"]) for row in company.invoices().values())


@pytest.fixture
def undisturbed(tmp_path):
    with open_company(tmp_path / "calm") as calm:
        fill(calm)
        calm.sync()
        return (sorted(calm.contacts()), sorted(calm.items()), totals(calm))


@pytest.mark.parametrize("endpoint", ["Contacts", "Items", "Invoices"])
@pytest.mark.parametrize("fault", ["drop-after-commit", "drop-before", "500", "503"])
def test_write_disturbed_once_ends_as_if_undisturbed(company, undisturbed, endpoint, fault):
    fill(company)
    company.apps["xero"].faults.add(
        {"path": f"/{endpoint}", "method": "PUT", "nth": 1, "do": fault, "after_commit": False}
    )

    company.sync()
    company.sync()

    assert (sorted(company.contacts()), sorted(company.items()), totals(company)) == undisturbed
    company.quiet()


@pytest.mark.parametrize("endpoint", ["Contacts", "Items", "Invoices"])
@pytest.mark.parametrize("done", [False, True])
def test_write_that_xero_failed_at_is_looked_for_and_sent_once_more_under_another_key(
    company, undisturbed, endpoint, done
):
    """Xero answers the same HTTP 500 to the same key for six minutes, whether it had done the work or not."""
    fill(company)
    company.apps["xero"].faults.add({"path": f"/{endpoint}", "method": "PUT", "do": "500", "after_commit": done})

    assert company.sync().exit_code == 5
    assert company.sync().exit_code == 0

    assert (sorted(company.contacts()), sorted(company.items()), totals(company)) == undisturbed
    entries = [each for each in company.apps["xero"].journal.entries if each.method == "PUT" and endpoint in each.path]
    assert len({each.headers["idempotency-key"] for each in entries}) == (1 if done else 2)
    company.quiet()


@pytest.mark.parametrize("endpoint", ["Contacts", "Items", "Invoices"])
def test_every_reply_to_a_write_lost_ends_with_exit_code_5_and_the_next_run_finds_all(company, undisturbed, endpoint):
    fill(company)
    company.apps["xero"].faults.add(
        {"path": f"/{endpoint}", "method": "PUT", "nth": "every", "do": "drop-after-commit"}
    )

    report = company.sync()
    assert report.exit_code == 5
    lost = [item for record in report.records for item in record.reasons if item.code is not Code.DEPENDENCY]
    assert {item.code for item in lost} <= {Code.ANSWER_LOST, Code.RUN_ENDED}
    assert not [item.message for item in lost if "Error" in item.message]
    company.apps["xero"].faults.clear()
    company.sync()

    assert (sorted(company.contacts()), sorted(company.items()), totals(company)) == undisturbed
    company.quiet()


@pytest.mark.parametrize("fault", ["drop-after-commit", "503"])
def test_invoice_that_did_not_cross_bears_no_note_on_how_it_crossed(company, fault):
    company.invoice(company.organization(), line(company.product("No code", "")))
    company.apps["xero"].faults.add({"path": "/Invoices", "method": "PUT", "nth": "every", "do": fault})

    [told] = only(company.sync(), "invoices")

    assert (told.outcome, told.notes) == (Outcome.FAILED, ())
    company.apps["xero"].faults.clear()
    company.sync()
    with open_log(company.settings) as log:
        [made] = [
            record
            for run in log.runs()
            for record in log.report(run.run).records
            if record.label == "INV1" and record.outcome is Outcome.CREATED
        ]
    assert Code.PRD_CODE in {item.code for item in made.notes}


def test_token_that_expires_in_the_middle_is_renewed_once(company):
    fill(company)
    company.apps["xero"].faults.add({"path": "/Items", "method": "PUT", "nth": 1, "do": "expire-token"})

    assert company.sync().exit_code == 0
    assert len(company.invoices()) == 4


def test_vtiger_session_that_expires_in_the_middle_is_renewed(company):
    fill(company)
    company.apps["vtiger"].faults.add({"path": "query=.*Invoice", "nth": 1, "do": "expire-token"})

    assert company.sync().exit_code == 0
    assert len(company.invoices()) == 4


def test_email_address_that_xero_would_refuse_is_left_out_with_a_note_and_holds_up_nothing(company):
    fill(company, 3)
    company.organization("Odd", email1="not an address")

    report = company.sync(direction=Direction.TO_XERO)

    assert (report.exit_code, reasons(report)) == (0, {})
    assert len(company.invoices()) == 3
    assert "EmailAddress" not in company.contacts()["Odd"]
    assert notes(report, "Odd") == ["TEXT-UNSUPPORTED"]


def test_invoice_of_a_number_that_another_invoice_has_in_xero_is_left_alone(company):
    other = company.xero.add_contact(Name="Somebody else")
    company.xero_invoice(other, InvoiceNumber="INV1")
    company.invoice(company.organization(), line(company.product()))

    report = company.sync(direction=Direction.TO_XERO)

    assert reasons(report) == {"INV1": ["INV-NUMBER-TAKEN"]}
    assert len(company.invoices()) == 1


def test_lines_lost_by_parallel_writers_in_vtiger_are_repaired(tmp_path):
    with open_company(tmp_path, lose_lines=random.Random(7)) as company:
        contact = company.xero.add_contact(Name="Nova")
        for _ in range(12):
            company.xero_invoice(contact, *(xero_line(str(n), Description=f"line {n}") for n in range(1, 6)))

        report = company.sync()

        assert report.exit_code == 0, [item.message for record in report.records for item in record.reasons]
        invoices = company.vtiger.records("Invoice")
        assert [len(company.row(row["id"])["LineItems"]) for row in invoices] == [5] * 12
        assert {company.vtiger.invoice_total(row["id"]) for row in invoices} == {15}
        company.quiet()


def test_version_that_cannot_create_invoices_says_so_before_any_write(tmp_path):
    with open_company(tmp_path, version="8.3.0") as company:
        contact = company.xero.add_contact(Name="Nova")
        company.xero_invoice(contact)

        report = company.sync()

        [reason] = [codes for codes in reasons(report).values() if codes]
        assert reason == ["RUN-VTIGER-VERSION"]
        assert company.vtiger.records("Invoice") == []
