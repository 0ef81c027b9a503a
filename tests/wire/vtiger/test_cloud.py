"""How the client takes the cloud edition's answers: its two ways to refuse, its limits, and finding it."""

from __future__ import annotations

import base64
import json
import logging
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import respx
from pydantic import SecretStr

from vtxero.errors import (
    AuthError,
    BudgetError,
    ConfigError,
    NotModelledError,
    RefusedError,
    ReplyLostError,
    TemporaryError,
)
from vtxero.vtiger.access import Edition, VtigerAccess
from vtxero.vtiger.client import VtigerClient

HOST = "https://acme.od2.vtiger.com"
BASE = f"{HOST}/restapi/v1/vtiger/default"
DATE = {"date": "Sun, 22 Nov 2026 12:00:00 GMT"}
NOON = 1795348800
ME = {"id": "19x5", "user_name": "ann@example.com", "is_admin": "on", "currency_id": "21x1", "accesskey": "k3y"}
ACCOUNT = {"id": "3x2", "accountname": "Kiwi"}
PAGE = "<html><head><title>Welcome to Acme</title></head></html>"


def fine(result: Any, **headers: str) -> httpx.Response:
    text = json.dumps({"success": True, "result": result})
    return httpx.Response(200, text=text, headers={"content-type": "text/json", **DATE, **headers})


def in_body(code: str, message: str, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json={"success": False, "error": {"code": code, "message": message}})


def in_reason(message: str, status: int = 400, **parts: Any) -> httpx.Response:
    return httpx.Response(status, extensions={"reason_phrase": message.encode()}, **parts)


class Server:
    """Answers by operation: a list of answers each, the last one for ever."""

    def __init__(self, answers: dict[str, list[Any]]) -> None:
        self.answers = {"me": [fine(ME)], **answers}
        self.asked: list[str] = []
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        operation = request.url.path.rpartition("/")[2]
        self.asked.append(operation)
        self.requests.append(request)
        line = self.answers[operation]
        answer = line.pop(0) if len(line) > 1 else line[0]
        if isinstance(answer, httpx.Response):
            return answer
        raise answer("gone")


@pytest.fixture
def sleeps() -> list[float]:
    return []


@pytest.fixture
def connect(sleeps):
    with respx.mock(assert_all_called=False) as mock:

        def make(
            url: str = HOST, edition: Edition = Edition.CLOUD, **answers: list[Any]
        ) -> tuple[VtigerClient, Server]:
            server = Server(answers)
            mock.route().mock(side_effect=server)
            access = VtigerAccess(url, "ann@example.com", SecretStr("k3y:ž"), edition=edition)
            return VtigerClient(access, sleep=sleeps.append), server

        yield make


# -- the way there ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["acme.od2.vtiger.com", HOST, f"{HOST}/", BASE, f"{HOST}/index.php"])
def test_host_url_or_endpoint_lead_to_the_same_place(connect, url):
    client, server = connect(url, Edition.AUTO, retrieve=[fine(ACCOUNT)])
    assert client.retrieve("3x2") == ACCOUNT
    assert [str(each.url).partition("?")[0] for each in server.requests] == [f"{BASE}/me", f"{BASE}/retrieve"]
    assert (client.address.base, client.edition, client.calls) == (HOST, Edition.CLOUD, 2)


def test_every_request_carries_login_name_and_key(connect):
    client, server = connect(query=[fine([])])
    client.query("select id from Accounts;")
    wanted = "Basic " + base64.b64encode("ann@example.com:k3y:ž".encode()).decode()
    assert {each.headers["authorization"] for each in server.requests} == {wanted}


def test_readers_are_asked_in_the_address_and_writers_by_a_form(connect):
    client, server = connect(query=[fine([])], create=[fine(ACCOUNT)])
    client.query("select id from Accounts;")
    client.create("Accounts", {"accountname": 'A "b" ž'})
    read, write = server.requests[1:]
    assert (read.method, read.url.params["query"]) == ("GET", "select id from Accounts;")
    form = parse_qs(write.content.decode())
    assert (write.method, form["elementType"]) == ("POST", ["Accounts"])
    assert json.loads(form["element"][0]) == {"accountname": 'A "b" ž'}


