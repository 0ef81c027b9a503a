"""The pages of the stand-ins' records: they open under the real services' addresses, and take a person's edits."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest

from vtxero.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


def fields(page):
    """What stands in the form."""
    found = re.findall(r'<input name="([^"]*)" value="([^"]*)">', page.text)
    return {unescape(name): unescape(value) for name, value in found}


def facts(page):
    """What is only shown."""
    rows = re.findall(r"<tr><td>([^<]*)</td><td>([^<]*)</td></tr>", page.text)
    return {unescape(name): unescape(value) for name, value in rows}


def vtiger_page(sandbox, module, label):
    record = next(each for each in sandbox.vtiger.live(module) if label in each.fields.values())
    return f"{sandbox.vtiger_url}/index.php?module={module}&view=Detail&record={record.number}", record


def short_link(sandbox, path):
    return f"{sandbox.xero_url}/organisationlogin/default.aspx?shortcode=!tui42&redirecturl={path}"


def test_switch_is_shown_and_typed_as_yes_or_no(sandbox):
    url, record = vtiger_page(sandbox, "Products", "Two-person tent")

    shown = fields(httpx.get(url))
    httpx.post(url, data={"discontinued": "no"})

    assert (shown["discontinued"], shown["unit_price"]) == ("yes", "349")
    assert record.fields["discontinued"] == "0"
    httpx.post(url, data={"discontinued": "yes"})
    assert record.fields["discontinued"] == "1"


def test_page_of_a_vtiger_record_shows_it_and_takes_an_edit_as_a_persons(sandbox):
    url, record = vtiger_page(sandbox, "Accounts", "Ponsonby Pottery")
    before = record.fields["modifiedtime"]

    shown = httpx.get(url)
    saved = httpx.post(url, data={**fields(shown), "phone": "09 555 <77>"})

    assert shown.status_code == 200
    assert fields(shown)["accountname"] == "Ponsonby Pottery"
    assert "modifiedtime" not in fields(shown)
    assert "Saved." in saved.text
    assert fields(saved)["phone"] == "09 555 <77>"
    assert record.fields["phone"] == "09 555 <77>"
    assert record.fields["modifiedtime"] >= before


def test_page_of_an_invoice_in_vtiger_lets_nobody_change_sums(sandbox):
    url, _ = vtiger_page(sandbox, "Invoice", "INV1")

    shown = httpx.get(url)

    assert set(fields(shown)) == {"subject", "invoicedate", "duedate", "invoicestatus", "description"}
    assert facts(shown)["Total"] == "516.2695"


@pytest.mark.parametrize("through", ["short link", "address"])
def test_page_of_a_xero_contact_opens_behind_its_short_link_and_takes_an_edit(sandbox, through):
    contact = next(iter(sandbox.xero.contacts.values()))
    path = f"/Contacts/View/{contact['ContactID']}"
    url = short_link(sandbox, path) if through == "short link" else sandbox.xero_url + path

    shown = httpx.get(url)
    saved = httpx.post(url, data={**fields(shown), "EmailAddress": f"{through.replace(' ', '')}@blue.example"})

    assert contact["Name"] in unescape(shown.text)
    assert "Saved." in saved.text
    assert sandbox.xero.contacts[contact["ContactID"]]["EmailAddress"] == f"{through.replace(' ', '')}@blue.example"


def test_pages_of_items_and_invoices_in_xero_open(sandbox):
    item, invoice = next(iter(sandbox.xero.items.values())), next(iter(sandbox.xero.invoices.values()))

    shown = httpx.get(short_link(sandbox, f"/Inventory/View.aspx?itemID={item['ItemID']}"))
    bill = httpx.get(short_link(sandbox, f"/AccountsReceivable/View.aspx?InvoiceID={invoice['InvoiceID']}"))

    assert fields(shown)["Code"] == item["Code"]
    assert invoice["InvoiceNumber"] in bill.text


def test_page_says_what_the_services_rules_say_against_an_edit_and_keeps_the_record(sandbox):
    one, other = list(sandbox.xero.contacts.values())[:2]
    url = f"{sandbox.xero_url}/Contacts/View/{one['ContactID']}"

    refused = httpx.post(url, data={"Name": other["Name"]})

    assert "Not saved: " in refused.text
    assert sandbox.xero.contacts[one["ContactID"]]["Name"] == one["Name"] != other["Name"]
    assert "Nothing was changed." in httpx.post(url, data={"Name": one["Name"]}).text


def test_form_that_another_site_sends_is_not_saved(sandbox):
    url, record = vtiger_page(sandbox, "Accounts", "Ponsonby Pottery")

    refused = httpx.post(url, data={"fax": "666"}, headers={"Origin": "https://evil.example"})

    assert "another site" in refused.text
    assert record.fields.get("fax", "") != "666"


def test_page_of_a_record_that_is_not_there_is_none_and_pages_are_no_calls(sandbox):
    seen = len(sandbox.journal("vtiger").entries)

    gone = httpx.get(f"{sandbox.vtiger_url}/index.php?module=Accounts&view=Detail&record=999999")
    odd = httpx.get(f"{sandbox.vtiger_url}/index.php?module=Nonsense&view=Detail&record=1")

    assert (gone.status_code, odd.status_code) == (404, 404)
    assert len(sandbox.journal("vtiger").entries) == seen


@pytest.mark.parametrize(("side", "named"), [("vtiger_url", "Ponsonby Pottery"), ("xero_url", "SHOP-001")])
def test_address_of_a_stand_in_lists_its_records_with_links_that_open(sandbox, side, named):
    address = getattr(sandbox, side)

    listed = httpx.get(address)
    links = [unescape(link) for link in re.findall('href="([^"]+)"', listed.text)]

    assert named in listed.text
    assert len(links) > 5
    assert {httpx.get(address + link).status_code for link in links} == {200}


@pytest.mark.parametrize("side", ["vtiger_url", "xero_url"])
def test_pages_show_nothing_that_only_a_programmer_can_read(sandbox, side):
    address = getattr(sandbox, side)
    links = [unescape(link) for link in re.findall('href="([^"]+)"', httpx.get(address).text)]
    for link in links:
        page = httpx.get(address + link).text.partition("<h1>")[2]
        text = unescape(re.sub(r'<input name="[^"]*" value="([^"]*)">', r" \1 ", page))
        text = re.sub(r"<[^>]+>", " ", text)
        assert not re.search(r"Decimal|datetime|[{}\[\]]|\b(None|True|False)\b|\.\d*0000\b|&amp;", text), (link, text)
        named = " ".join(re.findall(r"<t[dh]>([^<]*)(?=</th>|</td><td>)", page)).replace("PartNo", "")
        assert not re.search(r"\b(hdn|txt)[A-Z]|\bcf_|\b[a-z]+_[a-z]+|\b[a-z]+[A-Z]|\b[A-Z][a-z]+[A-Z]", named), link


def test_page_of_an_invoice_shows_its_lines_and_names_what_it_refers_to(sandbox):
    url, _ = vtiger_page(sandbox, "Invoice", "INV1")
    bill = next(iter(sandbox.xero.invoices.values()))

    shown = httpx.get(url)
    billed = httpx.get(f"{sandbox.xero_url}/accountsreceivable/view.aspx?InvoiceID={bill['InvoiceID']}")

    assert "<th>Item</th><th>Quantity</th><th>Price</th>" in shown.text
    assert "<td>Two-person tent</td><td>1</td><td>349</td>" in shown.text
    assert "GST 15 %" in shown.text
    assert facts(shown)["Organization Name"] == "Aroha & Sons Ltd (11x2)"
    assert facts(billed)["Contact"] == sandbox.xero.contacts[bill["ContactID"]]["Name"]
    assert "<th>Item code</th><th>Description</th><th>Quantity</th>" in billed.text
    assert "<td>4</td><td>75</td>" in billed.text
