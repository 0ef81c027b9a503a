"""With `write_back`, the Xero id stands in the Vtiger record: written in the same run, the marker from then on."""

from __future__ import annotations

import pytest

from chain.company import line, only, open_company, reasons
from vtxero.sync.records import Outcome

MODULES = ("organizations", "contacts", "products", "invoices")
FIELDS = {"Accounts": "cf_853", "Contacts": "cf_857", "Products": "cf_859", "Services": "cf_863", "Invoice": "cf_867"}


def ids(company):
    """Give what the fields hold, by module of Vtiger, where a record is linked."""
    held = {module: [row[field] for row in company.vtiger.records(module)] for module, field in FIELDS.items()}
    return {module: values for module, values in held.items() if values}


@pytest.fixture
def books(company):
    """An organization with a person, a person alone, a product, a service, an invoice for each of both."""
    company.acme = company.organization("Acme Ltd", email1="office@acme.example", accounttype="Customer")
    company.widget = company.product()
    service = {"servicename": "Help", "unit_price": "5", "discontinued": "1", "assigned_user_id": "19x1", "tax1": "4.5"}
    company.help = company.vtiger.add("Services", service)
    company.jane = company.vtiger.add("Contacts", {"firstname": "Jane", "lastname": "Doe", "assigned_user_id": "19x1"})
    company.draft = company.invoice(company.acme, line(company.widget), line(company.help), invoicestatus="Created")
    company.second = company.invoice(company.acme, line(company.widget), contact_id=company.jane)
    company.vtiger.edit(company.second, account_id="")
    return company


def switch_on(company):
    for module in MODULES:
        company.configure(module, write_back=True)


def wanted(company):
    contacts, items, invoices = company.contacts(), company.items(), company.invoices()
    return {
        "Accounts": [contacts["Acme Ltd"]["ContactID"]],
        "Contacts": [contacts["Jane Doe"]["ContactID"]],
        "Products": [items["W-1"]["ItemID"]],
        "Services": [next(row["ItemID"] for code, row in items.items() if code != "W-1")],
        "Invoice": [invoices[company.number_of(each)]["InvoiceID"] for each in (company.draft, company.second)],
    }


def test_off_by_default_nothing_is_written_into_the_fields(books):
    books.sync()

    assert {value for values in ids(books).values() for value in values} == {""}
    books.quiet()


def test_id_of_everything_made_in_xero_is_written_into_vtiger_in_the_same_run(books):
    switch_on(books)

    report = books.sync()

    assert report.exit_code == 0, report.messages
    assert ids(books) == wanted(books)
    assert {record.outcome for record in report.records} == {Outcome.CREATED}
    books.quiet()


def test_writing_the_id_resets_nothing_that_vtiger_would_reset(books):
    books.vtiger.edit(books.draft, conversion_rate="1", terms_conditions="30 days")
    before = {each: books.row(each) for each in (books.acme, books.widget, books.help, books.draft)}
    switch_on(books)

    books.sync()

    assert ids(books) == wanted(books)
    changing = {*FIELDS.values(), "modifiedtime", "modifiedby"}
    for each, row in before.items():
        now = books.row(each)
        assert {name: now[name] for name in row if name not in changing} == {
            name: value for name, value in row.items() if name not in changing
        }


def test_switched_on_later_a_full_read_writes_the_ids_of_what_is_linked_already(books):
    books.sync()
    books.quiet()
    switch_on(books)

    report = books.sync(full=True)

    assert ids(books) == wanted(books)
    assert report.exit_code == 0
    books.quiet()


def test_switched_on_later_the_next_run_writes_all_ids_says_so_and_comes_to_rest(books):
    books.sync()
    books.quiet()
    switch_on(books)
    tried = books.sync(dry_run=True)

    report = books.sync()

    assert report.exit_code == 0
    assert ids(books) == wanted(books)
    assert [text for text in report.messages if "Xero's id" in text] == [
        f"Records in Vtiger that lack Xero's id, into which it is written ({module}): {count}."
        for module, count in (("contacts", 1), ("organizations", 1), ("products", 2), ("invoices", 2))
    ]
    assert set(tried.messages) >= set(report.messages)
    books.quiet()


