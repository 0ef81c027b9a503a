"""One address, envelopes with status 200, sessions, and requests that kill PHP."""

from __future__ import annotations

import pytest

from contract.vtiger.calling import FAULTY, crashed, opened, refusal


def test_success_and_failure_both_come_as_status_200_in_a_json_envelope(vtiger):
    good, bad = vtiger.get("listtypes"), vtiger.get("describe", elementType="Nosuch")
    assert [each.status_code for each in (good, bad)] == [200, 200]
    assert [each.headers["content-type"] for each in (good, bad)] == ["application/json"] * 2
    assert list(good.json()) == ["success", "result"]
    assert list(bad.json()["error"]) == ["message", "code"]


def test_text_outside_ascii_and_slashes_are_escaped_on_the_wire_until_one_version(vtiger, books):
    made = books.account(website="https://kiwi.example/\u0101")
    raw = vtiger.get("retrieve", id=made["id"]).content.decode()
    plain, escaped = "https://kiwi.example/\u0101", "https:\\/\\/kiwi.example\\/\\u0101"
    assert (plain if vtiger.version == FAULTY else escaped) in raw


@pytest.mark.parametrize("operation", ["nosuch", "sync", "retrieve_inventory"])
def test_operation_that_kills_php_answers_500_without_a_body(vtiger, operation):
    params = {"modifiedTime": "0", "elementType": "Accounts", "id": f"{vtiger.prefix('Invoice')}x1"}
    assert crashed(vtiger.get(operation, **params))


def test_logout_dies_and_the_session_lives(vtiger):
    session = opened(vtiger.login(vtiger.challenge()))["sessionName"]
    assert crashed(vtiger.send("POST", data={"operation": "logout", "sessionName": session}))
    types = vtiger.send("GET", params={"operation": "listtypes", "sessionName": session})
    assert "Accounts" in opened(types)["types"]


def test_json_body_is_not_seen(vtiger):
    assert crashed(vtiger.send("POST", json={"operation": "listtypes", "sessionName": vtiger.session}))


def test_reader_looks_at_the_address_only(vtiger):
    code, message = refusal(vtiger.post("query", query="select id from Accounts;"))
    assert (code, message) == ("ACCESS_DENIED", "Permission to perform the operation is denied for query")
    assert refusal(vtiger.send("POST", data={"operation": "getchallenge", "username": vtiger.user})) == (
        "ACCESS_DENIED",
        "No username given",
    )


def test_writer_looks_at_the_body_only(vtiger):
    found = refusal(vtiger.get("create", elementType="Accounts", element="{}"))
    assert found == ("ACCESS_DENIED", "Permission to perform the operation is denied")


def test_operation_and_session_of_a_writer_may_stand_in_the_address(vtiger, books):
    params = {"operation": "create", "sessionName": vtiger.session}
    data = {"elementType": "Contacts", "element": f'{{"lastname":"{books.name()}","assigned_user_id":"{books.me}"}}'}
    books.keep(opened(vtiger.send("POST", params=params, data=data)))


# -- login -----------------------------------------------------------------------------------------------------


def test_challenge_lives_for_five_minutes(vtiger):
    answer = opened(vtiger.send("GET", params={"operation": "getchallenge", "username": vtiger.user}))
    assert set(answer) == {"token", "serverTime", "expireTime"}
    assert answer["expireTime"] - answer["serverTime"] == 300
    assert len(answer["token"]) == 13


def test_login_tells_session_user_and_version(vtiger):
    answer = opened(vtiger.login(vtiger.challenge()))
    assert {"sessionName", "userId", "version", "vtigerVersion", "username"} <= set(answer)
    assert answer["userId"].startswith(f"{vtiger.prefix('Users')}x")
    assert answer["is_admin"] == "on"


def test_second_challenge_voids_the_first(vtiger):
    first = vtiger.challenge()
    vtiger.challenge()
    assert refusal(vtiger.login(first)) == ("INVALID_USER_CREDENTIALS", "Invalid username or password")


def test_token_serves_again_after_a_failed_login(vtiger):
    token = vtiger.challenge()
    assert refusal(vtiger.login(token, "wrong")) == ("INVALID_USER_CREDENTIALS", "Invalid username or password")
    sessions = {opened(vtiger.login(token))["sessionName"] for _ in range(2)}
    assert len(sessions) == 2


def test_unknown_user_has_no_challenge_and_no_token(vtiger):
    def ask(**params):
        return refusal(vtiger.send("GET", params={"operation": "getchallenge", **params}))

    assert ask(username="nobody-at-all") == ("ACCESS_DENIED", "username does not exists")
    assert ask() == ("ACCESS_DENIED", "No username given")
    data = {"operation": "login", "username": "nobody-at-all", "accessKey": "0"}
    found = refusal(vtiger.send("POST", data=data))
    assert found == ("INVALID_AUTH_TOKEN", "Specified token is invalid or expired")


@pytest.mark.parametrize(
    ("session", "wanted"),
    [
        ("", ("AUTHENTICATION_REQUIRED", "Authencation required")),
        ("0123456789abcdef", ("INVALID_SESSIONID", "Session Identifier provided is Invalid")),
    ],
)
def test_missing_or_unknown_session_is_refused_for_reads_and_writes(vtiger, session, wanted):
    params = {"operation": "listtypes"} | ({"sessionName": session} if session else {})
    assert refusal(vtiger.send("GET", params=params)) == wanted
    data = {"operation": "create", "elementType": "Accounts", "element": "{}"}
    assert refusal(vtiger.send("POST", data=data | ({"sessionName": session} if session else {}))) == wanted


def test_extendsession_shows_the_same_session_when_it_is_posted(vtiger):
    answer = opened(vtiger.post("extendsession"))
    assert (answer["sessionName"], answer["vtigerVersion"]) == (vtiger.session, vtiger.version)
    assert refusal(vtiger.get("extendsession"))[0] == "AUTHENTICATION_REQUIRED"
