"""How the client takes the cloud edition's answers: its two ways to refuse, and finding it."""

from __future__ import annotations

import base64
import json
import logging
from urllib.parse import parse_qs

import httpx
import pytest

from vtxero.errors import (
    AuthError,
    ConfigError,
    NotModelledError,
    RefusedError,
    ReplyLostError,
    TemporaryError,
)
from vtxero.vtiger.access import Edition
from wire.vtiger.cloud_server import ACCOUNT, BASE, HOST, ME, NOON, PAGE, fine, in_body, in_reason

# -- the way there ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["acme.od2.vtiger.com", HOST, f"{HOST}/", BASE, f"{HOST}/index.php"])
def test_host_url_or_endpoint_lead_to_the_same_place(connect_cloud, url):
    client, server = connect_cloud(url, Edition.AUTO, retrieve=[fine(ACCOUNT)])
    assert client.retrieve("3x2") == ACCOUNT
    assert [str(each.url).partition("?")[0] for each in server.requests] == [f"{BASE}/me", f"{BASE}/retrieve"]
    assert (client.address.base, client.edition, client.calls) == (HOST, Edition.CLOUD, 2)


def test_every_request_carries_login_name_and_key(connect_cloud):
    client, server = connect_cloud(query=[fine([])])
    client.query("select id from Accounts;")
    wanted = "Basic " + base64.b64encode("ann@example.com:k3y:ž".encode()).decode()
    assert {each.headers["authorization"] for each in server.requests} == {wanted}


def test_readers_are_asked_in_the_address_and_writers_by_a_form(connect_cloud):
    client, server = connect_cloud(query=[fine([])], create=[fine(ACCOUNT)])
    client.query("select id from Accounts;")
    client.create("Accounts", {"accountname": 'A "b" ž'})
    read, write = server.requests[1:]
    assert (read.method, read.url.params["query"]) == ("GET", "select id from Accounts;")
    form = parse_qs(write.content.decode())
    assert (write.method, form["elementType"]) == ("POST", ["Accounts"])
    assert json.loads(form["element"][0]) == {"accountname": 'A "b" ž'}


def test_login_is_the_question_who_one_is(connect_cloud):
    client, server = connect_cloud(me=[fine(ME, **{"x-vtiger-version": "8.3.0"})])
    session = client.session
    assert (session.user_id, session.username, session.is_admin) == ("19x5", "ann@example.com", True)
    assert session.version == "cloud 8.3.0"
    assert "accesskey" not in session.user
    assert client.server_now() == pytest.approx(NOON, abs=60)
    assert server.asked == ["me"]


def test_answer_without_a_date_gives_a_clock_that_proves_nothing(connect_cloud):
    client, _ = connect_cloud(me=[httpx.Response(200, json={"success": True, "result": ME})])
    assert client.server_now() != client.server_now()


def test_me_without_an_id_is_not_taken_for_a_login(connect_cloud):
    client, _ = connect_cloud(me=[fine({"user_name": "ann"})])
    with pytest.raises(NotModelledError, match="user's id"):
        client.list_types()


def test_entities_in_texts_are_decoded_everywhere(connect_cloud):
    row = {"id": "16x1", "subject": "Tom &amp; Co", "lineItems": {"1": {"comment": "&lt;b&gt; &#8364;"}}, "n": None}
    client, _ = connect_cloud(query=[fine([row])])
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
def test_write_refused_in_body_or_reason_phrase_is_refused_in_those_words(connect_cloud, answer):
    client, server = connect_cloud(create=[answer])
    with pytest.raises(RefusedError) as caught:
        client.create("Invoice", {"subject": "S"})
    assert caught.value.messages == ("Mandatory Fields Missing..",)
    assert "defaults" in caught.value.remedy
    assert server.asked.count("create") == 1


@pytest.mark.parametrize(
    "answer",
    [*refusals("ACCESS_DENIED", DENIED), *refusals("RECORD_NOT_FOUND", "Record not found")],
)
def test_record_that_is_not_there_is_none_however_it_is_told(connect_cloud, answer):
    client, _ = connect_cloud(retrieve=[answer])
    assert client.find("3x2") is None


@pytest.mark.parametrize("answer", refusals("ACCESS_DENIED", f"{DENIED} for name : Payments"))
def test_module_that_is_missing_is_named_however_it_is_told(connect_cloud, answer):
    client, _ = connect_cloud(describe=[answer])
    with pytest.raises(AuthError, match="module Payments"):
        client.describe("Payments")


def test_duplicate_told_by_the_reason_phrase_has_its_remedy(connect_cloud):
    client, _ = connect_cloud(create=[in_reason("Duplicate(s) detected!")])
    with pytest.raises(RefusedError) as caught:
        client.create("Accounts", {"accountname": "Kiwi"})
    assert "unique" in caught.value.remedy


def test_reason_phrase_that_says_nothing_is_no_words_of_vtigers(connect_cloud):
    client, _ = connect_cloud(query=[httpx.Response(400)], create=[httpx.Response(400)])
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
def test_wrong_key_names_user_and_address_and_is_tried_once(connect_cloud, answer):
    client, server = connect_cloud(me=[answer])
    with pytest.raises(AuthError) as caught:
        client.list_types()
    assert "'ann@example.com'" in caught.value.message
    assert BASE in caught.value.message
    assert "access key" in caught.value.remedy
    assert "k3y" not in str(caught.value)
    assert server.asked == ["me"]