def test_login_is_the_question_who_one_is(connect):
    client, server = connect(me=[fine(ME, **{"x-vtiger-version": "8.3.0"})])
    session = client.session
    assert (session.user_id, session.username, session.is_admin) == ("19x5", "ann@example.com", True)
    assert session.version == "cloud 8.3.0"
    assert "accesskey" not in session.user
    assert client.server_now() == pytest.approx(NOON, abs=60)
    assert server.asked == ["me"]


def test_answer_without_a_date_gives_a_clock_that_proves_nothing(connect):
    client, _ = connect(me=[httpx.Response(200, json={"success": True, "result": ME})])
    assert client.server_now() != client.server_now()


def test_me_without_an_id_is_not_taken_for_a_login(connect):
    client, _ = connect(me=[fine({"user_name": "ann"})])
    with pytest.raises(NotModelledError, match="user's id"):
        client.list_types()


def test_entities_in_texts_are_decoded_everywhere(connect):
    row = {"id": "16x1", "subject": "Tom &amp; Co", "lineItems": {"1": {"comment": "&lt;b&gt; &#8364;"}}, "n": None}
    client, _ = connect(query=[fine([row])])
    [found] = client.query("select * from Invoice;")
    assert (found["subject"], found["lineItems"]["1"]["comment"]) == ("Tom & Co", "<b> €")


# -- refusals --------------------------------------------------------------------------------------------------

DENIED = "Permission to perform the operation is denied"


def refusals(code: str, message: str) -> list[httpx.Response]:
    return [
        in_body(code, message),
        in_body(code, message, 400),
        in_reason(message),
        in_reason(message, 403, text=PAGE),
        httpx.Response(400, json={"error": {"message": message}}),
    ]


@pytest.mark.parametrize("answer", refusals("MANDATORY_FIELDS_MISSING", "Mandatory Fields Missing.."))
def test_write_refused_in_body_or_reason_phrase_is_refused_in_those_words(connect, answer):
    client, server = connect(create=[answer])
    with pytest.raises(RefusedError) as caught:
        client.create("Invoice", {"subject": "S"})
    assert caught.value.messages == ("Mandatory Fields Missing..",)
    assert "defaults" in caught.value.remedy
    assert server.asked.count("create") == 1


@pytest.mark.parametrize(
    "answer",
    [*refusals("ACCESS_DENIED", DENIED), *refusals("RECORD_NOT_FOUND", "Record not found")],
)
def test_record_that_is_not_there_is_none_however_it_is_told(connect, answer):
    client, _ = connect(retrieve=[answer])
    assert client.find("3x2") is None


@pytest.mark.parametrize("answer", refusals("ACCESS_DENIED", f"{DENIED} for name : Payments"))
def test_module_that_is_missing_is_named_however_it_is_told(connect, answer):
    client, _ = connect(describe=[answer])
    with pytest.raises(AuthError, match="module Payments"):
        client.describe("Payments")


def test_duplicate_told_by_the_reason_phrase_has_its_remedy(connect):
    client, _ = connect(create=[in_reason("Duplicate(s) detected!")])
    with pytest.raises(RefusedError) as caught:
        client.create("Accounts", {"accountname": "Kiwi"})
    assert "unique" in caught.value.remedy


def test_reason_phrase_that_says_nothing_is_no_words_of_vtigers(connect):
    client, _ = connect(query=[httpx.Response(400)], create=[httpx.Response(400)])
    with pytest.raises(NotModelledError, match="HTTP 400 Bad Request"):
        client.query("select id from Accounts;")
    with pytest.raises(RefusedError):
        client.create("Accounts", {"accountname": "Kiwi"})


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(401),
        httpx.Response(401, html=PAGE),
        in_reason("Invalid username or access key", 401),
        in_body("AUTHENTICATION_REQUIRED", "Authencation required"),
        in_body("INVALID_USER_CREDENTIALS", "Invalid username or password", 400),
    ],
)
def test_wrong_key_names_user_and_address_and_is_tried_once(connect, answer):
    client, server = connect(me=[answer])
    with pytest.raises(AuthError) as caught:
        client.list_types()
    assert "'ann@example.com'" in caught.value.message
    assert BASE in caught.value.message
    assert "access key" in caught.value.remedy
    assert "k3y" not in str(caught.value)
    assert server.asked == ["me"]


def test_api_that_is_not_part_of_the_edition_is_an_auth_error(connect):
    client, _ = connect(me=[httpx.Response(403)])
    with pytest.raises(AuthError, match="HTTP 403") as caught:
        client.list_types()
    assert "edition" in caught.value.remedy


