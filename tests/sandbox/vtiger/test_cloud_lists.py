"""The cloud edition's stand-in: queries, what it tells of changes, and the books that it takes over."""

from __future__ import annotations

import pytest

from sandbox.vtiger.calling import result
from sandbox.vtiger.cloud_calling import CloudCaller, error, line, widget
from vtxero.sandbox.vtiger import VtigerState, create_app
from vtxero.sandbox.vtiger.cloud_edition import make_cloud


def test_query_for_everything_gives_an_invoice_once_with_its_lines_in_each_of_the_forms(cloud):
    product, account = widget(cloud), cloud.account()
    made = [cloud.invoice(line(product), line(product, "2"), account_id=account)["id"] for _ in range(2)]
    cloud.state.add_invoice_as_ui({"subject": "S", "account_id": account}, [])

    rows = {row["id"]: row["lineItems"] for row in cloud.query("select * from Invoice;")}
    forms = [rows[each] for each in made]
    assert sorted(type(each).__name__ for each in forms) == ["dict", "list"]
    for form in forms:
        lines = [form["1"], form["2"]] if isinstance(form, dict) else form
        assert [each["quantity"] for each in lines] == ["1.000", "2.000"]
        assert "product_name" not in lines[0]
    assert [each for each in rows.values() if each not in forms] == [[[]]]


def test_query_for_columns_gives_just_those(cloud):
    invoice = cloud.invoice(line(widget(cloud)))
    assert cloud.query("select id,invoicestatus from Invoice;") == [{"invoicestatus": "Created", "id": invoice["id"]}]
    assert cloud.query("select count(*) from Invoice;") == [{"count": "1"}]


def test_query_gives_a_hundred_at_most(cloud):
    for number in range(101):
        cloud.state.add("Accounts", {"accountname": f"A{number}"})
    assert len(cloud.query("select id from Accounts limit 200;")) == 100
    assert len(cloud.query("select id from Accounts limit 100,100;")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "select id from Accounts order by modifiedtime, id;",
        "select id from Accounts where id in ('3x1');",
        "select productid from Invoice;",
        "select id from Invoice where quantity > 1;",
        "select * from LineItem;",
    ],
)
def test_query_of_which_nothing_is_known_is_not_modelled(cloud, text):
    assert cloud.get("query", query=text).status_code == 501


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("select id from Accounts", "QUERY_SYNTAX_ERROR"),
        ("select id from Accounts where (id = '3x1');", "QUERY_SYNTAX_ERROR"),
        ("select nothing from Accounts;", "ACCESS_DENIED"),
        ("select id from Nothing;", "ACCESS_DENIED"),
    ],
)
def test_query_that_is_wrong_is_refused(cloud, text, code):
    assert error(cloud.get("query", query=text))[1] == code


def sync(cloud, since, **params):
    asked = {"modifiedTime": str(since), "elementType": "Accounts", "syncType": "application", **params}
    return result(cloud.get("sync", **asked))


def test_sync_tells_changes_and_deletions_after_a_moment(cloud, clock):
    start = int(clock.time.timestamp())
    old = cloud.account("Old")
    clock.forward(1)
    kept, gone = cloud.account("Kept"), cloud.account("Gone")
    cloud.state.delete(gone)

    found = sync(cloud, start)
    assert [row["id"] for row in found["updated"]] == [kept]
    assert (found["deleted"], found["lastModifiedTime"], found["more"]) == ([gone], start + 1, False)
    assert old not in str(found)
    assert sync(cloud, start + 1) == {"updated": [], "deleted": [], "lastModifiedTime": start + 1, "more": False}


def test_sync_gives_all_of_the_second_in_which_it_stops(cloud, clock):
    start = int(clock.time.timestamp()) - 1
    for wave in (60, 60, 1):
        for number in range(wave):
            cloud.state.add("Accounts", {"accountname": f"{clock.time} {number}"})
        clock.forward(1)
    first = sync(cloud, start)
    assert (len(first["updated"]), first["more"]) == (120, True)
    second = sync(cloud, first["lastModifiedTime"])
    assert (len(second["updated"]), second["more"]) == (1, False)


def test_sync_of_invoices_has_no_lines(cloud):
    cloud.invoice(line(widget(cloud)))
    [row] = sync(cloud, 0, elementType="Invoice")["updated"]
    assert "lineItems" not in row
    assert "LineItems" not in row


def test_sync_of_everything_is_for_administrators(state):
    clerk = CloudCaller(state, auth=("limited", "sandbox-limited"))
    assert error(clerk.get("sync", modifiedTime="0", elementType="Accounts", syncType="application"))[2] == (
        "Only admin users can perform application sync"
    )
    state.add("Accounts", {"accountname": "Of another"})
    own = clerk.create("Accounts", accountname="Own", assigned_user_id="19x5")["id"]
    assert [row["id"] for row in sync(clerk, 0, syncType="user")["updated"]] == [own]
    assert clerk.get("sync", modifiedTime="0", elementType="Accounts", syncType="userandgroup").status_code == 501


def test_books_of_the_other_edition_are_turned_over_with_all_their_references(clock):
    state = VtigerState.sample_empty(clock=clock)
    account = state.add("Accounts", {"accountname": "A"})
    state.add("Contacts", {"lastname": "C", "account_id": account})
    product = state.add("Products", {"productname": "P", "unit_price": "10", "cf_861": "200 - Sales"})
    state.add_invoice_as_ui(
        {"subject": "11x2", "account_id": account}, [{"productid": product, "quantity": "1", "listprice": "10"}]
    )

    cloud = CloudCaller(state)

    [contact] = cloud.query("select * from Contacts;")
    [invoice] = cloud.query("select * from Invoice;")
    assert (account, contact["account_id"], invoice["account_id"]) == ("11x2", "3x2", "3x2")
    assert (contact["id"], invoice["id"], invoice["subject"]) == ("4x3", "16x5", "11x2")
    [only] = cloud.retrieve(invoice["id"])["LineItems"]
    assert (only["productid"], only["product_name"], only["parent_id"]) == ("6x4", "P", "16x5")
    assert cloud.retrieve("6x4")["xero_account"] == "200 - Sales"


def test_state_is_turned_over_once(state):
    make_cloud(state)
    before = state.snapshot()
    make_cloud(state)
    assert state.snapshot() == before


def test_state_of_the_cloud_is_not_served_as_the_other_edition(state):
    assert create_app(state, edition="cloud").state.vtiger is state
    with pytest.raises(ValueError, match="cannot serve"):
        create_app(state)
