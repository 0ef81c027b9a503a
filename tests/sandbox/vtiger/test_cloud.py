"""The cloud edition's stand-in: addresses, login, refusals, limits, and the shapes of its answers."""

from __future__ import annotations

import pytest

from sandbox.vtiger.calling import result
from sandbox.vtiger.cloud_calling import CloudCaller, error, line, widget
from vtxero.sandbox.vtiger.cloud import BASE, create_cloud_app
from vtxero.sandbox.vtiger.cloud_limits import FloodControl

DENIED = "Permission to perform the operation is denied"


@pytest.mark.parametrize("auth", [None, ("admin", "wrong"), ("nobody", "sandbox-key"), ("", "")])
def test_login_without_the_right_key_is_401(state, auth):
    answer = CloudCaller(state, auth=auth).get("me")
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("header", ["Bearer x", "Basic", "Basic ###", "Basic /w=="])
def test_login_in_another_scheme_or_unreadable_is_401(state, header):
    caller = CloudCaller(state, auth=None)
    assert caller.send("GET", f"{BASE}/me", headers={"Authorization": header}).status_code == 401


def test_answer_is_an_envelope_of_the_clouds_type(cloud):
    answer = cloud.get("me")
    assert answer.headers["content-type"].startswith("text/json")
    assert list(answer.json()) == ["success", "result"]


def test_address_that_is_none_is_404(cloud):
    assert cloud.get("nothing").status_code == 404
    assert cloud.send("GET", "/restapi/v1/vtiger").status_code == 404


@pytest.mark.parametrize(("method", "operation"), [("GET", "create"), ("GET", "delete"), ("POST", "query")])
def test_wrong_verb_is_405(cloud, method, operation):
    assert (
        cloud.send(method, f"{BASE}/{operation}", data={"id": "3x1"} if method == "POST" else None).status_code == 405
    )


@pytest.mark.parametrize(
    "operation",
    ["relatedtypes", "retrieve_related", "query_related", "lookup", "files_retrieve", "get_account_hierarchy"],
)
def test_operation_that_is_not_modelled_says_so(cloud, operation):
    answer = cloud.get(operation, id="3x1")
    assert answer.status_code == 501
    assert "not modelled" in answer.json()["error"]


def test_json_body_and_webservice_are_not_modelled(cloud):
    assert cloud.send("POST", f"{BASE}/create", json={"elementType": "Accounts"}).status_code == 501
    assert cloud.send("GET", "/webservice.php").status_code == 501


def test_refusal_is_400_with_the_words_in_the_reason_phrase_and_in_the_body(cloud):
    assert error(cloud.get("retrieve", id="3x999")) == (400, "ACCESS_DENIED", DENIED)
    assert cloud.reasons == [DENIED]


def test_refusal_is_200_with_the_words_in_the_body_alone_when_told_so(state):
    cloud = CloudCaller(state, failures="body")
    assert error(cloud.get("retrieve", id="3x999")) == (200, "ACCESS_DENIED", DENIED)
    assert cloud.reasons == []


def test_way_to_refuse_that_does_not_exist_is_said(state):
    with pytest.raises(ValueError, match="neither"):
        create_cloud_app(state, failures="neither")


@pytest.mark.parametrize("element", ["", "no json", "[]", "3"])
def test_element_that_is_no_object_is_refused(cloud, element):
    assert error(cloud.send("POST", f"{BASE}/create", data={"elementType": "Accounts", "element": element}))[0] == 400


def test_missing_fields_lines_and_unknown_modules_are_refused(cloud):
    assert error(cloud.post("create", elementType="Accounts", element={"accountname": "A"}))[1:] == (
        "MANDATORY_FIELDS_MISSING", "assigned_user_id does not have a value",
    )  # fmt: skip
    assert error(cloud.get("describe", elementType="Nosuch"))[1:] == (
        "ACCESS_DENIED", f"{DENIED} for name : Nosuch",
    )  # fmt: skip
    fields = {"subject": "S", "account_id": cloud.account(), "assigned_user_id": "19x1", "productid": "6x1"}
    answer = cloud.post("create", elementType="Invoice", element=fields | {"bill_street": "1", "ship_street": "1"})
    assert error(answer)[1:] == ("MANDATORY_FIELDS_MISSING", "Mandatory Fields Missing..")


