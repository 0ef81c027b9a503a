"""The source's reads, against a stand-in on a real socket: what comes, and what it costs."""

from __future__ import annotations

import json
import math

import pytest

from vtxero.errors import AuthError, ConfigError, NotModelledError, TemporaryError
from vtxero.sync.ports import RowSource


def unknown(_record_id):
    return None


def test_source_is_a_row_source(rig):
    source: RowSource = rig.source()
    assert source.side == "vtiger"
    assert source.batch_size("invoices") == 1


def test_module_that_is_none_of_ours_is_said(rig):
    with pytest.raises(NotModelledError, match="quotes"):
        rig.source().fetch("quotes", None, unknown)


# -- organizations ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("user", ["admin", "clerk"])
def test_first_read_of_250_organizations_costs_a_page_of_a_hundred_each_and_one(rig, read, user):
    for number in range(250):
        rig.account(f"Company {number}", "Person")
    source = rig.source(user)
    pages = list(source.fetch("organizations", None, unknown))
    assert [page.count for page in pages] == [100, 100, 50]
    found = read(iter(pages))
    assert [len(row["contacts"]) for row in found] == [1] * 250
    numbers = [int(row["account"]["id"][3:]) for row in found]
    assert numbers == sorted(numbers)
    most = math.ceil(250 / 100) + 1
    assert len(rig.asked("query Accounts")) <= most
    assert len(rig.asked("query Contacts")) <= most
    assert len(rig.asked()) == len(rig.asked("query"))


def test_contacts_come_in_the_order_of_their_numbers(rig, read):
    rig.account("Kiwi", "Zoe", "Ann", "Bob")
    (row,) = read(rig.source().fetch("organizations", None, unknown))
    assert [each["lastname"] for each in row["contacts"]] == ["Zoe", "Ann", "Bob"]


def test_rows_without_any_are_no_page(rig):
    assert list(rig.source().fetch("organizations", None, unknown)) == []


def test_quiet_incremental_read_costs_one_query_a_list(rig, read):
    rig.account("Kiwi", "Ann")
    rig.pass_time(hours=1)
    source = rig.source()
    assert read(source.fetch("organizations", "2026-11-22 12:59:00", unknown)) == []
    assert rig.asked() == ["query Accounts", "query Contacts"]


def test_changed_account_comes_with_all_its_contacts(rig, read):
    account = rig.account("Kiwi", "Ann", "Bob")
    rig.account("Other", "Cyd")
    rig.pass_time(hours=1)
    rig.state.edit(account, phone="1")
    rig.pass_time(minutes=1)
    (row,) = read(rig.source().fetch("organizations", "2026-11-22 12:59:00", unknown))
    assert row["account"]["phone"] == "1"
    assert [each["lastname"] for each in row["contacts"]] == ["Ann", "Bob"]


def test_changed_contact_brings_its_account_with_all_contacts(rig, read):
    account = rig.account("Kiwi", "Ann")
    bob = rig.state.add("Contacts", {"lastname": "Bob", "account_id": account})
    rig.pass_time(hours=1)
    rig.state.edit(bob, email="bob@example.com")
    rig.pass_time(minutes=1)
    (row,) = read(rig.source().fetch("organizations", "2026-11-22 12:59:00", unknown))
    assert row["account"]["id"] == account
    assert [each["email"] for each in row["contacts"]] == ["", "bob@example.com"]


def test_organization_whose_account_and_contact_changed_comes_once(rig, read):
    account = rig.account("Kiwi", "Ann")
    found = read(rig.source().fetch("organizations", "2026-11-22 12:00:00", unknown))
    assert [row["account"]["id"] for row in found] == [account]
    assert rig.asked() == ["query Accounts", "query Contacts", "query Contacts"]


def test_changed_contact_without_account_brings_nothing(rig, read):
    rig.state.add("Contacts", {"lastname": "Solo"})
    assert read(rig.source().fetch("organizations", "2026-11-22 12:00:00", unknown)) == []


def test_changed_contacts_are_told_with_their_accounts_for_one_may_have_left_another(rig, read):
    account = rig.account("Kiwi", "Ann")
    (ann,) = [rig.state.wire_id(each) for each in rig.state.live("Contacts")]
    solo = rig.state.add("Contacts", {"lastname": "Solo"})
    source = rig.source()
    read(source.fetch("organizations", "2026-11-22 12:00:00", unknown))
    assert source.members("organizations") == {ann: account, solo: ""}
    read(source.fetch("organizations", None, unknown))
    assert source.members("organizations") == source.members("invoices") == {}


