"""Rows in: what Xero's stand-in lists, by time, by id, and in pages."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from vtxero.domain.sides import Side
from vtxero.errors import NotModelledError
from wire.xero.rows import APPROVED, line, never_known, rows, served
from wire.xero.scripted import Reply

UNKNOWN = "99999999-9999-4999-8999-999999999999"


def test_source_says_its_side_and_takes_batches_of_fifty(xero):
    assert xero.side is Side.XERO
    assert xero.batch_size("invoices") == 50
    with pytest.raises(NotModelledError, match="unicorns"):
        xero.batch_size("unicorns")


def test_fetch_organizations_gives_archived_ones_too_and_counts(xero, state, app, clock):
    state.add_contact(Name="Ada")
    clock.seconds = 1
    state.archive_contact(state.add_contact(Name="Bob"))

    pages = list(xero.fetch("organizations", None, never_known))

    assert [(row["Name"], row["ContactStatus"]) for row in rows(pages, "Contacts")] == [
        ("Ada", "ACTIVE"),
        ("Bob", "ARCHIVED"),
    ]
    assert [page.count for page in pages] == [2]
    assert "pageSize=1000" in served(app, "GET")[0].query
    assert "order=UpdatedDateUTC+ASC" in served(app, "GET")[0].query
    assert xero.calls == 2


def test_fetch_since_asks_from_five_minutes_before(xero, state, clock, app):
    state.add_contact(Name="Old")
    clock.seconds = 1000
    state.add_contact(Name="New")

    pages = list(xero.fetch("organizations", "2026-11-20T12:16:40", never_known))

    assert [row["Name"] for row in rows(pages, "Contacts")] == ["New"]
    assert served(app, "GET")[0].headers["if-modified-since"] == "2026-11-20T12:11:40"


def test_fetch_since_a_time_that_is_none_is_refused(xero):
    with pytest.raises(NotModelledError):
        list(xero.fetch("organizations", "yesterday", never_known))


def test_fetch_invoices_gives_sales_with_lines_and_four_decimals(xero, state):
    contact = state.add_contact(Name="Ada")
    state.add_invoice(contact, [line(UnitAmount="0.1648")])
    state.add_invoice(contact, [line(TaxType="INPUT2", AccountCode="300")], Type="ACCPAY", InvoiceNumber="bill")

    found = rows(xero.fetch("invoices", None, never_known), "Invoices")

    assert [row["Type"] for row in found] == ["ACCREC"]
    assert found[0]["LineItems"][0]["UnitAmount"] == Decimal("0.1648")


def test_fetch_products_is_one_call_and_gives_four_decimals(xero, state, app):
    state.add_item(Code="A1", Name="Pipe", SalesDetails={"UnitPrice": "0.1648", "AccountCode": "200"})

    pages = list(xero.fetch("products", None, never_known))

    assert rows(pages, "Items")[0]["SalesDetails"]["UnitPrice"] == Decimal("0.1648")
    assert len(served(app, "GET")) == 1


@pytest.mark.parametrize("module", ["organizations", "products", "invoices"])
def test_fetch_when_there_is_nothing_gives_no_page(xero, module):
    assert list(xero.fetch(module, None, never_known)) == []
    assert list(xero.fetch_ids(module, [])) == []
    assert xero.modified_now(module, []) == {}


def test_fetch_ids_gives_those_that_exist_forty_at_a_time(xero, state, app):
    ids = [state.add_contact(Name=f"Contact {number}") for number in range(45)]
    state.archive_contact(ids[3])

    pages = list(xero.fetch_ids("organizations", [*(one.upper() for one in ids), UNKNOWN]))

    assert {row["ContactID"] for row in rows(pages, "Contacts")} == set(ids)
    assert len(served(app, "GET", 2)) == 2


def test_fetch_ids_of_products_drops_the_others(xero, state):
    wanted = state.add_item(Code="A1")
    state.add_item(Code="A2")

    assert [row["Code"] for row in rows(xero.fetch_ids("products", [wanted, UNKNOWN]), "Items")] == ["A1"]
    assert list(xero.fetch_ids("products", [UNKNOWN])) == []


def test_modified_now_tells_the_time_of_those_that_exist(xero, state, clock, app):
    contact = state.add_contact(Name="Ada")
    invoice = state.add_invoice(contact, [line()])
    item = state.add_item(Code="A1")
    clock.seconds = 61
    state.edit_contact(contact, AccountNumber="A-1")

    assert xero.modified_now("organizations", [contact, UNKNOWN]) == {contact: "2026-11-20T12:01:01"}
    assert xero.modified_now("invoices", [invoice.upper()]) == {invoice.upper(): "2026-11-20T12:00:00"}
    assert xero.modified_now("products", [item]) == {item: "2026-11-20T12:00:00"}
    assert ["summaryOnly=true" in entry.query for entry in served(app, "GET", 3)] == [True, True, False]


def test_source_when_its_token_expires_in_the_middle_goes_on(xero, state, app):
    state.add_contact(Name="Ada")
    app.faults.add({"path": "/Contacts", "method": "GET", "do": "expire-token"})

    assert len(list(xero.fetch("organizations", None, never_known))) == 1
    assert [entry.status for entry in served(app, "GET", 2)] == [401, 200]


def test_source_when_it_reads_more_than_sixty_pages_is_never_refused(xero, app):
    for _ in range(130):
        list(xero.fetch("products", None, never_known))

    assert {entry.status for entry in served(app, "GET", 130)} == {200}


def test_fetch_when_pages_end_reads_them_in_steps_of_time(source, script):
    def told(name, seconds, count):
        row = {"ContactID": name, "UpdatedDateUTC": f"/Date({1_789_344_000 + seconds}000+0000)/"}
        return {"pagination": {"page": 1, "pageSize": 1000, "pageCount": count}, "Contacts": [row]}

    script.says(told("a", 0, 3), told("b", 5, 2), told("c", 9, 1))

    found = rows(source.fetch("organizations", None, never_known), "Contacts")

    assert [row["ContactID"] for row in found] == ["a", "b", "c"]
    assert [asked.headers.get("If-Modified-Since") for asked in script.asked] == [
        None,
        "2026-09-13T23:59:59",
        "2026-09-14T00:00:04",
    ]
    assert [asked.query["page"] for asked in script.asked] == ["1", "1", "1"]


def test_fetch_when_a_page_fails_is_an_error_and_never_half_a_list(source, script):
    first = {"pagination": {"page": 1, "pageCount": 2}, "Contacts": [{"ContactID": "a"}]}
    script.says(first, Reply(400, {"Message": "Your request is not filtering Contacts efficiently"}))
    pages = source.fetch("organizations", None, never_known)
    next(pages)

    with pytest.raises(NotModelledError, match="not filtering Contacts efficiently"):
        next(pages)


@pytest.mark.parametrize("tells", [True, False], ids=["told", "untold"])
def test_rows_by_id_on_more_than_one_page_are_all_found(source, script, tells):
    """Forty fit on one of Xero's pages today. Rows that were not found would be taken for gone."""

    def page(number, *names):
        block = {"pagination": {"page": number, "pageSize": 2, "pageCount": 2}} if tells else {}
        times = {"UpdatedDateUTC": "/Date(1789344000000+0000)/"}
        return {**block, "Contacts": [{"ContactID": name, **times} for name in names]}

    script.says(page(1, "a", "b"), page(2, "c"), *(() if tells else (page(3),)))

    assert sorted(source.modified_now("organizations", ["a", "b", "c", "d"])) == ["a", "b", "c"]
    assert [asked.query["page"] for asked in script.asked] == ["1", "2", *(() if tells else "3")]