# -- the server's troubles -------------------------------------------------------------------------------------


def test_web_page_in_the_place_of_json_says_what_to_check(connect):
    client, _ = connect(me=[httpx.Response(200, html=PAGE)])
    with pytest.raises(ConfigError, match="Welcome to Acme") as caught:
        client.list_types()
    assert "vtiger.url" in caught.value.remedy


def test_page_not_found_is_a_wrong_address(connect):
    client, _ = connect(me=[httpx.Response(404, html=PAGE)])
    with pytest.raises(ConfigError, match="HTTP 404") as caught:
        client.list_types()
    assert "od2" in caught.value.remedy


def test_redirect_is_not_followed_with_the_key(connect):
    client, server = connect(me=[httpx.Response(302, headers={"location": "https://login.example.net/?x=secret"})])
    with pytest.raises(ConfigError, match=r"redirects to https://login\.example\.net"):
        client.list_types()
    assert server.asked == ["me"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        in_body("ACCESS_DENIED", DENIED, 500),
        httpx.Response(200, html=PAGE),
        in_reason("Unknown Error while processing request"),
        in_body("DATABASE_QUERY_ERROR", "Database error", 400),
        httpx.ReadTimeout,
    ],
)
def test_write_whose_fate_is_unknown_is_never_sent_again(connect, sleeps, answer):
    client, server = connect(create=[answer])
    with pytest.raises(ReplyLostError, match="may have been carried out"):
        client.create("Invoice", {"subject": "S"})
    assert server.asked.count("create") == 1
    assert sleeps == []


@pytest.mark.parametrize("answer", [httpx.Response(503), in_reason("Unknown Error while processing request")])
def test_read_that_breaks_off_is_tried_again(connect, sleeps, answer):
    client, _ = connect(query=[answer, fine([ACCOUNT])])
    assert client.query("select id from Accounts;") == [ACCOUNT]
    assert sleeps == [1.0]


# -- limits ----------------------------------------------------------------------------------------------------


def limited(minute: int = 20, day: int = 400, reset: int = NOON + 20, **headers: str) -> dict[str, str]:
    return {
        "x-floodcontrol-remaining": str(minute), "x-floodcontrol-reset": str(reset),
        "x-ratelimit-remaining": str(day), **DATE, **headers,
    }  # fmt: skip


def refused(**headers: Any) -> httpx.Response:
    return httpx.Response(429, headers=limited(**headers))


def test_minute_that_is_used_up_is_waited_for_before_the_next_call(connect, sleeps):
    client, server = connect(query=[fine([], **limited(minute=0)), fine([], **limited())])
    for _ in range(3):
        client.query("select id from Accounts;")
    assert sleeps == [pytest.approx(20.0, abs=1)]
    assert server.asked == ["me", "query", "query", "query"]


def test_call_too_many_is_waited_out_for_writes_too(connect, sleeps):
    client, _ = connect(create=[refused(minute=0), fine(ACCOUNT)])
    assert client.create("Accounts", {"accountname": "Kiwi"}) == ACCOUNT
    assert sleeps == [20.0]


@pytest.mark.parametrize("reset", [15349121212, 0])
def test_reset_that_makes_no_sense_is_taken_for_a_minute_at_most(connect, sleeps, reset):
    client, _ = connect(query=[refused(minute=0, reset=reset), fine([])])
    client.query("select id from Accounts;")
    assert len(sleeps) == 1
    assert 1 <= sleeps[0] <= 60


def test_day_that_is_used_up_ends_the_run_before_the_next_call(connect, sleeps):
    client, server = connect(query=[fine([], **limited(day=0))])
    client.query("select id from Accounts;")
    with pytest.raises(BudgetError, match="in a day") as caught:
        client.query("select id from Accounts;")
    assert caught.value.exit_code == 7
    assert server.asked == ["me", "query"]
    assert sleeps == []


def test_day_that_begins_anew_in_a_moment_is_waited_for(connect, sleeps):
    client, _ = connect(query=[refused(day=0, minute=0, **{"x-ratelimit-reset": str(NOON + 30)}), fine([])])
    client.query("select id from Accounts;")
    assert sleeps == [30.0]


