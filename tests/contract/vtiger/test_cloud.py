"""The cloud edition's own ways, as its manual and recordings of it tell: what vtxero's client relies on there."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from contract.vtiger.calling import line, opened, sums, totals
from contract.vtiger.cloud_calling import refused


@pytest.fixture(scope="module")
def people(cloud):
    return [cloud.person() for _ in range(5)]


def tax_of(cloud):
    return cloud.vtiger.taxes_of("Simple")[0]


def found(cloud, text):
    return [row["id"] for row in cloud.vtiger.query(text)]


# -- transport -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [("", "wrong"), ("nobody@example.com", "")])
def test_wrong_name_or_key_is_401(cloud, wrong):
    vtiger = cloud.vtiger
    auth = (wrong[0] or vtiger.user, wrong[1] or vtiger.key)
    assert httpx.get(f"{vtiger.url}/me", auth=auth, timeout=60).status_code == 401


def test_me_is_the_user_of_the_key(cloud):
    me = opened(cloud.vtiger.get("me"))
    assert me["id"].partition("x")[0] == "19"
    assert me["user_name"] == cloud.vtiger.user
    assert "currency_id" in me


def test_every_answer_tells_what_is_left_of_the_limits_and_when_it_was_sent(cloud):
    headers = cloud.vtiger.get("me").headers
    for name in ("x-floodcontrol-remaining", "x-floodcontrol-reset", "x-ratelimit-remaining"):
        assert headers[name].isdecimal(), name
    assert headers["date"]


def test_refusal_comes_in_words(cloud):
    assert "denied" in refused(cloud.vtiger.get("describe", elementType="Nosuch")).lower()
    assert refused(cloud.vtiger.get("query", query="select nosuch from Accounts;"))


def test_reader_and_writer_are_told_apart_by_the_verb(cloud):
    answers = [cloud.vtiger.post("listtypes"), cloud.vtiger.get("create")]
    assert [answer.status_code for answer in answers if answer.status_code == 200] == []


# -- catalogue -------------------------------------------------------------------------------------------------


def test_types_have_the_modules_and_the_plain_tables(cloud):
    types = set(opened(cloud.vtiger.get("listtypes"))["types"])
    assert {"Accounts", "Contacts", "Products", "Services", "Invoice", "Tax", "Currency", "LineItem"} <= types


@pytest.mark.parametrize("module", ["Accounts", "Contacts", "Products", "Services", "Invoice"])
def test_describe_has_prefix_fields_and_what_is_mandatory(cloud, module):
    answer = cloud.vtiger.describe(module)
    assert answer["idPrefix"].isdecimal()
    assert {"name", "label", "mandatory", "type"} <= answer["fields"][0].keys()
    assert any(field["mandatory"] for field in answer["fields"])


def test_tax_and_currency_are_listed_with_what_the_client_needs(cloud):
    (base,) = [row for row in cloud.vtiger.query("select * from Currency;") if row["defaultid"] == "-11"]
    assert base["currency_code"]
    for row in cloud.vtiger.taxes:
        assert row["taxname"].startswith("tax")
        assert (row["taxlabel"] != "", Decimal(row["percentage"]) >= 0) == (True, True)
        assert row["method"] in {"Simple", "Compound", "Deducted"}


# -- records ---------------------------------------------------------------------------------------------------


def test_scalars_are_texts_and_the_prefix_is_the_describes(cloud):
    row = cloud.vtiger.retrieve(cloud.account(phone="1")["id"])
    assert row["id"].startswith(f"{cloud.vtiger.prefix('Accounts')}x")
    assert {type(value) for name, value in row.items() if name != "record_currency_symbol"} == {str}


def test_times_are_utc_in_whole_seconds(cloud):
    made = cloud.vtiger.retrieve(cloud.account()["id"])
    sent = datetime.strptime(cloud.vtiger.get("me").headers["date"], "%a, %d %b %Y %H:%M:%S GMT")  # noqa: DTZ007
    written = datetime.fromisoformat(made["modifiedtime"])
    assert abs(sent - written) < timedelta(minutes=2)
    assert len(made["modifiedtime"]) == 19


def test_revise_keeps_what_is_not_sent_and_moves_the_time(cloud):
    made = cloud.account(phone="1", bill_city="Auckland")
    row = cloud.vtiger.revise(made["id"], phone="2")
    assert (row["phone"], row["bill_city"]) == ("2", "Auckland")
    assert row["modifiedtime"] >= made["modifiedtime"]


def test_missing_mandatory_field_is_refused(cloud):
    answer = cloud.vtiger.post("create", elementType="Accounts", element={"assigned_user_id": cloud.me})
    assert "accountname" in refused(answer) or "Mandatory" in refused(answer)


def test_deleted_record_is_in_no_list_and_cannot_be_retrieved(cloud):
    account = cloud.account()["id"]
    assert opened(cloud.vtiger.post("delete", id=account)) == {"status": "successful"}
    assert found(cloud, f"select id from Accounts where id = '{account}';") == []
    assert refused(cloud.vtiger.get("retrieve", id=account))


# -- queries ---------------------------------------------------------------------------------------------------


def test_ids_joined_by_or_find_each_and_sort(cloud, people):
    ids = [each["id"] for each in people]
    either = " or ".join(f"id = '{each}'" for each in reversed(ids))
    assert found(cloud, f"select id from Contacts where {either} order by id limit 100;") == ids
    assert found(cloud, f"select id from Contacts where id = '{ids[0]}' or id = '{ids[1]}' limit 1;") != []


def test_ids_are_compared_by_their_number(cloud, people):
    ids = [each["id"] for each in people]
    assert found(cloud, f"select id from Contacts where id > '{ids[2]}' order by id limit 100;")[:2] == ids[3:]


def test_rows_modified_at_or_after_a_moment_come_in_their_order(cloud, people):
    moment = people[0]["modifiedtime"]
    rows = cloud.vtiger.query(
        f"select id,modifiedtime from Contacts where modifiedtime >= '{moment}' order by modifiedtime limit 100;"
    )
    times = [row["modifiedtime"] for row in rows]
    assert times == sorted(times)
    assert {each["id"] for each in people} <= {row["id"] for row in rows}


def test_time_and_id_together_page_within_a_second(cloud, people):
    moment, first = people[0]["modifiedtime"], people[0]["id"]
    where = f"modifiedtime = '{moment}' and id > '{first}'"
    assert first not in found(cloud, f"select id from Contacts where {where} order by id limit 100;")


def test_quote_is_doubled(cloud):
    name = f"{cloud.name()} O'Neil"
    made = cloud.account(accountname=name)["id"]
    quoted = name.replace("'", "''")
    assert found(cloud, f"select id from Accounts where accountname = '{quoted}';") == [made]


def test_children_are_found_by_their_parent_and_sorted_by_it(cloud):
    accounts = [cloud.account()["id"] for _ in range(2)]
    children = [cloud.person(account_id=account)["id"] for account in (*accounts, *accounts)]
    either = " or ".join(f"account_id = '{each}'" for each in accounts)
    rows = cloud.vtiger.query(f"select * from Contacts where {either} order by account_id limit 100;")
    assert [row["account_id"] for row in rows] == [accounts[0]] * 2 + [accounts[1]] * 2
    assert {row["id"] for row in rows} == set(children)


# -- invoices --------------------------------------------------------------------------------------------------


def test_invoice_is_retrieved_with_its_lines_in_order(cloud):
    tax = tax_of(cloud)
    product = cloud.taxed(**{tax: "10"})
    row = cloud.invoice(
        line(product, "2", "9.99", comment="a\nb", **{tax: "10"}), line(cloud.plain, "1", "5"), hdnTaxType="individual"
    )
    assert [each["productid"] for each in row["LineItems"]] == [product, cloud.plain]
    assert row["LineItems"][0]["comment"] == "a\nb"
    assert Decimal(row["LineItems"][0][tax]) == 10
    assert Decimal(row["hdnGrandTotal"]) == Decimal("26.978")


def test_group_tax_is_taken_once_on_the_subtotal(cloud):
    tax = tax_of(cloud)
    product = cloud.taxed(**{tax: "10"})
    row = cloud.invoice(line(product, "1", "50", **{tax: "10"}), hdnTaxType="group")
    assert totals(row) == sums("50", "50", "55")


def test_list_of_whole_invoices_has_each_once_with_all_its_lines(cloud):
    made = [cloud.invoice(*[line(cloud.plain, str(n + 1)) for n in range(size)]) for size in (1, 3, 2)]
    either = " or ".join(f"id = '{row['id']}'" for row in made)
    rows = cloud.vtiger.query(f"select * from Invoice where {either} order by id limit 100;")
    assert [row["id"] for row in rows] == [row["id"] for row in made]
    for row, size in zip(rows, (1, 3, 2), strict=True):
        lines = row["lineItems"]
        shown = list(lines.values()) if isinstance(lines, dict) else lines
        assert [Decimal(each["quantity"]) for each in shown] == [n + 1 for n in range(size)]


def test_invoice_without_lines_is_refused(cloud):
    answer = cloud.vtiger.post("create", elementType="Invoice", element=cloud.element())
    assert "mandatory" in refused(answer).lower()


def test_lines_of_an_update_replace_the_old_ones(cloud):
    made = cloud.invoice(line(cloud.plain), line(cloud.plain))
    element = cloud.element(line(cloud.plain, "3"), id=made["id"])
    opened(cloud.vtiger.post("update", element=element))
    row = cloud.vtiger.retrieve(made["id"])
    assert [Decimal(each["quantity"]) for each in row["LineItems"]] == [3]
    assert Decimal(row["hdnGrandTotal"]) == 300


def test_revise_without_lines_keeps_lines_and_totals(cloud):
    made = cloud.invoice(line(cloud.plain, "2"))
    cloud.vtiger.revise(made["id"], duedate="2026-12-24", conversion_rate=made["conversion_rate"])
    row = cloud.vtiger.retrieve(made["id"])
    assert (row["duedate"], len(row["LineItems"]), totals(row)) == ("2026-12-24", 1, totals(made))


# -- sync ------------------------------------------------------------------------------------------------------


def test_sync_tells_changes_and_deletions_after_a_moment(cloud):
    kept, gone = cloud.account()["id"], cloud.account()["id"]
    opened(cloud.vtiger.post("delete", id=gone))
    start = int(datetime.now().timestamp()) - 3600  # noqa: DTZ005 - an hour of slack for the clock of the server
    updated, deleted, more = set(), set(), True
    while more:
        answer = opened(
            cloud.vtiger.get("sync", modifiedTime=str(start), elementType="Accounts", syncType="application")
        )
        updated |= {row["id"] for row in answer["updated"]}
        deleted |= set(answer["deleted"])
        more, last = answer["more"], int(answer["lastModifiedTime"])
        assert last > start or not more
        start = last
    assert (kept in updated, kept in deleted) == (True, False)
    assert (gone in updated, gone in deleted) == (False, True)