def test_known_organizations_in_the_overlap_are_left_out_and_cost_nothing(rig, read):
    account = rig.account("Kiwi")
    rig.pass_time(seconds=30)
    rig.state.add("Contacts", {"lastname": "Ann", "account_id": account})
    rig.pass_time(minutes=1)
    known = {account: "2026-11-22 12:00:30"}.get
    assert read(rig.source().fetch("organizations", "2026-11-22 12:00:30", known)) == []
    assert rig.asked() == ["query Accounts", "query Contacts"]


def test_organization_that_changed_within_the_second_of_this_read_is_read_again(rig, read):
    account = rig.account("Kiwi")
    rig.pass_time(seconds=3)
    known = {account: "2026-11-22 12:00:00"}.get
    assert len(read(rig.source().fetch("organizations", "2026-11-22 12:00:00", known))) == 1


def test_person_that_joins_a_known_organization_is_seen(rig, read):
    account, solo = rig.account("Kiwi"), rig.state.add("Contacts", {"lastname": "Solo"})
    rig.pass_time(minutes=1)
    rig.state.edit(solo, account_id=account)
    rig.pass_time(minutes=1)
    (row,) = read(rig.source().fetch("organizations", "2026-11-22 12:00:00", {account: "2026-11-22 12:00:00"}.get))
    assert [each["lastname"] for each in row["contacts"]] == ["Solo"]


def test_time_of_an_organization_is_the_latest_of_its_own_and_its_peoples(rig):
    first, second = rig.account("Kiwi", "Ann"), rig.account("Other", "Bob")
    rig.pass_time(minutes=2)
    rig.state.add("Contacts", {"lastname": "Cyd", "account_id": second})
    source = rig.source()
    times = source.modified_now("organizations", [first, second, "11x999"])
    assert times == {first: "2026-11-22 12:00:00", second: "2026-11-22 12:02:00"}
    assert rig.asked() == ["query Accounts", "query Contacts"]


def test_organizations_by_id_come_whole_and_deleted_ones_not(rig, read):
    first, gone = rig.account("Kiwi", "Ann"), rig.account("Gone")
    rig.state.delete(gone)
    found = read(rig.source().fetch_ids("organizations", [gone, first]))
    assert [(row["account"]["id"], len(row["contacts"])) for row in found] == [(first, 1)]


def test_organizations_by_id_come_whole_however_many_and_in_whatever_order_they_are_asked_for(rig, read):
    ids = [rig.account(f"Company {number}", "Person") for number in range(150)]
    found = read(rig.source().fetch_ids("organizations", ids[::-1]))
    assert [(row["account"]["id"], len(row["contacts"])) for row in found] == [(each, 1) for each in ids]


def test_overlap_reaches_five_minutes_back(rig, read):
    rig.account("Kiwi")
    assert len(read(rig.source().fetch("organizations", "2026-11-22 12:05:00", unknown))) == 1
    assert read(rig.source().fetch("organizations", "2026-11-22 12:05:01", unknown)) == []


def test_since_a_day_is_taken_and_nonsense_is_not(rig, read):
    rig.account("Kiwi")
    assert len(read(rig.source().fetch("organizations", "2026-11-22", unknown))) == 1
    with pytest.raises(ConfigError, match="yesterday"):
        rig.source().fetch("organizations", "yesterday", unknown)


# -- products --------------------------------------------------------------------------------------------------


def test_products_and_services_are_retrieved_once_each(rig, read):
    widget = rig.product("Widget", tax1="4.5")
    service = rig.state.add("Services", {"servicename": "Advice", "unit_price": "90"})
    found = read(rig.source().fetch("products", None, unknown))
    assert [(row["module"], row["row"]["id"]) for row in found] == [("Products", widget), ("Services", service)]
    assert found[0]["row"]["tax1"] == "4.500"
    assert found[0]["row"]["currency_id"] == "21x1"
    assert rig.asked() == ["query Products", f"retrieve {widget}", "query Services", f"retrieve {service}"]


