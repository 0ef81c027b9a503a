"""Invented histories over both stand-ins: people work, runs die, replies get lost, and the laws hold afterwards."""

from __future__ import annotations

import sys
from contextlib import ExitStack, suppress
from itertools import chain
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from machine.nearby import open_nearby
from machine.town import FIELDS, ORGANIZATIONS, PRODUCTS, Key, Town, to_the_cent
from machine.trouble import KINDS, trouble
from vtxero.domain.codes import Code
from vtxero.domain.sides import Direction, Side
from vtxero.errors import ConfigError, StopError
from vtxero.registry import MODULES
from vtxero.sandbox.xero.errors import XeroError
from vtxero.sync.records import Outcome
from vtxero.sync.report import RunReport

SIDES = st.sampled_from(["vtiger", "xero"])
CUSTOMERS, CODES = st.sampled_from(ORGANIZATIONS), st.sampled_from(PRODUCTS)
POLICIES = st.sampled_from(["report", "xero", "vtiger"])
PLACES = st.integers(0, 7)
SECONDS = st.sampled_from([0, 0, 1, 40, 400, 4000])
OPEN = {Outcome.CONFLICT, Outcome.SKIPPED, Outcome.FAILED}
CLOSED = {"AUTHORISED", "PAID", "VOIDED", "DELETED"}
ENDED = {0, 3, 8}
ALLOWED = ("emptied", "deletions", "changes", "config")
CONFIGS: tuple[dict[str, Any], ...] = (
    {},
    {"invoices": {"edit_approved": True}},
    {"invoices": {"create_as": "draft"}},
    {"invoices": {"void": True}},
    {"organizations": {"direction": "to-xero"}},
    {"products": {"direction": "to-vtiger"}},
    {"organizations": {"fields": {"phone": "off"}}},
    {module: {"write_back": True} for module in ("organizations", "products", "invoices")},
)


