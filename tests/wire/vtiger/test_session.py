"""The login's questions and answers, without a network."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from vtxero.errors import NotModelledError
from vtxero.vtiger.session import Session, log_in

CHALLENGE = {"token": "abc123", "serverTime": 1700000000, "expireTime": 1700000300}


def finish(answer: dict) -> Session:
    flow = log_in("ann", SecretStr("k3y"))
    next(flow)
    flow.send(CHALLENGE)
    with pytest.raises(StopIteration) as done:
        flow.send(answer)
    return done.value.value


def test_login_proves_the_key_by_the_md5_of_token_and_key():
    flow = log_in("ann", SecretStr("k3y"))
    assert next(flow).params == {"username": "ann"}
    request = flow.send(CHALLENGE)
    assert request.post
    assert request.params["accessKey"] == "9448ddcb6b052f3aef9d532df19291da"


def test_session_keeps_who_when_and_which_version():
    session = finish(
        {"sessionName": "s1", "userId": "19x5", "username": "ann", "is_admin": "on", "vtigerVersion": "8.2.0"}
    )
    assert (session.user_id, session.version, session.is_admin) == ("19x5", "8.2.0", True)
    assert session.server_time == 1700000000


def test_short_answer_of_an_old_version_makes_no_administrator():
    session = finish({"sessionName": "s1", "userId": "19x5", "version": "0.22", "vtigerVersion": "6.5.0"})
    assert (session.username, session.is_admin) == ("ann", False)


@pytest.mark.parametrize("challenge", [{}, {"token": ""}, {"token": None}])
def test_challenge_without_token_is_no_vtiger(challenge):
    flow = log_in("ann", SecretStr("k3y"))
    next(flow)
    with pytest.raises(NotModelledError, match="token"):
        flow.send(challenge)


def test_nothing_secret_is_shown():
    flow = log_in("ann", SecretStr("k3y"))
    next(flow)
    request = flow.send(CHALLENGE)
    session = finish({"sessionName": "s3ss10n", "userId": "19x5", "vtigerVersion": "8.2.0"})
    shown = repr(request) + repr(session) + str(session)
    assert request.params["accessKey"] not in shown
    assert "s3ss10n" not in shown
