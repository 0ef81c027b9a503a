"""Verbs, envelopes, the empty 500, and what is left for the journal."""

from __future__ import annotations

import pytest

from sandbox.vtiger.calling import ACCOUNT, error, result


def test_answers_are_json_without_charset_and_escaped_as_php_does(vtiger):
    answer = vtiger.post("create", elementType="Accounts", element={**ACCOUNT, "website": "https://kāinga.example"})

    assert answer.headers["content-type"] == "application/json"
    assert b"https:\\/\\/k\\u0101inga.example" in answer.content


@pytest.mark.parametrize("operation", ["sync", "retrieve_inventory", "nosuch", ""])
def test_operations_that_php_8_kills_answer_500_without_a_body(vtiger, operation):
    answer = vtiger.get(operation)

    assert (answer.status_code, answer.content) == (500, b"")


def test_logout_dies_and_leaves_the_session(vtiger):
    assert vtiger.post("logout").status_code == 500
    assert result(vtiger.get("listtypes"))


def test_a_query_by_post_misses_its_text(vtiger):
    answer = vtiger.post("query", query="select id from Accounts;")

    assert error(answer) == ("ACCESS_DENIED", "Permission to perform the operation is denied for query")


def test_a_create_by_get_misses_its_type(vtiger):
    answer = vtiger.get("create", elementType="Accounts", element="{}")

    assert error(answer) == ("ACCESS_DENIED", "Permission to perform the operation is denied")


def test_operation_and_session_may_stand_in_the_address_of_a_post(vtiger):
    answer = vtiger.send(
        "POST",
        params={"operation": "create", "sessionName": vtiger.session},
        data={"elementType": "Accounts", "element": '{"accountname": "A", "assigned_user_id": "19x1"}'},
    )

    assert result(answer)["accountname"] == "A"


def test_a_json_body_is_not_seen(vtiger):
    assert vtiger.send("POST", json={"operation": "listtypes"}).status_code == 500


def test_a_request_line_over_the_limit_is_refused_as_html(vtiger):
    answer = vtiger.get("query", query="select id from Accounts where accountname = '" + "x" * 9000 + "';")

    assert answer.status_code == 414
    assert answer.headers["content-type"].startswith("text/html")


def test_what_is_not_modelled_is_said_loudly(vtiger):
    answer = vtiger.get("describe", elementType="Quotes")

    assert (answer.status_code, answer.json()) == (501, {"error": "not modelled: module Quotes"})


def test_writes_leave_their_ids_for_the_journal(vtiger):
    created = vtiger.create("Accounts", **ACCOUNT)
    scope = vtiger.scopes[-1]

    assert scope["vtxero.created"] == [created["id"]]
    assert scope["vtxero.operation"] == "create Accounts"
    assert scope["vtxero.write"] is True


def test_reads_leave_only_their_name(vtiger):
    vtiger.query("select id from Accounts;")
    scope = vtiger.scopes[-1]

    assert scope["vtxero.operation"] == "query Accounts"
    assert "vtxero.write" not in scope
    assert "vtxero.created" not in scope
