"""The cloud edition of Vtiger, first run to last: the same ways as with a self-hosted one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr

from chain.cloud_company import open_cloud
from chain.company import line
from vtxero.domain.sides import Direction
from vtxero.errors import AuthError
from vtxero.sandbox.vtiger.cloud_limits import FloodControl


@pytest.fixture(params=["status", "body"])
def company(request, tmp_path):
    with open_cloud(tmp_path, failures=request.param) as running:
        yield running


@pytest.fixture
def settled(company):
    """An organization with a person, a product, a draft invoice, in step."""
    company.acme = company.organization(email1="office@acme.example", bill_city="Auckland", accounttype="Customer")
    company.person(company.acme, "First", firstname="Ann", email="ann@acme.example")
    company.widget = company.product()
    company.draft = company.invoice(company.acme, line(company.widget, comment="the widget"), invoicestatus="Created")
    report = company.sync()
    assert report.exit_code == 0, report.messages
    company.invoice_id = company.invoices()[company.number_of(company.draft)]["InvoiceID"]
    return company


def test_first_run_carries_all_to_xero_and_the_second_is_quiet(company):
    acme = company.organization("Smith & Sons", email1="office@smith.example")
    company.person(acme, "First", firstname="Ann", email="ann@smith.example")
    widget = company.product()
    first = company.invoice(acme, line(widget, "3", "9.99", comment="widgets"), line(widget, "1", "5"))
    second = company.invoice(acme, {"productid": widget, "quantity": "2", "listprice": "50", "tax1": "4.5"},
                             hdnTaxType="group")  # fmt: skip

    report = company.sync(direction=Direction.TO_XERO)

    assert report.exit_code == 0, [item.message for record in report.records for item in record.reasons]
    contact = company.contacts()["Smith & Sons"]
    assert (contact["ContactNumber"], contact["FirstName"]) == (acme, "Ann")
    assert acme.startswith("3x")
    assert list(company.items()) == ["W-1"]
    for each in (first, second):
        sent = company.invoices()[company.number_of(each)]
        assert sent["Total"] == company.vtiger.invoice_total(each).quantize(Decimal("0.01"))
    company.quiet()


def test_edit_in_vtiger_reaches_xero(settled):
    settled.vtiger.edit(settled.acme, accountname="Acme & Sons Ltd")
    settled.vtiger.edit(settled.draft, duedate="2026-12-01")

    report = settled.sync()

    assert report.exit_code == 0, report.messages
    assert list(settled.contacts()) == ["Acme & Sons Ltd"]
    sent = settled.invoices()[settled.number_of(settled.draft)]
    assert sent["DueDate"].isoformat()[:10] == "2026-12-01"
    settled.quiet()


def test_edit_in_xero_reaches_vtiger_and_leaves_the_rest_alone(settled):
    contact = settled.contacts()["Acme Ltd"]["ContactID"]
    addresses = [{"AddressType": "POBOX", "AddressLine1": "9 New Street", "City": "Wellington"}]
    settled.xero.edit_contact(contact, Addresses=addresses)
    settled.xero.edit_item(settled.items()["W-1"]["ItemID"], Name="Better widget")
    settled.xero.edit_invoice(settled.invoice_id, DueDate="2026-12-24")

    report = settled.sync()

    assert report.exit_code == 0, report.messages
    account, product, invoice = (settled.row(each) for each in (settled.acme, settled.widget, settled.draft))
    assert (account["bill_street"], account["email1"]) == ("9 New Street", "office@acme.example")
    assert (product["productname"], product["tax1"], Decimal(product["unit_price"])) == ("Better widget", "4.50000", 10)
    assert (invoice["duedate"], invoice["conversion_rate"]) == ("2026-12-24", "1.00000")
    settled.quiet()


def test_account_of_a_line_crosses_by_its_label(company):
    widget = company.product(xero_account="260 - Other Revenue")
    first = company.invoice(company.organization(), line(widget), line(widget, xero_account="200"))

    report = company.sync(direction=Direction.TO_XERO)

    assert report.exit_code == 0, report.messages
    sent = company.invoices()[company.number_of(first)]["LineItems"]
    assert [row["AccountCode"] for row in sent] == ["260", "200"]
    assert company.items()["W-1"]["SalesDetails"]["AccountCode"] == "260"
    company.quiet()


def test_invoice_made_in_xero_arrives_with_its_lines_accounts_and_total(company):
    contact = company.xero.add_contact(Name="Nova Pty")
    rate = next(r["TaxType"] for r in company.xero.snapshot()["TaxRates"].values() if r["Name"] == "VAT")
    company.xero.add_item(Code="N-1", Name="Nut", SalesDetails={"UnitPrice": 5, "AccountCode": "200", "TaxType": rate})
    rows = [
        {"ItemCode": "N-1", "Description": "nuts", "Quantity": 7, "UnitAmount": "5.55"},
        {"Description": "advice", "Quantity": 1, "UnitAmount": "99.99"},
    ]
    rows = [{"AccountCode": "260", "TaxType": rate, **row} for row in rows]
    company.xero.add_invoice(
        contact, rows, Date="2026-11-02", DueDate="2026-11-30", Status="AUTHORISED", Reference="From Xero"
    )
    [sent] = company.invoices().values()

    report = company.sync()

    assert report.exit_code == 0, [item.message for record in report.records for item in record.reasons]
    [row] = company.vtiger.records("Invoice")
    shown = company.vtiger.invoice_total(row["id"]).quantize(Decimal("0.01"))
    assert (shown, row["subject"], row["invoicestatus"]) == (sent["Total"], "From Xero", "Approved")
    lines = company.row(row["id"])["LineItems"]
    assert [item["product_name"] for item in lines] == ["Nut", "??????"]
    assert [item["xero_account"].partition(" ")[0] for item in lines] == ["260", "260"]
    company.quiet()


def test_every_form_of_lines_is_read_whole(company):
    """The stand-in gives some invoices' lines as a list and some as an object."""
    widget = company.product()
    made = []
    for number in (1, 2, 3, 12):
        customer = company.organization(f"Customer {number}")
        made.append(company.invoice(customer, *[line(widget, str(n + 1)) for n in range(number)]))
        # Of the next number, odd or even, the form depends.
        company.person(customer, f"Of {number}", email=f"of-{number}@example.com")
    forms = {type(row["lineItems"]) for row in company.crm.query("select * from Invoice;")}
    assert forms == {dict, list}

    report = company.sync(direction=Direction.TO_XERO)

    assert report.exit_code == 0, report.messages
    sent = company.invoices()
    assert [len(sent[company.number_of(each)]["LineItems"]) for each in made] == [1, 2, 3, 12]
    quantities = [row["Quantity"] for row in sent[company.number_of(made[-1])]["LineItems"]]
    assert quantities == list(range(1, 13))
    queries = [entry.query for entry in company.apps["vtiger"].journal.entries if entry.path.endswith("/retrieve")]
    assert not [query for query in queries if "id=16x" in query]
    company.quiet()