def test_value_that_no_picklist_has_is_not_modelled(cloud):
    element = {"accountname": "A", "assigned_user_id": "19x1", "industry": "Not In List"}
    assert cloud.post("create", elementType="Accounts", element=element).status_code == 501


class Time:
    """A clock in seconds that the test moves."""

    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now


def left(answer):
    return answer.headers["X-FloodControl-Remaining"], answer.headers["X-RateLimit-Remaining"]


def test_every_answer_tells_what_is_left_until_there_is_429(state):
    time = Time()
    cloud = CloudCaller(state, limits=FloodControl(minute_limit=2, day_limit=3, clock=time))

    first, refusal = cloud.get("me"), cloud.get("retrieve", id="3x9")
    assert (left(first), left(refusal)) == (("1", "2"), ("0", "1"))
    assert first.headers["X-FloodControl-Reset"] == "1800000060"
    over = cloud.get("me")
    assert (over.status_code, over.content, left(over)) == (429, b"", ("0", "1"))

    time.now += 60
    assert left(cloud.get("me")) == ("1", "0")
    time.now += 60
    assert cloud.get("me").status_code == 429

    time.now += 86_400
    assert cloud.get("me").status_code == 200


def test_limits_that_are_off_let_everything_through(state):
    cloud = CloudCaller(state, limits=FloodControl(counts=False, minute_limit=1))
    assert [cloud.get("me").status_code for _ in range(3)] == [200, 200, 200]


def test_wrong_key_costs_no_call(state):
    limits = FloodControl(minute_limit=1)
    CloudCaller(state, auth=None, limits=limits).get("me")
    assert CloudCaller(state, limits=limits).get("me").status_code == 200


def test_me_is_the_user_with_the_currency_and_without_the_key(cloud):
    found = result(cloud.get("me"))
    assert (found["id"], found["user_name"], found["is_admin"], found["currency_id"]) == ("19x1", "admin", "on", "21x1")
    assert (found["currency_code"], found["currency_symbol"]) == ("NZD", "&#36;")
    assert "accesskey" not in found


def test_describe_has_the_clouds_prefixes_and_keys(cloud):
    found = {name: result(cloud.get("describe", elementType=name)) for name in ("Accounts", "Services", "Invoice")}
    assert [each["idPrefix"] for each in found.values()] == ["3", "25", "16"]
    assert {"inactivefields", "closedStatesInfo", "tools"} <= set(found["Accounts"])
    fields = {each["name"]: each for each in found["Invoice"]["fields"]}
    assert fields["xero_account"]["label"] == "Xero Sales Account"
    assert "Partially Paid" in [each["value"] for each in fields["invoicestatus"]["type"]["picklistValues"]]
    assert not [name for name in fields if "shipping" in name]


def test_types_are_listed_with_the_plain_tables(cloud):
    found = result(cloud.get("listtypes", fieldTypeList="null"))
    assert {"Accounts", "Invoice", "Tax", "Currency", "LineItem"} <= set(found["types"])
    assert cloud.get("listtypes", **{"fieldTypeList[]": "email"}).status_code == 501


def test_taxes_hold_lists_where_the_other_edition_holds_json(cloud):
    cloud.create("Tax", taxlabel="GST", percentage="15")
    cloud.create("Tax", taxlabel="Top", percentage="2", formula="tax4")
    assert [row["compoundon"] for row in cloud.query("select * from Tax;")] == [[], [], [], [], ["4"]]