def test_fetch_when_an_id_holds_half_a_character_is_an_error_and_never_half_a_list(source, script):
    script.says({"Items": [{"ItemID": "a", "Code": "A"}, {"ItemID": "b\ud800", "Code": "B"}]})

    with pytest.raises(NotModelledError, match="ItemID"):
        list(source.fetch("products", None, dict))


def test_fetch_taxes_gives_every_rate_by_one_plain_call_and_writes_none(xero, state, app):
    kind = state.add_tax_rate("Levy", ("Levy", "8.875"))

    found = {row["TaxType"]: row for row in rows(xero.fetch("taxes", "2026-01-01T00:00:00", never_known), "TaxRates")}

    assert (found[kind]["Name"], found[kind]["EffectiveRate"]) == ("Levy", Decimal("8.875"))
    assert found["OUTPUT"]["Status"] == "DELETED"
    [entry] = served(app, "GET")
    assert (entry.path.rpartition("/")[2], "modified" in str(entry).lower()) == ("TaxRates", False)
    [page] = xero.fetch_ids("taxes", [kind])
    assert json.loads(page.raw)["TaxRates"][0]["TaxType"] == kind
    for write in (xero.create, xero.update):
        with pytest.raises(NotModelledError, match="TaxRates"):
            write("taxes", [{"Name": "x"}], "key")


def test_fetch_payments_gives_those_of_sales_and_deleted_ones(xero, state, sale, app):
    bill = state.add_invoice(
        state.add_contact(Name="Bob"), [line(TaxType="INPUT2", AccountCode="300")], Type="ACCPAY", **APPROVED
    )
    state.pay(bill, "0.10")
    kept, gone = state.pay(sale, "100"), state.pay(sale, "50")
    state.remove_payment(gone)

    found = rows(xero.fetch("payments", None, never_known), "Payments")

    assert {row["PaymentID"]: row["Status"] for row in found} == {kept: "AUTHORISED", gone: "DELETED"}
    assert [row["Invoice"]["InvoiceID"] for row in found] == [sale, sale]
    assert "pageSize=1000" in served(app, "GET")[0].query


def test_payments_by_id_and_their_times_are_found_among_all(xero, state, sale):
    first, second = state.pay(sale, "100"), state.pay(sale, "50")

    assert [row["PaymentID"] for row in rows(xero.fetch_ids("payments", [second, UNKNOWN]), "Payments")] == [second]
    assert set(xero.modified_now("payments", [first, UNKNOWN])) == {first}