@pytest.mark.parametrize("answer", [refused(day=0), refused(**{"retry-after": "3600"})])
def test_long_limit_ends_the_run(connect, answer):
    client, _ = connect(create=[answer])
    with pytest.raises(BudgetError):
        client.create("Accounts", {"accountname": "Kiwi"})


def test_burst_that_is_refused_is_tried_again_and_the_calls_spaced_out(connect, sleeps):
    client, _ = connect(query=[refused(), fine([], **limited())])
    client.query("select id from Accounts;")
    client.query("select id from Accounts;")
    assert sleeps[0] == 2.0
    assert sleeps[1:] == [pytest.approx(0.35, abs=0.2)]


def test_limit_that_never_says_how_long_ends_the_run_in_the_end(connect, sleeps):
    client, server = connect(query=[httpx.Response(429)])
    with pytest.raises(BudgetError, match="429"):
        client.query("select id from Accounts;")
    assert sleeps == [2.0, 8.0, 30.0]
    assert server.asked.count("query") == 4


# -- finding out which edition ---------------------------------------------------------------------------------

OWN = "https://crm.example.com"
CHALLENGE = {"token": "t0k3n", "serverTime": NOON, "expireTime": NOON + 300}
LOGIN = {"sessionName": "s3ss10n", "userId": "19x1", "username": "ann", "is_admin": "on", "vtigerVersion": "8.2.0"}


def test_self_hosted_vtiger_is_found_at_no_cost(connect):
    client, server = connect(OWN, Edition.AUTO, **{"webservice.php": [fine(CHALLENGE), fine(LOGIN), fine(ACCOUNT)]})
    assert client.retrieve("11x2") == ACCOUNT
    assert (client.edition, server.asked) == (Edition.OPEN_SOURCE, ["webservice.php"] * 3)


@pytest.mark.parametrize("answer", [httpx.Response(404), httpx.Response(200, html=PAGE), httpx.Response(302)])
def test_cloud_under_an_address_of_its_own_is_found_when_no_webservice_answers(connect, answer):
    client, server = connect(OWN, Edition.AUTO, retrieve=[fine(ACCOUNT)], **{"webservice.php": [answer]})
    assert client.edition is Edition.CLOUD
    assert client.retrieve("3x2") == ACCOUNT
    assert server.asked == ["webservice.php", "me", "retrieve"]


def test_neither_edition_is_said_clearly(connect):
    gone = httpx.Response(404, html=PAGE)
    client, _ = connect(OWN, Edition.AUTO, me=[gone], **{"webservice.php": [gone]})
    with pytest.raises(ConfigError, match="neither the open-source edition nor the cloud's") as caught:
        client.list_types()
    assert f"{OWN}/webservice.php" in caught.value.message
    assert caught.value.message.count("HTTP 404") == 1
    assert "vtiger.edition" in caught.value.remedy


def test_server_that_is_down_is_not_asked_for_another_edition(connect):
    client, server = connect(OWN, Edition.AUTO, **{"webservice.php": [httpx.ConnectError]})
    with pytest.raises(TemporaryError):
        client.list_types()
    assert set(server.asked) == {"webservice.php"}


def test_wrong_key_of_a_self_hosted_vtiger_is_not_taken_for_another_edition(connect):
    wrong = in_body("INVALID_USER_CREDENTIALS", "Invalid username or password")
    client, server = connect(OWN, Edition.AUTO, **{"webservice.php": [fine(CHALLENGE), wrong, fine(CHALLENGE), wrong]})
    with pytest.raises(AuthError):
        client.list_types()
    assert set(server.asked) == {"webservice.php"}


def test_edition_that_is_set_is_never_guessed(connect):
    client, server = connect(HOST, Edition.OPEN_SOURCE, **{"webservice.php": [httpx.Response(404)]})
    with pytest.raises(ConfigError, match=r"webservice\.php"):
        client.list_types()
    assert server.asked == ["webservice.php"]


# -- secrets ---------------------------------------------------------------------------------------------------


def test_no_log_holds_the_key(connect, caplog):
    caplog.set_level(logging.DEBUG)
    client, server = connect(query=[fine([])])
    client.query("select id from Accounts;")
    encoded = server.requests[0].headers["authorization"].partition(" ")[2]
    shown = caplog.text + repr(client) + repr(client.session)
    assert "k3y" not in shown
    assert encoded not in shown
