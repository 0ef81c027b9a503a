"""Every exit code of the contract, produced by a whole run over both stand-ins. 130 and 143: test_installed.py."""

from __future__ import annotations

import pytest

from chain.company import line
from vtxero.config.lock import RunLock


@pytest.fixture
def books(shop, monkeypatch):
    """An organization, a product, an invoice; a passing fault is not waited for."""
    monkeypatch.setattr("vtxero.xero.client.PAUSES", (0.0,))
    crm = shop.company
    acme, widget = crm.organization("Acme Ltd", email1="office@acme.example"), crm.product()
    shop.widget, shop.acme = widget, acme
    shop.invoice = crm.invoice(acme, line(widget), invoicestatus="Created")
    return shop


@pytest.mark.usefixtures("books")
def test_0_when_all_is_done(vtxero):
    assert vtxero("sync").code == 0


def test_0_when_a_rule_left_a_record_alone(books, vtxero):
    books.company.invoice(books.acme, line(books.widget), hdnDiscountAmount="1")

    ran = vtxero("sync")

    assert ran.code == 0
    assert "INV-GROUP-DISCOUNT" in ran.out


@pytest.mark.usefixtures("books")
def test_1_when_there_is_a_bug(vtxero, monkeypatch):
    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr("vtxero.bootstrap.syncing.open_slices", broken)

    assert vtxero("sync").code == 1


def test_2_when_the_config_is_wrong(books, vtxero):
    books.change(guards={"max_chnages": 1})

    assert vtxero("sync").code == 2


def test_3_when_a_service_refuses_a_record_and_the_others_go_on(books, vtxero):
    assert vtxero("sync").code == 0
    books.company.xero.edit_account("200", Status="ARCHIVED")
    books.company.invoice(books.acme, line(books.widget))
    books.company.organization("Other Ltd")

    ran = vtxero("sync")

    assert ran.code == 3, ran.out
    assert "vtxero log --failed" in ran.out
    assert "Other Ltd" in books.company.contacts()
    assert vtxero("sync", "--fail-on", "conflict").code == 0


def test_4_when_a_login_is_refused(books, vtxero):
    books.change(vtiger={"access_key": "wrong"})

    assert vtxero("sync").code == 4


def test_5_when_a_passing_fault_outlasts_the_retries(books, vtxero):
    books.company.apps["xero"].faults.add({"path": "api.xro", "do": "503", "nth": "every"})

    ran = vtxero("sync")

    assert ran.code == 5
    assert vtxero("sync", "-q").err == ""


def test_6_when_a_guard_stops_the_run_before_any_write(books, vtxero):
    books.change(guards={"max_changes": 0})
    vtxero("sync")
    books.company.crm.post("revise", element={"id": books.acme, "email1": "new@acme.example"})
    before = len(books.company.writes("xero"))

    ran = vtxero("sync")

    assert ran.code == 6
    assert ran.err.startswith("Error: ")
    assert ran.err.count("Error: ") == 1
    assert "--allow changes" in ran.err
    assert "! PAY-NO-MODULE" in ran.out
    kept = vtxero("log", "--last").out
    assert "Error: " in kept
    assert "Error: PAY-NO-MODULE" not in kept
    assert len(books.company.writes("xero")) == before
    assert vtxero("sync", "--allow", "changes").code == 0


@pytest.mark.usefixtures("books")
def test_7_when_the_calls_allowed_are_used_up_and_the_next_run_goes_on(vtxero):
    ran = vtxero("sync", "--max-calls", "24")

    assert ran.code == 7
    assert "to go on: vtxero sync" in " ".join(ran.out.split())
    assert vtxero("sync").code == 0


def test_8_when_a_conflict_waits_and_everything_else_was_done(books, vtxero):
    assert vtxero("sync").code == 0
    books.company.crm.post("revise", element={"id": books.invoice, "duedate": "2026-12-01"})
    (invoice,) = books.company.invoices().values()
    books.company.xero.edit_invoice(invoice["InvoiceID"], DueDate="2026-12-15")

    ran = vtxero("sync")

    assert ran.code == 8
    assert "vtxero log --conflicts" in ran.out
    assert vtxero("sync", "--fail-on", "never").code == 0


@pytest.mark.usefixtures("books")
def test_10_when_a_plan_has_changes_and_0_when_it_has_none(vtxero):
    changes = vtxero("plan", "--detailed-exitcode")
    assert (changes.code, changes.err) == (10, "")
    assert "To carry this out" in changes.out
    first = vtxero("sync")
    again = vtxero("plan", "--detailed-exitcode")
    assert again.code == 0, first.out + again.out


@pytest.mark.usefixtures("books")
def test_11_when_another_run_holds_the_lock(vtxero, tmp_path):
    with RunLock(tmp_path / "state" / "default" / "run.lock"):
        assert vtxero("sync").code == 11


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("command", ["sync", "status", "log"])
def test_12_when_the_state_cannot_be_read(vtxero, tmp_path, command):
    folder = tmp_path / "state" / "default"
    folder.mkdir(parents=True)
    (folder / "state.sqlite3").write_bytes(b"no database" * 100)

    ran = vtxero(command)

    assert ran.code == 12
    assert "--resync" in ran.err