def test_all_scalars_are_texts(cloud):
    product = widget(cloud)
    invoice = cloud.invoice(line(product))
    for row in (cloud.retrieve(product), cloud.retrieve(invoice["id"]), invoice, *invoice["LineItems"]):
        odd = {name for name, value in row.items() if not isinstance(value, (str, list))}
        assert odd <= {"record_currency_symbol"}
    assert (invoice["conversion_rate"], invoice["record_currency_symbol"]) == ("1.00000", None)


def test_revise_keeps_what_is_not_sent(cloud):
    product = widget(cloud)
    result(cloud.post("revise", element={"id": product, "productname": "Better"}))
    row = cloud.retrieve(product)
    assert (row["productname"], row["tax1"], row["currency1"], row["unit_price"]) == (
        "Better", "4.50000", "10.00000000", "10.00000000",
    )  # fmt: skip

    invoice = cloud.invoice(line(product), conversion_rate="0.6", description="a & b")["id"]
    result(cloud.post("revise", element={"id": invoice, "duedate": "2026-12-01"}))
    row = cloud.retrieve(invoice)
    assert (row["duedate"], row["conversion_rate"], row["description"]) == ("2026-12-01", "0.60000", "a & b")
    assert len(row["LineItems"]) == 1


def test_update_needs_the_mandatory_fields_and_replaces_lines(cloud):
    product = widget(cloud)
    invoice = cloud.invoice(line(product), line(product, "2"), hdnTaxType="individual")
    assert error(cloud.post("update", element={"id": invoice["id"], "subject": "S"}))[1] == "MANDATORY_FIELDS_MISSING"

    names = ("id", "subject", "account_id", "assigned_user_id", "bill_street", "ship_street", "hdnTaxType")
    kept = {name: invoice[name] for name in names} | {"productid": product, "currency_id": "21x1"}
    result(cloud.post("update", element=kept | {"LineItems": [line(product, "3", xero_account="260")]}))
    [only] = cloud.retrieve(invoice["id"])["LineItems"]
    assert (only["quantity"], only["xero_account"]) == ("3.000", "260")
    assert cloud.retrieve(invoice["id"])["hdnGrandTotal"] == "31.35000000"


def test_what_is_not_known_of_writing_is_not_modelled(cloud):
    product = widget(cloud)
    invoice = cloud.invoice(line(product))["id"]
    charged = {"id": invoice, "shipping_&_handling": "25"}
    assert cloud.post("revise", element=charged).status_code == 501
    assert cloud.post("revise", element={"id": invoice, "LineItems": [line(product)]}).status_code == 501
    assert cloud.post("revise", element={"id": "34x1", "taxlabel": "Other"}).status_code == 501
    assert cloud.post("create", elementType="Currency", element={"currency_name": "X"}).status_code == 501
    assert cloud.post("delete", id="34x1").status_code == 501


def test_rate_of_a_tax_can_be_changed(cloud):
    assert result(cloud.post("revise", element={"id": "34x1", "percentage": "3"}))["percentage"] == "3.000"
    assert {row["taxname"]: row["percentage"] for row in cloud.query("select * from Tax;")}["tax1"] == "3.000"


def test_delete_puts_a_record_away(cloud):
    account = cloud.account()
    assert result(cloud.post("delete", id=account)) == {"status": "successful"}
    assert error(cloud.get("retrieve", id=account))[1] == "ACCESS_DENIED"


def test_group_taxes_count_once_on_the_subtotal(cloud):
    product = widget(cloud)
    row = cloud.invoice(line(product, "1", "50"), hdnTaxType="group")
    assert (row["hdnSubTotal"], row["hdnGrandTotal"]) == ("50.00000000", "52.25000000")
    assert row["LineItems"][0]["netprice"] == "50.00000000"
    assert (row["LineItems"][0]["tax1"], row["LineItems"][0]["tax2"]) == ("4.50000", "")


def test_requests_are_named_for_the_journal(cloud):
    account = cloud.create("Accounts", accountname="A", assigned_user_id="19x1")["id"]
    scope = cloud.scope
    assert (scope["vtxero.operation"], scope["vtxero.write"]) == ("create Accounts", True)
    assert scope["vtxero.created"] == [account]