@pytest.mark.parametrize("since", [None, "2026-11-22 12:01:00"])
def test_product_read_before_is_not_retrieved_again(rig, read, since):
    old, new = rig.product("Old"), rig.product("New")
    rig.pass_time(minutes=1)
    rig.state.edit(new, unit_price="12")
    rig.pass_time(minutes=1)
    known = {old: "2026-11-22 12:00:00", new: "2026-11-22 12:00:00"}.get
    found = read(rig.source().fetch("products", since, known))
    assert [row["row"]["id"] for row in found] == [new]
    assert rig.asked("retrieve") == [f"retrieve {new}"]


def test_full_read_of_known_products_gives_the_newest_so_that_the_side_is_not_taken_for_emptied(rig, read):
    old = rig.product("Old")
    rig.pass_time(minutes=1)
    new = rig.product("New")
    service = rig.state.add("Services", {"servicename": "Advice"})
    rig.state.edit(service, modifiedtime="2026-11-22 11:00:00")
    rig.pass_time(minutes=1)
    known = {old: "2026-11-22 12:00:00", new: "2026-11-22 12:01:00", service: "2026-11-22 11:00:00"}
    (row,) = read(rig.source().fetch("products", None, known.get))
    assert row["row"]["id"] == new
    assert rig.asked("retrieve") == [f"retrieve {new}"]


def test_products_by_id_look_in_both_modules(rig, read):
    widget = rig.product("Widget")
    service = rig.state.add("Services", {"servicename": "Advice"})
    source = rig.source()
    found = read(source.fetch_ids("products", [service, widget, "14x999", "11x1"]))
    assert [row["module"] for row in found] == ["Services", "Products"]
    times = source.modified_now("products", [service, widget, "14x999", "11x1"])
    assert set(times) == {service, widget}


# -- invoices --------------------------------------------------------------------------------------------------


def test_invoices_come_whole_though_lines_are_many_more_than_invoices(rig, read):
    account, product = rig.account("Kiwi"), rig.product("Widget")
    for number in range(130):
        rig.invoice(account, product, lines=1 + number % 4)
    source = rig.source()
    found = read(source.fetch("invoices", None, unknown))
    assert [len(row["lines"]) for row in found] == [1 + number % 4 for number in range(130)]
    assert not any(row["retrieved"] for row in found)
    lines = sum(1 + number % 4 for number in range(130))
    assert len(rig.asked("query Invoice")) == 2
    assert len(rig.asked("query LineItem")) <= math.ceil(lines / 100) + 1
    assert len(rig.asked()) == len(rig.asked("query"))


def test_lines_stand_in_their_sequence_with_their_taxes(rig, read):
    invoice = rig.invoice(rig.account("Kiwi"), rig.product("Widget", tax2="10"), lines=3)
    (row,) = read(rig.source().fetch("invoices", None, unknown))
    assert [line["sequence_no"] for line in row["lines"]] == ["1", "2", "3"]
    assert {line["parent_id"] for line in row["lines"]} == {invoice}
    assert row["lines"][0]["tax2"] == "10.000"
    assert row["header"]["hdnGrandTotal"] == "66.00000000"
    assert "hdnDiscountAmount" not in row["header"]


def test_only_invoices_that_need_it_are_retrieved(rig, read):
    account, product = rig.account("Kiwi"), rig.product("Widget")
    rig.invoice(account, product)
    second = rig.invoice(account, product, lines=2)
    seen = []

    def needs(header, lines, reference):
        seen.append((header["id"], len(lines), reference.version))
        return len(lines) == 2

    plain, whole = read(rig.source(needs=needs).fetch("invoices", None, unknown))
    assert not plain["retrieved"]
    assert whole["retrieved"]
    assert "hdnDiscountAmount" in whole["header"]
    assert "LineItems" not in whole["header"]
    assert "LineItems_FinalDetails" not in whole["header"]
    assert len(whole["lines"]) == 2
    assert seen[1] == (second, 2, "8.2.0")
    assert rig.asked("retrieve") == [f"retrieve {second}"]


def test_invoice_without_lines_is_read(rig, read):
    rig.invoice(rig.account("Kiwi"), rig.product("Widget"), lines=0)
    (row,) = read(rig.source().fetch("invoices", None, unknown))
    assert row["lines"] == []


def test_invoice_whose_lines_were_replaced_during_the_read_is_retrieved(rig, read):
    invoice = rig.invoice(rig.account("Kiwi"), rig.product("Widget"), lines=2)
    first, second = rig.state.lines_of(invoice)
    second.fields["sequence_no"] = first.fields["sequence_no"]
    (row,) = read(rig.source().fetch("invoices", None, unknown))
    assert row["retrieved"]


