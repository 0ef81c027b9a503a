from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from chain.cloud_company import open_cloud
from chain.company import line, xero_line
from cli.conftest import Shop
from vtxero.config.load import Sources, load
from vtxero.config.lock import RunLock
from vtxero.sandbox.vtiger.cloud_limits import FloodControl
from vtxero.store import SqliteRuns, open_database


@pytest.fixture
def synced(shop, vtxero):
    """An invoice that crossed, one that a rule left alone, and what they need."""
    crm = shop.company
    acme = crm.acme = crm.organization("Acme Ltd", email1="office@acme.example")
    widget = crm.product()
    shop.good = crm.invoice(acme, line(widget))
    shop.bad = crm.invoice(acme, line(widget), hdnDiscountAmount="1")
    assert vtxero("sync").code == 0
    shop.good_number, shop.bad_number = crm.number_of(shop.good), crm.number_of(shop.bad)
    return shop


@pytest.mark.usefixtures("shop")
def test_status_before_the_first_run_says_how_to_begin(vtxero):
    ran = vtxero("status")

    assert ran.code == 0
    assert "No runs yet. The first one: vtxero sync --dry-run" in ran.out


def test_status_shows_runs_links_cursors_what_waits_and_the_calls_left(synced, vtxero):
    ran = vtxero("status", "-o", "json")

    document = json.loads(ran.out)
    invoices = next(item for item in document["modules"] if item["module"] == "invoices")
    assert synced.company.settings.vtiger.url == document["vtiger"]
    assert [run["exit_code"] for run in document["runs"]] == [0]
    assert invoices["links"] == 1
    assert invoices["cursors"]["vtiger"]
    assert invoices["waiting"] == [{"outcome": "skipped", "reason": "INV-GROUP-DISCOUNT", "records": 1}]
    assert document["open_writes"] == 0
    assert document["calls_left"]["left"] > 0

    assert document["vtiger_calls_left"] is None


@pytest.mark.parametrize("edition", ["cloud", "auto"])
def test_status_tells_the_calls_that_the_cloud_edition_had_left_as_well(vtxero, tmp_path, edition):
    limits = FloodControl(minute_limit=1000, day_limit=500)
    with open_cloud(tmp_path / "cloud", limits=limits) as company:
        shop = Shop(company, tmp_path / "vtxero.yaml")
        shop.change(vtiger={"edition": edition}, modules={"payments": {"account": "090"}})
        assert vtxero("sync").code == 0
        left = int(limits.headers()["X-RateLimit-Remaining"])

    assert 0 < left < 500
    assert json.loads(vtxero("status", "-o", "json").out)["vtiger_calls_left"]["left"] == left
    shown = vtxero("status").out
    assert f"Vtiger had {left} calls left for the day at " in shown
    assert "Xero had " in shown


def test_status_says_of_a_run_without_an_exit_code_why_it_has_none(synced, vtxero):
    first, second = "2026-11-21T17-12-16Z-aaaa", "2026-11-21T17-13-16Z-bbbb"
    settings = load(Sources(config=synced.path)).settings
    with closing(open_database(settings.database)) as database:
        SqliteRuns(database).start(first, "sync", datetime.now(UTC))
    out = " ".join(vtxero("status").out.split())
    assert f"Exit -: {first} was interrupted; the next run settles what it left." in out
    with RunLock(settings.lock_file):
        with closing(open_database(settings.database)) as database:
            SqliteRuns(database).start(second, "sync", datetime.now(UTC))
        assert f"Exit -: {second} is under way." in vtxero("status").out


@pytest.mark.usefixtures("synced")
def test_status_as_a_table_fits_80_columns_and_leads_on(vtxero):
    ran = vtxero("status")

    assert max(map(len, ran.out.splitlines())) <= 80
    assert "vtxero log --skipped" in " ".join(ran.out.split())
    assert ran.out.index("organizations") < ran.out.index("products") < ran.out.index("invoices ")


@pytest.mark.parametrize("by", ["vtiger id", "xero id", "number", "number in other letters"])
def test_status_of_a_linked_record_shows_both_sides_whatever_it_is_named_by(synced, vtxero, by):
    xero_id = synced.company.invoices()[synced.good_number]["InvoiceID"]
    named = {
        "vtiger id": synced.good,
        "xero id": xero_id,
        "number": synced.good_number,
        "number in other letters": synced.good_number.lower(),
    }

    ran = vtxero("status", f"invoice:{named[by]}", "-o", "json")

    (story,) = json.loads(ran.out)["records"]
    assert (story["vtiger_id"], story["xero_id"], story["linked"]) == (synced.good, xero_id, True)
    assert story["author"] == "vtiger"
    assert story["waits"] == []
    assert story["fields"]["invoice_on"]["vtiger_base"] == story["fields"]["invoice_on"]["xero_base"] == "2026-11-01"
    assert story["history"][0]["outcome"] == "created"


