"""A run does the same, whichever of the forms that Xero's answers may take it is given."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress

import pytest

from chain import other_xero, respelling
from chain.company import line, open_company, xero_line
from chain.other_xero import OtherXero
from chain.respelling import Respelt
from vtxero.errors import VtxeroError

FORMS = [
    respelling.dates_without_offset,
    respelling.dates_once,
    respelling.dates_in_iso,
    respelling.numbers_as_text,
    respelling.numbers_with_exponents,
    respelling.numbers_with_many_zeros,
    respelling.no_envelope,
    respelling.nothing_blank,
    respelling.nulls_for_blanks,
    respelling.unknown_members,
    respelling.no_types,
    respelling.no_verdicts,
    respelling.ids_in_capitals,
    respelling.IdsInChangingCase(),
    respelling.flags_as_text,
    respelling.verdicts_in_small_letters,
    respelling.line_ids_anew,
    respelling.no_line_ids,
    respelling.empty_slots_left_out,
    respelling.no_zeros,
    respelling.dates_in_iso_with_zone,
    respelling.dates_without_times,
    respelling.members_in_other_order,
]


def as_it_is(_name, value):
    return value


def books_after_two_runs(folder, put_in_front):
    """Sync a small company both ways, edit it on both sides, sync it again; give what became of all records.

    With it goes how much of the talk with Xero was changed: where nothing was, equal books prove nothing.
    """
    fronts = []

    def in_front(app):
        fronts.append(put_in_front(app))
        return fronts[-1]

    with open_company(folder, xero_front=in_front) as company:
        acme = company.organization(email1="office@acme.example", phone="(09) 555-0100", bill_city="Auckland")
        company.person(acme, "Lee", firstname="Ann", email="ann@acme.example")
        widget = company.product(price="12.3456")
        sold = company.invoice(acme, line(widget, "3", "12.3456", discount_percent="2.5"))
        company.invoice(acme, line(widget, "1", "100"), invoicestatus="Created")
        totara = company.xero.add_contact(Name="Totara Ltd", EmailAddress="t@totara.test", FirstName="Jo")
        company.xero.add_item(Code="OAK", Name="Oak board", SalesDetails={"UnitPrice": "200", "AccountCode": "200"})
        oak = {"ItemCode": "OAK", "Description": "Oak", "Quantity": 2, "UnitAmount": 200, "AccountCode": "200"}
        company.xero_invoice(totara, oak, xero_line("10", Description="Charges", AccountCode="260"))
        company.xero_invoice(totara, xero_line("7"), Type="ACCPAY", InvoiceNumber="B-7", Status="DRAFT")
        first = company.sync()
        company.quiet()
        company.vtiger.edit(acme, phone="(09) 555-0199")
        company.xero.edit_contact(totara, LastName="Bloggs")
        company.xero.pay(company.invoices()[company.number_of(sold)]["InvoiceID"], "10", day="2026-11-10")
        second = company.sync()
        company.quiet()
        return (told(first), told(second), shown(company)), fronts[0].changed


def told(report):
    counts = Counter((record.module, str(record.direction), str(record.outcome)) for record in report.records)
    return counts, sorted(str(item.code) for record in report.records for item in record.reasons), report.exit_code


def shown(company):
    """Give both sides' figures, without the ids and times that every start makes anew."""
    contacts = sorted(
        (row["Name"], row.get("EmailAddress"), str(sorted(row["Phones"].items())))
        for row in company.contacts().values()
    )
    invoices = sorted(
        (str(row["Total"]), str(row["AmountDue"]), row["Status"], row["DueDate"].isoformat())
        for row in company.invoices().values()
    )
    rows = [company.crm.query(f"SELECT * FROM {name};") for name in ("Invoice", "Accounts", "Products")]
    kept = ("hdnGrandTotal", "received", "balance", "invoicestatus", "duedate", "accountname", "phone", "unit_price")
    theirs = sorted(str([row.get(name) for name in kept]) for listed in rows for row in listed)
    return contacts, invoices, theirs


def small_unordered_pages(query, headers):
    other_xero.small_pages(query, headers)
    other_xero.ignores_order(query, headers)


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    books, changed = books_after_two_runs(tmp_path_factory.mktemp("as-it-is"), lambda app: Respelt(app, as_it_is))
    assert not changed
    return books


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_run_when_xero_spells_its_answers_otherwise_does_the_same(tmp_path, expected, form):
    books, changed = books_after_two_runs(tmp_path, lambda app: Respelt(app, form))

    assert books == expected
    assert changed