def test_known_invoices_cost_no_lines(rig, read):
    account, product = rig.account("Kiwi"), rig.product("Widget")
    old, new = rig.invoice(account, product), rig.invoice(account, product)
    rig.pass_time(minutes=1)
    rig.state.edit(new, invoicestatus="Sent")
    rig.pass_time(minutes=1)
    source = rig.source()
    known = {old: "2026-11-22 12:00:00", new: "2026-11-22 12:00:00"}.get
    (row,) = read(source.fetch("invoices", "2026-11-22 12:01:00", known))
    assert row["header"]["id"] == new
    rig.forget()
    known = {old: "2026-11-22 12:00:00", new: "2026-11-22 12:01:00"}.get
    assert read(source.fetch("invoices", "2026-11-22 12:01:00", known)) == []
    assert rig.asked() == ["query Invoice"]


def test_invoices_by_id_and_their_times(rig, read):
    account, product = rig.account("Kiwi"), rig.product("Widget")
    ids = [rig.invoice(account, product) for _ in range(3)]
    rig.state.delete(ids[1])
    source = rig.source()
    assert [row["header"]["id"] for row in read(source.fetch_ids("invoices", ids))] == [ids[0], ids[2]]
    assert source.modified_now("invoices", ids) == dict.fromkeys([ids[0], ids[2]], "2026-11-22 12:00:00")


def test_modified_now_costs_one_query_for_a_hundred(rig):
    account, product = rig.account("Kiwi"), rig.product("Widget")
    ids = [rig.invoice(account, product) for _ in range(101)]
    source = rig.source()
    assert len(source.modified_now("invoices", ids)) == 101
    assert rig.asked() == ["query Invoice", "query Invoice"]


# -- troubles --------------------------------------------------------------------------------------------------


def test_nulls_for_blanks_do_not_break_reading(old_rig, read):
    account, product = old_rig.account("Kiwi", "Ann"), old_rig.product("Widget", tax1="4.5")
    old_rig.invoice(account, product, lines=2)
    source = old_rig.source()
    for module in ("organizations", "products", "invoices"):
        assert len(read(source.fetch(module, None, unknown))) == 1
        assert len(read(source.fetch(module, "2026-11-22 12:00:00", unknown))) == 1


def test_session_that_dies_between_pages_loses_no_row(rig, read):
    for number in range(150):
        rig.account(f"Company {number}")
    source = rig.source()
    rig.app.faults.add({"path": "query.*Accounts", "do": "expire-token", "nth": 2})
    assert len(read(source.fetch("organizations", None, unknown))) == 150


def test_list_that_cannot_be_finished_is_an_error_and_no_list(rig, read):
    for number in range(150):
        rig.account(f"Company {number}")
    source = rig.source()
    rig.app.faults.add({"path": "query.*Accounts.*id", "do": "500", "nth": [2, 3, 4, 5]})
    with pytest.raises(TemporaryError):
        read(source.fetch("organizations", None, unknown))
    assert rig.sleeps == [1.0, 2.0, 4.0]


def test_dropped_reply_of_a_read_is_asked_for_again(rig, read):
    rig.account("Kiwi")
    source = rig.source()
    rig.app.faults.add({"path": "query.*Accounts", "do": "drop-before"})
    assert len(read(source.fetch("organizations", None, unknown))) == 1


def test_module_that_the_user_may_not_use_is_named(rig):
    client = rig.client()
    from vtxero.vtiger.reference import read_reference
    from vtxero.vtiger.source import VtigerSource

    reference = read_reference(client)
    modules = {name: module for name, module in reference.modules.items() if name != "Invoice"}
    bare = type(reference)(
        reference.instance, reference.version, reference.user_id, reference.page_url, modules, (), ()
    )
    source = VtigerSource(client, bare, needs_retrieve=lambda *_: False)
    with pytest.raises(AuthError, match="Invoice"):
        list(source.fetch("invoices", None, unknown))


def test_pages_are_json_of_texts(rig):
    rig.product("Widget", unit_price="10.55")
    (page,) = rig.source().fetch("products", None, unknown)
    (row,) = json.loads(page.raw, parse_float=lambda text: pytest.fail(f"a fraction as a number: {text}"))
    assert row["row"]["currency1"] == "10.55"