class StandInHistories(RuleBasedStateMachine):
    """Everything that people, programs and networks do to the books, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.company = self.open.enter_context(open_nearby(batch=3))
        self.town = Town(self.company)
        self.base = self.company.settings
        self.config: dict[str, Any] = {}
        self.backup: bytes | None = None
        self.runs: list[str] = []

    @initialize(hours=st.sampled_from([0, 0, -11, 13]))
    def services_keep_times_of_their_own(self, hours):
        self.company.time.skews["vtiger"] = hours * 3600.0
        self.person_adds_what_everybody_has()

    def person_adds_what_everybody_has(self) -> None:
        self.town.add_organization("vtiger", ORGANIZATIONS[0])
        self.town.add_product("xero", PRODUCTS[0])

    # people

    @rule(side=SIDES, name=CUSTOMERS)
    def person_adds_an_organization(self, side, name):
        self.town.add_organization(side, name)

    @rule(side=SIDES, code=CODES)
    def person_adds_a_product(self, side, code):
        self.town.add_product(side, code)

    @rule(side=SIDES, name=CUSTOMERS, code=CODES, approved=st.booleans())
    def person_adds_an_invoice(self, side, name, code, approved):
        self.town.add_invoice(side, name, code, approved=approved)

    @rule(side=SIDES, both=st.sampled_from([False, False, True]), pick=st.integers(0, 30))
    def person_edits(self, side, both, pick):
        keys = list(self.town.keys())
        if keys and both:
            self.town.write_both(keys[pick % len(keys)])
        elif keys:
            self.town.write(side, keys[pick % len(keys)])

    @rule(place=PLACES, deed=st.sampled_from(["pay", "pay a part", "take back", "approve", "void", "cancel", "sign"]))
    def person_handles_an_invoice(self, place, deed):
        if not self.town.orders:
            return
        name = self.town.orders[place % len(self.town.orders)]
        xero, vtiger = self.company.xero, self.company.vtiger
        match deed:
            case "pay":
                self.town.in_xero("invoices", name, lambda row: xero.pay(row["InvoiceID"]))
            case "pay a part":
                self.town.in_xero("invoices", name, lambda row: xero.pay(row["InvoiceID"], "1.00"))
            case "take back":
                self.town.in_xero("invoices", name, self._take_payment_back)
            case "approve":
                self.town.in_xero("invoices", name, lambda row: xero.approve(row["InvoiceID"]))
            case "void":
                self.town.in_xero("invoices", name, lambda row: xero.void(row["InvoiceID"]))
            case "cancel" | "sign":
                status = "Cancel" if deed == "cancel" else "Approved"
                for row in self.town.rows("vtiger", "invoices", name):
                    vtiger.edit(row["id"], invoicestatus=status)

    def _take_payment_back(self, row):
        for payment in self.company.xero.payments_of.get(row["InvoiceID"], []):
            if self.company.xero.payments[payment]["Status"] != "DELETED":
                self.company.xero.remove_payment(payment)

    @rule(name=CUSTOMERS, deed=st.sampled_from(["archive", "restore", "delete"]))
    def person_puts_an_organization_away(self, name, deed):
        if deed == "delete":
            self.town.delete_in_vtiger("organizations", name)
            return
        xero = self.company.xero
        if deed == "archive":
            self.town.in_xero("organizations", name, lambda row: xero.archive_contact(row["ContactID"]))
            return
        for row in self.town.rows("xero", "organizations", name)[-1:]:
            with suppress(XeroError):  # a living contact has the name
                xero.restore_contact(row["ContactID"])

    @rule(source=CUSTOMERS, into=CUSTOMERS)
    def person_merges_two_contacts(self, source, into):
        if source == into or not self.town.rows("xero", "organizations", into):
            return
        into = self.town.rows("xero", "organizations", into)[0]["ContactID"]
        merge = self.company.xero.merge_contacts
        self.town.in_xero("organizations", source, lambda row: merge(row["ContactID"], into))

    @rule(module=st.sampled_from(["products", "invoices"]), place=PLACES)
    def person_deletes_in_vtiger(self, module, place):
        names = sorted({name for kind, name in self.town.made if kind == module})
        if names:
            self.town.delete_in_vtiger(module, names[place % len(names)])

    # time, config, state

    @rule(seconds=SECONDS)
    def time_passes(self, seconds):
        self.company.time.pass_by(seconds)

    @rule(hours=st.sampled_from([-25, -1, 0, 1, 25]))
    def clock_of_this_machine_is_set(self, hours):
        self.company.time.skews["here"] = hours * 3600.0

    @rule(config=st.sampled_from(CONFIGS))
    def config_is_changed(self, config):
        modules = self.base.model_dump()["modules"]
        for module, options in config.items():
            modules[module] |= options
        self.config = config
        plain = self.base.model_dump() | {"modules": modules}
        self.company.settings = type(self.base).model_validate(plain)

    @rule()
    def state_is_backed_up(self):
        if self.company.settings.database.exists():
            self.backup = self.company.read_state()

    @rule(gone=st.booleans())
    def state_is_lost_or_put_back_to_an_old_one(self, gone):
        if gone:
            self.company.write_state(None)
        elif self.backup:
            self.company.write_state(self.backup)
        self.town.undecided |= set(self.town.edits)
        self.run(resync=True)

    # runs

    @rule()
    def run_in_both_directions(self):
        self.run()

    @rule(direction=st.sampled_from([Direction.TO_XERO, Direction.TO_VTIGER]))
    def run_in_one_direction(self, direction):
        self.run(direction=direction)

    @rule(policy=POLICIES)
    def run_with_a_policy(self, policy):
        self.run(conflict=policy)

    @rule(kind=st.sampled_from(KINDS), number=st.integers(1, 12), side=SIDES, pick=st.integers(0, 30))
    def run_meets_trouble(self, kind, number, side, pick):
        def edit():
            keys = list(self.town.keys())
            if keys:
                self.town.write(side, keys[pick % len(keys)])

        before = self.protected()
        with trouble(self.company, kind, number, edit):
            self.carry_out()
        self.check_books(before, edited=kind == "somebody edits")
        assert self.town.lost() == []
        self.town.settle_equal()

    @rule()
    def plan_is_shown_then_carried_out(self):
        before = len(self.company.writes())
        shown = self.carry_out(dry_run=True)
        assert self.company.writes()[before:] == []
        done = self.run()
        assert changes_of(done) <= changes_of(shown), "law 4: what was sent was shown"

    @rule(back=st.integers(0, 3), side=st.sampled_from([None, None, None, Side.XERO]))
    def run_is_taken_back(self, back, side):
        self.take_back(back, side)

    @rule(back=st.integers(0, 3), kind=st.sampled_from(KINDS), number=st.integers(1, 8))
    def taking_back_meets_trouble(self, back, kind, number):
        with trouble(self.company, kind, number, lambda: None):
            self.take_back(back, None, ended={*ENDED, 5})
        assert self.town.lost() == []
        self.take_back(back, None)

    def take_back(self, back, side, *, ended=ENDED):
        """One of the last runs is undone, or all that came from a side."""
        if side is None and back >= len(self.runs):
            return
        try:
            report = self.company.undo("" if side else self.runs[-1 - back], origin=side)
        except ConfigError:  # the state was lost: there is no such run
            return
        except StopError as stopped:
            if not self.is_to_be_allowed(stopped):
                raise
            return
        assert report.exit_code in ended, report.messages
        self.town.part({one for record in report.records for one in (record.vtiger_id, record.xero_id) if one})
        assert self.town.lost() == []

    def carry_out(self, **request: Any) -> RunReport:
        """Run; where people deleted all that was known of Vtiger, it is for them to say that it is the same one."""
        try:
            return self.company.sync(allow=ALLOWED, **request)
        except StopError as stopped:
            if not self.is_to_be_allowed(stopped):
                raise
            return self.company.sync(allow=(*ALLOWED, str(stopped.allow)), **request)

    def is_to_be_allowed(self, stopped: StopError) -> bool:
        """Tell whether the doubt about Vtiger comes of what people deleted: organizations and products both."""
        deleted = {record.module for record in self.company.vtiger.entities.values() if record.deleted}
        return stopped.code == Code.RUN_VTIGER_INSTANCE and deleted >= {"Accounts", "Products"}

    def run(self, **request: Any) -> RunReport:
        before = self.protected()
        policy = request.get("conflict") or "report"
        winners = {key: self.town.values(policy, key)[:1] for key in self.town.undecided} if policy != "report" else {}
        report = self.carry_out(**request)
        self.runs.append(report.run)
        self.check_books(before)
        assert report.exit_code in ENDED, report.messages
        self.check_outcomes(report)
        if policy == "report":
            assert self.town.lost() == []
        both_ways = "direction" not in request and not any("direction" in each for each in self.config.values())
        if both_ways:
            self.check_carried(report, winners)
        self.town.settle_equal()
        return report

    # laws

    def check_outcomes(self, report):
        """Law 9: every record seen has exactly one outcome, and every skip its reasons, each with a remedy."""
        for record in report.records:
            if record.outcome in OPEN:
                assert record.reasons, record
            assert all(reason.remedy for reason in record.reasons)
        ids = [(record.module, one) for record in report.records for one in (record.vtiger_id, record.xero_id) if one]
        assert len(ids) == len(set(ids)), "law 9"
        seen = sum(count.seen for count in report.modules)
        assert seen >= len(report.records)

    def check_carried(self, report, winners):
        """Law 3: after a whole run an edit is on both sides, or the report says why not.

        `winners` are values that the policy may have chosen where there was nothing to compare with.
        """
        told = {one for record in report.records if record.reasons for one in (record.vtiger_id, record.xero_id)}
        for key, edits in list(self.town.edits.items()):
            module, name, field = key
            if (
                not edits
                or self.town.ids(module, name) & told
                or self.is_off(key)
                or self.town.is_put_away(module, name)
            ):
                continue
            here, there = (self.town.values(side, key)[:1] for side in ("vtiger", "xero"))
            assert here == there, ("law 3: an edit was passed over in silence", key, edits, here, there)
            assert here[0] in {*edits.values(), *winners.get(key, ())}, (field, here, edits)

    def is_off(self, key: Key) -> bool:
        return key[2] in self.config.get(key[0], {}).get("fields", {})

    def protected(self) -> dict[str, Any]:
        """Copy what a run may not touch in Xero."""
        return self.company.xero.snapshot()

    def check_books(self, before, *, edited=False):
        """Law 6: nothing but drafts is ever deleted, closed documents stay as they are."""
        now = self.company.xero.snapshot()
        for shelf in ("Contacts", "Items", "Invoices", "Payments"):
            assert set(before[shelf]) <= set(now[shelf])
        assert now["Payments"] == before["Payments"]
        assert now["Accounts"] == before["Accounts"]
        if edited:
            return
        options = self.company.settings.modules.invoices
        for number, old in before["Invoices"].items():
            new = now["Invoices"][number]
            if old["Status"] in {"PAID", "VOIDED", "DELETED"} or old["AmountPaid"]:
                assert new == old, "law 6"
            elif old["Status"] == "AUTHORISED" and not options.edit_approved:
                allowed = {"AUTHORISED", "VOIDED"} if options.void else {"AUTHORISED"}
                assert new["Status"] in allowed
                assert new["Total"] == old["Total"]
                assert new["LineItems"] == old["LineItems"]
            elif old["Status"] in {"DRAFT", "SUBMITTED"} and not options.void:
                assert new["Status"] not in {"DELETED", "VOIDED"}

    @invariant()
    def law_2_no_record_exists_twice(self):
        for (module, name), made in self.town.made.items():
            for side in ("vtiger", "xero"):
                found = len(self.town.rows(side, module, name))
                assert found <= max(made[side], 1), (side, module, name, found, made)

    @invariant()
    def law_3_no_edit_is_lost(self):
        assert self.town.lost() == []

    def teardown(self):
        with self.open:
            if sys.exc_info()[0] is None:
                self.finish()

    def finish(self):
        """Nobody works any more: one run does what is left, and the next has nothing to do.

        What was deleted in Vtiger is looked up module after module, one in each run.
        """
        is_deleted = any(record.deleted for record in self.company.vtiger.entities.values())
        for _ in range(len(MODULES) if is_deleted else 1):
            self.company.time.pass_by(4000)
            self.run()
        before = len(self.company.writes())
        self.company.time.pass_by(4000)
        quiet = self.run()
        assert self.company.writes()[before:] == [], "law 1"
        assert not [r for r in quiet.records if r.outcome not in OPEN], "law 1"
        self.check_totals(quiet)

    def check_totals(self, report):
        """Law 5: the two sides' totals are equal to the cent, where nothing is reported."""
        told = {
            one for record in report.records if record.outcome in OPEN for one in (record.vtiger_id, record.xero_id)
        }
        for name in self.town.orders:
            here, there = (self.town.rows(side, "invoices", name) for side in ("vtiger", "xero"))
            if not here or not there or self.town.ids("invoices", name) & told:
                continue
            vtiger, xero = here[0], there[0]
            if xero["Status"] in {"VOIDED", "DELETED"}:
                continue
            if name not in self.town.typed_twice:
                assert to_the_cent(vtiger["hdnGrandTotal"]) == xero["Total"], "law 5"
            paid = xero["AmountPaid"] + xero["AmountCredited"]
            assert to_the_cent(vtiger["received"]) == paid, "law 5"


