"""Old runs: they can be undone for so many days, what they did is then forgotten, and their story stays."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from chain.company import Silent, line
from vtxero.bootstrap import retention
from vtxero.bootstrap.clock import SystemClock
from vtxero.bootstrap.reading import open_log
from vtxero.bootstrap.syncing import run_sync
from vtxero.bootstrap.undoing import run_undo
from vtxero.domain.sides import Side
from vtxero.errors import ConfigError
from vtxero.registry import MODULES
from vtxero.store import open_database
from vtxero.sync.request import RunRequest
from vtxero.sync.undo_plan import UndoRequest


class Later(SystemClock):
    """So many days from now."""

    def __init__(self, days):
        self._days = days

    def now(self):
        return datetime.now(UTC) + timedelta(days=self._days)


@pytest.fixture
def first(company):
    """A first run that brought a contact to Vtiger, and an organization and an invoice to Xero."""
    company.beta = company.xero.add_contact(Name="Beta Ltd", EmailAddress="hello@beta.example")
    company.acme = company.organization()
    company.sale = company.invoice(company.acme, line(company.product()), invoicestatus="Created")
    company.run = company.sync().run
    return company


@pytest.fixture
def old(first, monkeypatch):
    """The first run, and one that wrote eighty days later: of the newest runs one is kept, so the first may go."""
    monkeypatch.setattr(retention, "ALWAYS_KEPT", 1)
    write_later(first, 80)
    return first


def write_later(company, days):
    """A run so many days from now, that carries an edit to Xero."""
    company.vtiger.edit(company.acme, phone=f"555-{days:04}")
    assert len(sync_later(company, days).records) == 1


def sync_later(company, days, **request):
    return run_sync(company.settings, RunRequest(**request), Silent(), clock=Later(days))


def effects(company):
    database = open_database(company.settings.database)
    rows = database.execute("SELECT side, write, label FROM effects ORDER BY label").fetchall()
    database.close()
    return rows


def test_run_within_the_days_can_be_undone(old):
    before = effects(old)
    sync_later(old, 89)

    assert effects(old) == before
    assert old.undo(old.run).exit_code == 0


def test_run_after_the_days_is_refused_by_undo_and_its_story_stays(old):
    sync_later(old, 91)

    with pytest.raises(ConfigError, match="can no longer be undone") as caught:
        old.undo(old.run)

    assert "history.undo_days" in caught.value.remedy
    assert old.invoices()[old.number_of(old.sale)]["Status"] == "DRAFT"
    with open_log(old.settings) as log:
        report = log.report(old.run)
    assert {each.label for each in report.records} >= {"Acme Ltd", "Beta Ltd", old.number_of(old.sale)}


def test_dry_run_after_the_days_forgets_nothing(old):
    before = effects(old)

    sync_later(old, 91, dry_run=True)

    assert effects(old) == before


def test_what_came_from_xero_can_be_taken_out_of_vtiger_after_any_time(old):
    old.xero.edit_contact(old.beta, EmailAddress="new@beta.example")
    assert sync_later(old, 81).exit_code == 0
    write_later(old, 171)
    assert effects(old) == [("xero", "update", "Acme Ltd"), ("vtiger", "create", "Beta Ltd")]

    report = old.undo(origin=Side.XERO)

    assert report.exit_code == 0
    assert [row["accountname"] for row in old.vtiger.records("Accounts")] == ["Acme Ltd"]


def test_what_somebody_edited_in_vtiger_stays_there_after_any_time(old):
    sync_later(old, 91)
    [beta] = [row["id"] for row in old.vtiger.records("Accounts") if row["accountname"] == "Beta Ltd"]
    old.vtiger.edit(beta, phone="123")

    run_undo(old.settings, UndoRequest("", Side.XERO), Silent(), lambda _: None)

    assert {row["accountname"] for row in old.vtiger.records("Accounts")} == {"Acme Ltd", "Beta Ltd"}


def test_newest_runs_can_be_undone_though_the_clock_leaps(first):
    before = effects(first)

    sync_later(first, 36_500)

    assert effects(first) == before


def test_run_after_the_days_can_be_undone_until_twenty_later_ones_wrote(first):
    before = effects(first)
    for day in range(100, 119):
        write_later(first, day)
    sync_later(first, 200)
    assert set(effects(first)) >= set(before)

    write_later(first, 201)
    with pytest.raises(ConfigError, match="can no longer be undone"):
        first.undo(first.run)


def test_log_after_its_days_is_forgotten_but_for_what_still_waits(old):
    bare = old.invoice(old.organization("Bee Ltd"), line(old.product("Unsold", "U-1")), invoicestatus="Credit Invoice")
    waited = sync_later(old, 81).run
    sync_later(old, 82)
    sync_later(old, 400)
    old.configure("invoices", enabled=False)
    old.vtiger.edit(old.acme, phone="555-0800")

    last = sync_later(old, 800, modules=("organizations",)).run

    with open_log(old.settings) as log:
        assert [each.run for each in log.runs()] == [last]
        assert log.report(waited) is None
        assert log.has_forgotten(waited)
        assert [each.label for each in log.waiting()] == [old.number_of(bare)]
    with pytest.raises(ConfigError, match="too old to be known"):
        old.undo(old.run)


def test_newest_runs_stay_in_the_log_though_the_clock_leaps(first):
    sync_later(first, 36_500)

    with open_log(first.settings) as log:
        assert log.report(first.run) is not None


def test_quiet_runs_add_next_to_nothing_to_the_state_however_much_waits(old):
    account, product = old.organization("Bee Ltd"), old.product("Unsold", "U-1")
    for _ in range(20):
        old.invoice(account, line(product), invoicestatus="Credit Invoice")
    old.sync()
    old.sync()
    before = rows(old)

    for _ in range(3):
        old.sync()

    grown = {table: number - before[table] for table, number in rows(old).items() if number != before[table]}
    assert set(grown) == {"runs", "counts", "judged"}
    assert max(grown.values()) <= 3 * len(MODULES)


def rows(company):
    with closing(open_database(company.settings.database)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}