WAYS = {
    "where": (other_xero.ignores_where, other_xero.as_answered),
    "times": (other_xero.ignores_times, other_xero.as_answered),
    "later": (other_xero.lists_only_what_is_later, other_xero.as_answered),
    "order": (other_xero.ignores_order, other_xero.as_answered),
    "order and small pages": (small_unordered_pages, other_xero.as_answered),
    "pages": (other_xero.small_pages, other_xero.as_answered),
    "pages without their block": (other_xero.small_pages, other_xero.no_page_block),
    "keys": (other_xero.ignores_keys, other_xero.as_answered),
    "archived": (other_xero.hides_archived, other_xero.as_answered),
}


@pytest.mark.parametrize("way", WAYS)
def test_run_when_xero_takes_requests_otherwise_does_the_same(tmp_path, expected, way):
    books, changed = books_after_two_runs(tmp_path, lambda app: OtherXero(app, *WAYS[way]))

    assert books == expected
    assert changed


def test_run_when_xero_tells_no_limits_and_no_lengths_and_hangs_up_does_the_same(tmp_path, expected):
    books, changed = books_after_two_runs(tmp_path, lambda app: OtherXero(app, is_bare=True))

    assert books == expected
    assert changed


@pytest.mark.parametrize("path", ["Contacts", "Items", "Invoices"])
def test_runs_when_xero_knows_no_keys_and_loses_an_answer_make_nothing_twice(tmp_path, monkeypatch, path):
    """The second sending of a request, whose first answer was lost, is refused for what the first one made."""
    monkeypatch.setattr("vtxero.xero.client.PAUSES", (0.01, 0.01, 0.01))
    with open_company(tmp_path, xero_front=lambda app: OtherXero(app, other_xero.ignores_keys)) as company:
        acme = company.organization(email1="office@acme.example")
        company.invoice(acme, line(company.product(), "3", "12.50"))
        company.apps["xero"].faults.add({"path": path, "method": "PUT", "do": "drop-after-commit"})

        company.sync()
        company.sync()

        assert [len(rows) for rows in (company.contacts(), company.items(), company.invoices())] == [1, 1, 1]
        company.quiet()


def test_run_when_an_answer_to_a_write_is_of_another_kind_reports_that_record_and_goes_on(tmp_path):
    def change(name, value):
        return "ACCPAY" if name == "Type" and value == "ACCREC" else value

    with open_company(tmp_path, xero_front=lambda app: Respelt(app, change)) as company:
        acme = company.organization()
        company.invoice(acme, line(company.product(), "2", "10"))

        report = company.sync()

        assert report.exit_code == 3
        assert list(company.contacts()) == ["Acme Ltd"]
        (failed,) = [record for record in report.records if str(record.outcome) == "failed"]
        assert (failed.module, "another kind" in failed.reasons[0].message) == ("invoices", True)
        assert len(company.invoices()) == 1


def test_run_of_an_older_app_with_broad_scopes_does_the_same(company):
    acme = company.organization()
    company.invoice(acme, line(company.product(), "2", "10"))
    xero = company.settings.xero.model_copy(
        update={"scopes": ("accounting.transactions", "accounting.contacts", "accounting.settings")}
    )
    company.settings = company.settings.model_copy(update={"xero": xero})

    assert company.sync().exit_code == 0

    assert [str(row["Total"]) for row in company.invoices().values()] == ["20.90"]
    company.quiet()


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(60))
def test_runs_when_parts_of_xeros_answers_are_spoilt_end_in_order_and_mend(tmp_path, monkeypatch, seed):
    """No answer makes a run fall over, and a run with good answers afterwards settles all that it may."""
    monkeypatch.setattr("vtxero.xero.client.PAUSES", (0.01, 0.01, 0.01))
    chance = random.Random(seed)
    spoil = respelling.spoiling(chance, chance.choice([0.002, 0.01, 0.05]))
    forms = [as_it_is]

    def as_told(name, value):
        return forms[-1](name, value)

    with open_company(tmp_path, xero_front=lambda app: Respelt(app, as_told)) as company:
        acme = company.organization(email1="office@acme.example")
        company.invoice(acme, line(company.product(), "3", "12.3456", discount_percent="2.5"))
        totara = company.xero.add_contact(Name="Totara Ltd", EmailAddress="t@totara.test")
        company.xero.add_item(Code="OAK", Name="Oak")
        if seed % 2:
            company.sync()
        forms.append(spoil)
        for _ in range(2):
            company.xero.edit_contact(totara, LastName=f"Lee {chance.random()}")
            with suppress(VtxeroError):
                company.sync()
        forms.append(as_it_is)
        with suppress(VtxeroError):
            company.sync()

        names = Counter(row["Name"] for row in company.xero.contacts.values())
        assert names == {"Acme Ltd": 1, "Totara Ltd": 1}
        assert len(company.xero.invoices) <= 1
