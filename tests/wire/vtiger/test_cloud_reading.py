"""Reading the cloud edition over a real socket: nothing is lost where keys are shared or pages cut, and few calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from vtxero.domain.reference import VtigerModule
from vtxero.errors import NotModelledError
from vtxero.sandbox.serving import Instrumented, ServerThread, instrumented
from vtxero.sandbox.vtiger.cloud import create_cloud_app
from vtxero.sandbox.vtiger.cloud_limits import FloodControl
from vtxero.sandbox.vtiger.state import DEFAULT_KEY, User, VtigerState
from vtxero.vtiger.access import Edition, VtigerAccess
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.cloud_paging import CloudLists, either
from vtxero.vtiger.listing import lists_of
from vtxero.vtiger.reference import read_reference, read_user_settings, user_findings
from vtxero.vtiger.source import VtigerSource

USERS = (User("admin", 1, DEFAULT_KEY, is_admin=True), User("clerk", 5, "clerk-key"))


class Rig:
    """The stand-in and what talks to it."""

    def __init__(self, state: VtigerState, app: Instrumented, url: str, at: list[datetime]) -> None:
        self.state, self.app, self.url, self.at = state, app, url, at
        self.clients: list[VtigerClient] = []

    def client(self, user: str = "admin") -> VtigerClient:
        key = next(each.access_key for each in USERS if each.name == user)
        access = VtigerAccess(self.url, user, SecretStr(key), edition=Edition.CLOUD)
        self.clients.append(VtigerClient(access, timeout=60.0))
        return self.clients[-1]

    def source(self, user: str = "admin", needs: Any = None) -> VtigerSource:
        client = self.client(user)
        return VtigerSource(client, read_reference(client), needs_retrieve=needs or (lambda *_: False))

    def pass_time(self, **span: int) -> None:
        self.at[0] += timedelta(**span)

    def moment(self) -> str:
        return self.state.now()

    def accounts(self, count: int) -> list[str]:
        start = self.state.next_number
        return [self.state.add("Accounts", {"accountname": f"A{start + n}"}) for n in range(count)]

    def invoices(self, *sizes: int) -> list[str]:
        account = self.accounts(1)[0]
        product = self.state.add("Products", {"productname": "P", "unit_price": "10"})
        made = []
        for size in sizes:
            lines = [{"productid": product, "quantity": str(n + 1), "listprice": "10"} for n in range(size)]
            made.append(self.state.add_invoice_as_ui({"subject": "S", "account_id": account}, lines))
        return made


@pytest.fixture
def rig() -> Iterator[Rig]:
    at = [datetime(2026, 11, 22, 12, 0, tzinfo=UTC)]
    state = VtigerState.sample_empty(users=USERS, clock=lambda: at[0])
    app = instrumented(create_cloud_app(state, limits=FloodControl(counts=False)))
    with ServerThread(app) as server:
        rig = Rig(state, app, server.url, at)
        yield rig
        for client in rig.clients:
            client.close()


def rows(pages: Any) -> list[dict[str, Any]]:
    return [row for page in pages for row in json.loads(page.raw)]


def ids(pages: Any) -> list[str]:
    return [row["id"] for page in pages for row in page]


@pytest.mark.parametrize("user", ["admin", "clerk"])
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_list_by_id_has_every_record_once_in_order(rig, user, count):
    made = rig.accounts(count)
    assert ids(lists_of(rig.client(user)).by_id("Accounts", ())) == made


@pytest.mark.parametrize("user", ["admin", "clerk"])
@pytest.mark.parametrize("waves", [(0,), (1,), (250,), (100, 100), (60, 60, 60), (1, 99, 1, 150, 3)])
def test_list_by_time_loses_none_of_a_second_that_many_share(rig, user, waves):
    made: list[str] = []
    start = rig.moment()
    for wave in waves:
        made += rig.accounts(wave)
        rig.pass_time(seconds=1)
    found = ids(lists_of(rig.client(user)).since("Accounts", (), start))
    assert sorted(set(found)) == sorted(made)


def test_list_by_time_begins_with_its_moment_and_not_before(rig):
    rig.accounts(3)
    rig.pass_time(seconds=1)
    later = rig.accounts(2)
    assert ids(lists_of(rig.client()).since("Accounts", (), rig.moment())) == later


@pytest.mark.parametrize("user", ["admin", "clerk"])
@pytest.mark.parametrize("sizes", [(0, 0), (1, 0, 2), (250,), (100, 1), (99, 1, 1), (60, 0, 60, 60), (1, 230, 1)])
def test_children_of_many_parents_are_all_there_in_order(rig, user, sizes):
    parents = rig.accounts(len(sizes))
    wanted = {
        parent: [rig.state.add("Contacts", {"lastname": "L", "account_id": parent}) for _ in range(size)]
        for parent, size in zip(parents, sizes, strict=True)
    }
    lists = lists_of(rig.client(user))
    page = [{"id": each} for each in parents]
    found = lists.with_children([page], "Contacts", "account_id", ("id", "account_id"))
    assert {parent["id"]: [row["id"] for row in children] for parent, children in found} == wanted


def test_records_by_id_are_those_that_still_exist(rig):
    made = rig.accounts(120)
    rig.state.delete(made[5])
    found = ids(lists_of(rig.client()).of_ids("Accounts", ("id",), [*made, "none", made[0]]))
    assert found == [each for each in made if each != made[5]]


def test_condition_takes_ids_only():
    assert either("id", ["3x1", "3x2"]) == "id = '3x1' or id = '3x2'"
    with pytest.raises(ValueError, match="no id"):
        either("id", ["3x1' or id > '3x0"])


class Liar:
    """A Vtiger that answers what it was not asked."""

    class session:  # noqa: N801 - stands for an attribute
        is_admin = False

    def __init__(self, *answers: list[dict[str, str]]) -> None:
        self.answers = list(answers)

    def query(self, _statement: str) -> list[dict[str, str]]:
        return self.answers.pop(0)


def test_answer_in_another_order_is_never_paged_on():
    later, earlier = ({"id": f"3x{n}", "modifiedtime": f"2026-11-22 12:00:0{n}"} for n in (5, 1))
    lists = CloudLists(Liar([later, earlier]))  # type: ignore[arg-type]
    with pytest.raises(NotModelledError, match="order"):
        list(lists.since("Accounts", (), "2026-11-22 12:00:00"))


def test_child_of_another_parent_is_never_paged_on():
    lists = CloudLists(Liar([{"id": "4x9", "account_id": "3x7"}]))  # type: ignore[arg-type]
    with pytest.raises(NotModelledError, match="3x7"):
        list(lists.with_children([[{"id": "3x1"}]], "Contacts", "account_id"))


# -- composites ------------------------------------------------------------------------------------------------


def test_organization_comes_whole_with_its_contacts(rig):
    [account] = rig.accounts(1)
    contact = rig.state.add("Contacts", {"lastname": "Ann", "account_id": account})
    [row] = rows(rig.source().fetch("organizations", None, lambda _: None))
    assert (row["account"]["id"], row["account"]["accountname"]) == (account, "A2")
    assert [each["id"] for each in row["contacts"]] == [contact]


def test_invoices_cost_two_calls_a_hundred_and_have_all_their_lines(rig):
    made = rig.invoices(1, 3, 12, 2)
    source = rig.source()
    before = source.calls
    found = rows(source.fetch("invoices", None, lambda _: None))
    assert [row["header"]["id"] for row in found] == made
    assert [len(row["lines"]) for row in found] == [1, 3, 12, 2]
    assert [[line["sequence_no"] for line in row["lines"]] for row in found][2] == [str(n + 1) for n in range(12)]
    assert not any(row["retrieved"] for row in found)
    assert not any("lineItems" in row["header"] for row in found)
    assert source.calls - before == 2


def test_invoice_that_needs_it_is_retrieved(rig):
    made = rig.invoices(2, 2)
    source = rig.source(needs=lambda header, *_: header["id"] == made[0])
    found = rows(source.fetch("invoices", None, lambda _: None))
    assert [row["retrieved"] for row in found] == [True, False]
    assert [len(row["lines"]) for row in found] == [2, 2]
    assert found[0]["lines"][0]["product_name"] == "P"


def test_invoice_without_lines_is_one_without_lines(rig):
    rig.invoices(0)
    [row] = rows(rig.source().fetch("invoices", None, lambda _: None))
    assert (row["lines"], row["retrieved"]) == ([], False)


def test_list_that_leaves_an_invoice_or_its_lines_out_is_made_up_for_by_retrieving_it(rig, monkeypatch):
    made = rig.invoices(1, 2, 3)
    source = rig.source()
    real = VtigerClient.query

    def cut(self: VtigerClient, statement: str) -> list[dict[str, Any]]:
        found = real(self, statement)
        if statement.startswith("select *"):
            found = found[:2]
            found[1].pop("lineItems")
        return found

    monkeypatch.setattr(VtigerClient, "query", cut)
    found = rows(source.fetch("invoices", None, lambda _: None))
    assert [row["header"]["id"] for row in found] == made
    assert [len(row["lines"]) for row in found] == [1, 2, 3]
    assert [row["retrieved"] for row in found] == [False, True, True]


def test_unchanged_invoice_is_not_read_again(rig):
    made = rig.invoices(1, 1)
    moment = rig.moment()
    rig.pass_time(minutes=4)
    rig.state.edit(made[1], subject="New")
    source = rig.source()
    before = source.calls
    # The stand-in's answers are dated by the real clock, which says nothing of these moments' seconds.
    source._client.server_now = lambda: rig.at[0].timestamp() + 10  # type: ignore[method-assign]
    found = rows(source.fetch("invoices", moment, {made[0]: moment}.get))
    assert [row["header"]["id"] for row in found] == [made[1]]
    assert source.calls - before == 2


def test_times_of_records_are_looked_up_a_hundred_a_call(rig):
    made = rig.invoices(*[1] * 101)
    source = rig.source()
    before = source.calls
    found = source.modified_now("invoices", made)
    assert set(found) == set(made)
    assert source.calls - before == 2


# -- what the instance knows -----------------------------------------------------------------------------------


def test_prefixes_and_fields_come_from_describe(rig):
    reference = read_reference(rig.client())
    prefixes = {name: module.id_prefix for name, module in reference.modules.items()}
    assert (prefixes["Accounts"], prefixes["Products"], prefixes["Invoice"]) == ("3", "6", "16")
    assert reference.modules["Products"].by_label("Xero Sales Account") == "xero_account"
    assert reference.modules["LineItem"].by_label("Xero Sales Account") == "xero_account"
    assert reference.modules["Accounts"].by_label("Xero Contact ID") == "cf_accounts_xerocontactid"
    assert reference.version.startswith("cloud")
    assert reference.instance == rig.url
    assert reference.charge_taxes == {}


def test_line_account_is_found_where_lines_are_not_described(rig):
    rig.state.listtypes["types"].remove("LineItem")
    assert read_reference(rig.client()).modules["LineItem"] == VtigerModule(
        "LineItem", "", (read_reference(rig.client()).modules["Invoice"].field("xero_account"),)
    )


def test_taxes_that_compound_are_read_from_lists(rig):
    writer = rig.client()
    writer.create("Tax", {"taxlabel": "GST", "percentage": "15"})
    writer.create("Tax", {"taxlabel": "On top", "percentage": "2", "formula": "tax4"})
    tax = read_reference(rig.client()).tax("tax5")
    assert (tax.label, tax.method, tax.compound_on) == ("On top", "Compound", ("tax4",))


@pytest.mark.parametrize("user", ["admin", "clerk"])
def test_user_settings_are_known_for_everybody(rig, user):
    client = rig.client(user)
    found = read_user_settings(client)
    assert (found.name, found.currency_id, found.decimals) == (user, "21x1", 2)
    assert user_findings(found, read_reference(client)) == ()


@pytest.mark.parametrize("written", ["21x1", "1"])
def test_users_currency_is_known_by_its_number(rig, written):
    rig.state.users["admin"].profile["currency_id"] = written
    client = rig.client()
    assert user_findings(read_user_settings(client), read_reference(client)) == ()


def test_user_whose_currency_is_not_shown_is_not_judged(rig):
    del rig.state.users["admin"].profile["currency_id"]
    assert read_user_settings(rig.client()) is None


# -- payments --------------------------------------------------------------------------------------------------------


def test_payments_are_read_whole_changed_and_by_id(rig):
    [sale] = rig.invoices(1)
    fields = {"related_to": sale, "amount": "1", "paymentsstatus": "Received"}
    made = [rig.state.add("Payments", fields) for _ in range(120)]
    source = rig.source()
    assert [row["id"] for row in rows(source.fetch("payments", None, lambda _: None))] == made
    rig.pass_time(hours=1)
    rig.state.edit(made[3], amount="2")
    rig.pass_time(seconds=30)

    changed = rows(source.fetch("payments", "2026-11-22 13:00:00", lambda _: None))

    assert [(row["id"], row["amount"]) for row in changed] == [(made[3], "2.00000000")]
    assert [row["id"] for row in rows(source.fetch_ids("payments", [made[7], "47x999"]))] == [made[7]]
    assert set(source.modified_now("payments", [*made[:2], "47x999"])) == set(made[:2])


def test_payment_that_is_made_comes_back_as_it_is_then(rig):
    [sale] = rig.invoices(1)
    element = {"related_to": sale, "amount": "5", "paymentsstatus": "Received", "assigned_user_id": "19x1"}
    payload = {"steps": [{"op": "create", "module": "Payments", "element": element}]}

    [answer] = rig.source().create("payments", [payload], "key")

    [row] = json.loads(answer.raw)
    assert (row["paymentsno"], row["related_to"], row["amount"]) == ("PAY1", sale, "5.00000000")
    assert rig.state.find(sale).fields["received"] == "5.00000000"
