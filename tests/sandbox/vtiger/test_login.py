"""Logging in and the life of a session."""

from __future__ import annotations

import pytest

from sandbox.vtiger.calling import Caller, error, result


def test_challenge_gives_a_token_for_five_minutes(vtiger):
    challenge = result(vtiger.send("GET", params={"operation": "getchallenge", "username": "admin"}))

    assert len(challenge["token"]) == 13
    assert challenge["expireTime"] - challenge["serverTime"] == 300


@pytest.mark.parametrize(
    ("params", "message"),
    [({}, "No username given"), ({"username": "nobody"}, "username does not exists")],
)
def test_challenge_refuses_no_and_unknown_users(vtiger, params, message):
    answer = vtiger.send("GET", params={"operation": "getchallenge", **params})

    assert error(answer) == ("ACCESS_DENIED", message)


def test_challenge_by_post_finds_no_username(vtiger):
    answer = vtiger.send("POST", data={"operation": "getchallenge", "username": "admin"})

    assert error(answer) == ("ACCESS_DENIED", "No username given")


def test_login_tells_who_and_which_version(vtiger):
    answer = vtiger.login_with(vtiger.challenge())["result"]

    assert answer["userId"] == "19x1"
    assert answer["is_admin"] == "on"
    assert answer["vtigerVersion"] == "8.2.0"
    assert answer["version"] == "0.22"


def test_a_token_serves_several_logins_even_after_a_failed_one(vtiger):
    token = vtiger.challenge()

    assert vtiger.login_with(token, key="wrong")["error"]["code"] == "INVALID_USER_CREDENTIALS"
    assert vtiger.login_with(token)["success"]
    assert vtiger.login_with(token)["success"]


def test_a_second_challenge_kills_the_first(vtiger):
    token = vtiger.challenge()
    vtiger.challenge()

    assert vtiger.login_with(token)["error"] == {
        "message": "Invalid username or password",
        "code": "INVALID_USER_CREDENTIALS",
    }


def test_a_token_dies_after_five_minutes(vtiger, clock):
    token = vtiger.challenge()
    clock.forward(301)

    assert vtiger.login_with(token)["error"]["code"] == "INVALID_AUTH_TOKEN"


def test_without_a_session_authentication_is_required(state):
    answer = Caller(state).get("listtypes")

    assert error(answer) == ("AUTHENTICATION_REQUIRED", "Authencation required")


def test_an_expired_session_is_called_invalid(vtiger, state):
    state.expire_sessions()

    assert error(vtiger.get("listtypes")) == ("INVALID_SESSIONID", "Session Identifier provided is Invalid")


def test_extendsession_reads_the_body_only(vtiger):
    assert result(vtiger.post("extendsession"))["sessionName"] == vtiger.session
    assert error(vtiger.get("extendsession"))[0] == "AUTHENTICATION_REQUIRED"


def test_the_limited_user_neither_sees_users_nor_writes_taxes(state):
    limited = Caller(state).login("limited", "sandbox-limited")

    assert "Users" not in result(limited.get("listtypes"))["types"]
    assert error(limited.get("describe", elementType="Users"))[0] == "ACCESS_DENIED"
    denied = limited.post("create", elementType="Tax", element={"taxlabel": "X", "percentage": "1"})
    assert error(denied) == ("ACCESS_DENIED", "Permission to write is denied")