def test_api_that_is_not_part_of_the_edition_is_an_auth_error(connect_cloud):
    client, _ = connect_cloud(me=[httpx.Response(403)])
    with pytest.raises(AuthError, match="HTTP 403") as caught:
        client.list_types()
    assert "edition" in caught.value.remedy


# -- the server's troubles -------------------------------------------------------------------------------------


def test_web_page_in_the_place_of_json_says_what_to_check(connect_cloud):
    client, _ = connect_cloud(me=[httpx.Response(200, html=PAGE)])
    with pytest.raises(ConfigError, match="Welcome to Acme") as caught:
        client.list_types()
    assert "vtiger.url" in caught.value.remedy


def test_page_not_found_is_a_wrong_address(connect_cloud):
    client, _ = connect_cloud(me=[httpx.Response(404, html=PAGE)])
    with pytest.raises(ConfigError, match="HTTP 404") as caught:
        client.list_types()
    assert "od2" in caught.value.remedy


def test_redirect_is_not_followed_with_the_key(connect_cloud):
    client, server = connect_cloud(
        me=[httpx.Response(302, headers={"location": "https://login.example.net/?x=secret"})]
    )
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
def test_write_whose_fate_is_unknown_is_never_sent_again(connect_cloud, sleeps, answer):
    client, server = connect_cloud(create=[answer])
    with pytest.raises(ReplyLostError, match="may have been carried out"):
        client.create("Invoice", {"subject": "S"})
    assert server.asked.count("create") == 1
    assert sleeps == []


@pytest.mark.parametrize("answer", [httpx.Response(503), in_reason("Unknown Error while processing request")])
def test_read_that_breaks_off_is_tried_again(connect_cloud, sleeps, answer):
    client, _ = connect_cloud(query=[answer, fine([ACCOUNT])])
    assert client.query("select id from Accounts;") == [ACCOUNT]
    assert sleeps == [1.0]


# -- finding out which edition ---------------------------------------------------------------------------------

OWN = "https://crm.example.com"
CHALLENGE = {"token": "t0k3n", "serverTime": NOON, "expireTime": NOON + 300}
LOGIN = {"sessionName": "s3ss10n", "userId": "19x1", "username": "ann", "is_admin": "on", "vtigerVersion": "8.2.0"}


def test_self_hosted_vtiger_is_found_at_no_cost(connect_cloud):
    client, server = connect_cloud(
        OWN, Edition.AUTO, **{"webservice.php": [fine(CHALLENGE), fine(LOGIN), fine(ACCOUNT)]}
    )
    assert client.retrieve("11x2") == ACCOUNT
    assert (client.edition, server.asked) == (Edition.OPEN_SOURCE, ["webservice.php"] * 3)


@pytest.mark.parametrize("answer", [httpx.Response(404), httpx.Response(200, html=PAGE), httpx.Response(302)])
def test_cloud_under_an_address_of_its_own_is_found_when_no_webservice_answers(connect_cloud, answer):
    client, server = connect_cloud(OWN, Edition.AUTO, retrieve=[fine(ACCOUNT)], **{"webservice.php": [answer]})
    assert client.edition is Edition.CLOUD
    assert client.retrieve("3x2") == ACCOUNT
    assert server.asked == ["webservice.php", "me", "retrieve"]


def test_neither_edition_is_said_clearly(connect_cloud):
    gone = httpx.Response(404, html=PAGE)
    client, _ = connect_cloud(OWN, Edition.AUTO, me=[gone], **{"webservice.php": [gone]})
    with pytest.raises(ConfigError, match="neither the open-source edition nor the cloud's") as caught:
        client.list_types()
    assert f"{OWN}/webservice.php" in caught.value.message
    assert caught.value.message.count("HTTP 404") == 1
    assert "vtiger.edition" in caught.value.remedy


def test_server_that_is_down_is_not_asked_for_another_edition(connect_cloud):
    client, server = connect_cloud(OWN, Edition.AUTO, **{"webservice.php": [httpx.ConnectError]})
    with pytest.raises(TemporaryError):
        client.list_types()
    assert set(server.asked) == {"webservice.php"}


def test_wrong_key_of_a_self_hosted_vtiger_is_not_taken_for_another_edition(connect_cloud):
    wrong = in_body("INVALID_USER_CREDENTIALS", "Invalid username or password")
    client, server = connect_cloud(
        OWN, Edition.AUTO, **{"webservice.php": [fine(CHALLENGE), wrong, fine(CHALLENGE), wrong]}
    )
    with pytest.raises(AuthError):
        client.list_types()
    assert set(server.asked) == {"webservice.php"}


def test_edition_that_is_set_is_never_guessed(connect_cloud):
    client, server = connect_cloud(HOST, Edition.OPEN_SOURCE, **{"webservice.php": [httpx.Response(404)]})
    with pytest.raises(ConfigError, match=r"webservice\.php"):
        client.list_types()
    assert server.asked == ["webservice.php"]


# -- secrets ---------------------------------------------------------------------------------------------------


def test_no_log_holds_the_key(connect_cloud, caplog):
    caplog.set_level(logging.DEBUG)
    client, server = connect_cloud(query=[fine([])])
    client.query("select id from Accounts;")
    encoded = server.requests[0].headers["authorization"].partition(" ")[2]
    shown = caplog.text + repr(client) + repr(client.session)
    assert "k3y" not in shown
    assert encoded not in shown