def test_switched_on_later_only_the_records_that_are_asked_for_get_their_ids(books):
    books.sync()
    switch_on(books)
    nothing = {module: [""] * len(values) for module, values in wanted(books).items()}
    second = wanted(books)["Invoice"][1]

    books.sync(modules=("invoices",), only=(f"invoices:{books.second}",))
    assert ids(books) == {**nothing, "Invoice": ["", second]}

    books.sync(modules=("invoices",))
    assert ids(books) == {**nothing, "Invoice": wanted(books)["Invoice"]}

    books.sync(modules=("products",), limit=1)
    assert [bool(value) for name in ("Products", "Services") for value in ids(books)[name]].count(True) == 1

    books.sync()
    assert ids(books) == wanted(books)
    books.quiet()


def test_record_that_is_gone_in_xero_gets_no_id_that_nothing_has(company):
    company.organization("Acme Ltd")
    acme = company.organization("Nova Ltd")
    company.sync()
    company.xero.edit_contact(company.contacts()["Nova Ltd"]["ContactID"], ContactStatus="ARCHIVED")
    switch_on(company)

    company.sync()

    assert company.row(acme)["cf_853"] == ""


def test_record_made_in_vtiger_carries_the_id_from_the_start(company):
    switch_on(company)
    contact = company.xero.add_contact(Name="Nova Ltd")
    item = company.xero.add_item(Code="N-1", Name="Nut", SalesDetails={"UnitPrice": "2", "AccountCode": "200"})
    lines = [{"Description": "x", "ItemCode": "N-1", "Quantity": "1", "UnitAmount": "2", "AccountCode": "200"}]
    invoice = company.xero.add_invoice(contact, [{**lines[0], "TaxType": "NONE"}], DueDate="2026-12-01")

    company.sync()

    assert ids(company) == {"Accounts": [contact], "Products": [item], "Invoice": [invoice]}
    company.quiet()


def test_state_lost_and_both_renamed_the_id_in_the_field_links_them_again(tmp_path):
    with open_company(tmp_path) as company:
        company.configure("organizations", write_back=True, contact_number=False)
        acme = company.organization("Acme Ltd")
        company.sync()
        contact = company.contacts()["Acme Ltd"]["ContactID"]
        before = len(company.writes())
        company.settings.database.unlink()
        company.vtiger.edit(acme, accountname="Acme Holdings Ltd")

        report = company.sync()

        assert company.writes()[before:] == []
        [told] = only(report, "organizations")
        assert (told.vtiger_id, told.xero_id, reasons(report)) == (acme, contact, {"Acme Holdings Ltd": ["CONFLICT"]})
        assert len(company.contacts()) == 1


def test_state_lost_the_id_in_a_persons_field_keeps_the_contact_from_becoming_an_organization(books):
    switch_on(books)
    books.configure("contacts", contact_number=False)
    books.sync()
    books.vtiger.edit(books.jane, lastname="Roe")
    before = len(books.writes())
    books.settings.database.unlink()

    report = books.sync()

    assert [row["accountname"] for row in books.vtiger.records("Accounts")] == ["Acme Ltd"]
    assert books.writes()[before:] == []
    assert [item.code for record in only(report, "contacts") for item in record.reasons] == ["CONFLICT", "CONFLICT"]


def test_id_that_could_not_be_written_is_told_and_written_by_the_next_run(company):
    company.configure("organizations", write_back=True)
    acme = company.organization("Acme Ltd")
    company.apps["vtiger"].faults.add({"path": "webservice", "method": "POST", "nth": 2, "do": "drop-before"})

    report = company.sync()

    assert (report.exit_code, company.row(acme)["cf_853"]) == (5, "")
    company.apps["vtiger"].faults.clear()
    company.sync()
    assert company.row(acme)["cf_853"] == company.contacts()["Acme Ltd"]["ContactID"]
    assert len(company.contacts()) == 1
    company.quiet()


def test_vtiger_without_the_fields_is_left_alone(tmp_path):
    with open_company(tmp_path, custom_fields=False) as company:
        switch_on(company)
        company.organization("Acme Ltd")

        report = company.sync()

        assert report.exit_code == 0
        assert company.writes("vtiger")[1:] == []
        company.quiet()