def test_status_of_an_invoice_of_xeros_shows_the_number_that_it_has_there(synced, vtxero):
    crm = synced.company
    contact = crm.contacts()["Acme Ltd"]["ContactID"]
    crm.xero_invoice(contact, xero_line("7", ItemCode="W-1"), InvoiceNumber="SHOP-002")
    assert vtxero("sync").code == 0

    ran = vtxero("status", "invoices:SHOP-002")

    [line] = [each for each in ran.out.splitlines() if each.startswith("  Xero: ")]
    assert line.endswith(", SHOP-002")


def test_status_of_a_record_that_waits_says_why_and_what_to_do(synced, vtxero):
    ran = vtxero("status", f"invoices:{synced.bad_number}")

    assert "Not linked: the next run looks at it again." in ran.out
    assert "INV-GROUP-DISCOUNT" in ran.out
    assert "Give the discount on the lines instead." in " ".join(ran.out.split())
    assert f"record={synced.bad.partition('x')[2]}\n" in ran.out


def test_status_of_a_record_whose_write_has_no_known_end_says_which_run_sent_it(synced, vtxero):
    with closing(sqlite3.connect(synced.path.parent / "state" / "default" / "state.sqlite3")) as state, state:
        last = "(SELECT max(id) FROM intents WHERE module = 'invoices')"
        state.execute(f"UPDATE intents SET closed = 0 WHERE id = {last}")

    ran = vtxero("status", f"invoices:{synced.good_number}")

    assert "sent a write to Xero and noted no answer; the next run looks" in " ".join(ran.out.split())
    assert "1 write that was sent has no known end" in " ".join(vtxero("status").out.split())


def test_status_of_a_record_in_conflict_shows_what_each_side_says_now(synced, vtxero):
    crm = synced.company
    crm.crm.post("revise", element={"id": synced.good, "duedate": "2026-12-01"})
    invoice = crm.invoices()[synced.good_number]
    crm.xero.edit_invoice(invoice["InvoiceID"], DueDate="2026-12-15")
    vtxero("sync", "--full")

    ran = vtxero("status", f"invoices:{synced.good}", "-o", "json")

    (story,) = json.loads(ran.out)["records"]
    told = story["fields"]["due_on"]
    assert (told["vtiger_base"], told["vtiger"], told["xero"]) == ("2026-11-20", "2026-12-01", "2026-12-15")
    assert story["history"][0]["outcome"] == "conflict"


def test_status_of_a_record_that_was_deleted_says_where_it_is_gone(synced, vtxero):
    synced.company.vtiger.delete(synced.good)
    assert vtxero("sync", "--full").code == 0

    said = " ".join(vtxero("status", f"invoices:{synced.good}").out.split())

    assert "It is gone in Vtiger: what the other side says is left alone." in said
    assert "Nothing waited" not in said


@pytest.mark.usefixtures("synced")
def test_status_of_a_record_that_was_never_seen_says_how_to_have_it_seen(vtxero):
    ran = vtxero("status", "invoices:NOPE")

    assert ran.code == 2
    assert "vtxero sync --only invoices:NOPE --dry-run" in ran.err


def moved_often(shop, vtxero, times):
    for number in range(times):
        shop.company.crm.post("revise", element={"id": shop.company.acme, "phone": f"{number} {'1' * 100}"})
        assert vtxero("sync", "--direction", "to-xero").code == 0


def test_status_that_shows_a_part_of_what_became_of_a_record_says_so_and_log_has_all_of_it(synced, vtxero):
    name = f"organizations:{synced.company.acme}"
    moved_often(synced, vtxero, 3)
    assert "These are" not in vtxero("status", name).out
    moved_often(synced, vtxero, 4)

    shown = vtxero("status", name).out
    assert shown.count("  updated  Vtiger → Xero") == 5
    assert f"These are the latest 5 of 8.\nAll of it, with what was changed: vtxero log {name}\n" in shown
    everything = vtxero("log", name).out
    assert everything.count("  updated  Vtiger → Xero") == 7
    document = json.loads(vtxero("log", name, "-o", "json").out)
    assert [item["outcome"] for item in document["records"]] == ["updated"] * 7 + ["created"]
    began = [item["run"].rpartition("-")[0] for item in document["records"]]
    assert began == sorted(began, reverse=True)
    assert len(vtxero("log", name, "--created", "-o", "jsonl").out.splitlines()) == 1


@pytest.mark.usefixtures("synced")
def test_log_of_a_record_tells_its_values_whole_and_leads_to_its_status(synced, vtxero):
    out = vtxero("log", f"invoice:{synced.good_number}").out

    assert "…" not in out
    assert "account 200)" in " ".join(out.split())
    assert f"How it stands: vtxero status invoices:{synced.good}\n" in out
    assert vtxero("log", "invoices:NOPE").code == 2
    assert "tells its story" not in vtxero("log", synced.good_number).err
    assert (
        f"`vtxero log invoices:{synced.good_number}` tells what became of it" in vtxero("log", synced.good_number).err
    )


@pytest.mark.usefixtures("synced")
def test_status_asks_neither_service(synced, vtxero):
    before = [len(app.journal.entries) for app in synced.company.apps.values()]

    vtxero("status")
    vtxero("status", f"invoices:{synced.good}")

    assert [len(app.journal.entries) for app in synced.company.apps.values()] == before