def changes_of(report: RunReport) -> set[tuple[Any, ...]]:
    """Name the writes of a report, by what people see of them."""
    made = {Outcome.CREATED, Outcome.UPDATED}
    return {
        (r.module, r.direction, r.outcome, r.label, tuple(chain.from_iterable((c.field, c.after) for c in r.changes)))
        for r in report.records
        if r.outcome in made
    }


class LongStandInHistories(StandInHistories):
    """The same, searched for longer."""


assert set(FIELDS) == {"organizations", "products", "invoices"}

COMMON: dict[str, Any] = {
    "deadline": None,
    "report_multiple_bugs": False,
    "suppress_health_check": list(HealthCheck),
}
MANY, PARTS = 2000, 4

TestStandInHistories = pytest.mark.timeout(900)(StandInHistories.TestCase)
TestStandInHistories.settings = settings(max_examples=100, stateful_step_count=15, **COMMON)


@pytest.mark.soak
@pytest.mark.timeout(14_400)
@pytest.mark.parametrize("part", range(PARTS))
def test_laws_hold_after_many_histories(part):
    """Two thousand, in parts that workers can share; each part draws histories of its own."""
    del part
    chosen = settings(max_examples=MANY // PARTS, stateful_step_count=30, **COMMON)
    run_state_machine_as_test(LongStandInHistories, settings=chosen)