def test_edition_is_found_by_asking_where_the_address_does_not_show_it(tmp_path):
    with open_cloud(tmp_path, edition="auto") as company:
        company.organization()

        assert company.sync(direction=Direction.TO_XERO).exit_code == 0
        assert list(company.contacts()) == ["Acme Ltd"]
        paths = [entry.path for entry in company.apps["vtiger"].journal.entries]
        assert paths[0] == "/webservice.php"
        assert {path.rpartition("/")[0] for path in paths[1:]} == {"/restapi/v1/vtiger/default"}


def test_endpoint_in_the_config_shows_the_edition_without_a_call(tmp_path):
    with open_cloud(tmp_path, edition="auto", url="{}/restapi/v1/vtiger/default") as company:
        company.sync(dry_run=True)

        assert {entry.path.rpartition("/")[0] for entry in company.apps["vtiger"].journal.entries} == {
            "/restapi/v1/vtiger/default"
        }


def test_quiet_run_costs_few_calls_whatever_the_size(company):
    # No row looks like one of this very second, which would have to be read again.
    company.vtiger.clock = lambda: datetime.now(UTC) - timedelta(minutes=1)
    widget = company.product()
    for number in range(5):
        company.invoice(company.organization(f"Customer {number}"), line(widget))
    company.sync()
    company.sync()
    costs = []
    # As many as there are turns in asking about deletions.
    for _ in range(6):
        before = len(company.asked())
        company.sync()
        costs.append(len(company.asked()) - before)

    assert max(costs) <= 11, costs


@pytest.mark.parametrize("what", ["acme", "widget", "draft"])
def test_record_that_was_deleted_is_reported_because_vtiger_tells_of_it(settled, monkeypatch, what):
    # Looking up a hundred records in turn would find it as well; here nothing but what is told does.
    monkeypatch.setattr("vtxero.sync.gone.Deletions._look_at_next", lambda *_: "")
    deleted = getattr(settled, what)
    settled.vtiger.delete(deleted)

    reports = [settled.sync() for _ in range(5)]

    told = [record for report in reports for record in report.records if record.vtiger_id == deleted]
    assert {str(item.code) for item in told[-1].reasons} >= {"GONE"}, [record.reasons for record in told]
    assert any(path.endswith("/sync") for path in settled.asked())
    settled.quiet()


def test_day_that_is_used_up_ends_the_run_with_its_state_saved_and_the_next_goes_on(tmp_path):
    limits = FloodControl(minute_limit=1000, day_limit=14)
    with open_cloud(tmp_path, limits=limits) as company:
        company.organization()
        company.invoice(company.organization("Second Ltd"), line(company.product()))

        report = company.sync(direction=Direction.TO_XERO)
        assert report.exit_code == 7, report.messages

        limits.day_limit = 1000
        report = company.sync(direction=Direction.TO_XERO)
        assert report.exit_code == 0, report.messages
        assert sorted(company.contacts()) == ["Acme Ltd", "Second Ltd"]
        company.quiet()


def test_wrong_key_is_said_in_one_line_and_nothing_is_written(tmp_path):
    with open_cloud(tmp_path) as company:
        vtiger = company.settings.vtiger.model_copy(update={"access_key": SecretStr("wrong")})
        company.settings = company.settings.model_copy(update={"vtiger": vtiger})

        with pytest.raises(AuthError, match="'admin'"):
            company.sync()
        assert company.writes() == []


def test_write_that_broke_off_is_found_again_and_not_repeated(settled):
    settled.xero.add_contact(Name="Nova Pty")
    settled.apps["vtiger"].faults.add({"path": "/create", "do": "drop-after-commit"})

    settled.sync()
    settled.sync()

    assert [row["accountname"] for row in settled.vtiger.records("Accounts")] == ["Acme Ltd", "Nova Pty"]
    settled.quiet()
