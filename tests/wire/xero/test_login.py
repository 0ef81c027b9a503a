"""Access settings, and the login by browser up to the code."""

from __future__ import annotations

import socket
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from vtxero.errors import AuthError, ConfigError
from vtxero.xero.access import LOGIN_SCOPES, Grant, XeroAccess
from vtxero.xero.callback import RedirectListener
from vtxero.xero.login import begin_login, challenge_of, new_secret, read_redirect

PKCE = XeroAccess("app")
CODE = XeroAccess("app", grant=Grant.CODE, client_secret=SecretStr("hush"))


def test_challenge_matches_the_example_of_rfc_7636():
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_secrets_are_long_enough_and_never_the_same():
    assert 43 <= len(new_secret()) <= 128
    assert new_secret() != new_secret()


def test_login_by_pkce_asks_for_a_code_with_a_challenge():
    attempt = begin_login(PKCE, state="s", verifier="v" * 43)
    url = urlsplit(attempt.url)

    assert url.geturl().startswith("https://login.xero.com/identity/connect/authorize?")
    assert parse_qs(url.query) == {
        "response_type": ["code"],
        "client_id": ["app"],
        "redirect_uri": ["http://localhost:8742/callback"],
        "scope": [" ".join(LOGIN_SCOPES)],
        "state": ["s"],
        "code_challenge": [challenge_of("v" * 43)],
        "code_challenge_method": ["S256"],
    }


def test_login_with_a_secret_shows_neither_secret_nor_challenge():
    attempt = begin_login(CODE)

    assert "code_challenge" not in attempt.url
    assert "hush" not in attempt.url
    assert attempt.verifier == ""
    assert attempt.state not in repr(attempt).replace(attempt.url, "")


@pytest.mark.parametrize(
    "redirect",
    [
        "http://localhost:8742/callback?code=abc&scope=openid&state=s",
        "  <http://localhost:8742/callback?state=s&code=abc>\n",
        "/callback?code=abc&state=s",
        "?code=abc&state=s",
        "code=abc&state=s",
    ],
)
def test_redirect_in_any_form_that_people_paste_gives_the_code(redirect):
    assert read_redirect(begin_login(PKCE, state="s"), redirect) == "abc"


@pytest.mark.parametrize(
    ("redirect", "says"),
    [
        ("http://localhost:8742/callback?code=abc&state=other", "does not belong"),
        ("http://localhost:8742/callback?code=abc", "does not belong"),
        ("nonsense", "does not belong"),
        ("", "does not belong"),
        ("?state=s", "holds no code"),
        ("?state=s&error=access_denied", "cancelled"),
        ("?state=s&error=invalid_scope&error_description=Invalid+scope+for+client", "Invalid scope for client"),
    ],
)
def test_redirect_when_it_is_no_answer_to_this_login_is_refused(redirect, says):
    with pytest.raises(AuthError, match=says) as caught:
        read_redirect(begin_login(PKCE, state="s"), redirect)

    assert caught.value.remedy


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9", "https://x.example"])
def test_access_when_tokens_stay_private_is_taken(address):
    access = XeroAccess("app", identity_url=address, api_url=address + "/")

    assert access.token_url == address + "/connect/token"
    assert access.accounting_url == address + "/api.xro/2.0"
    assert access.connections_url == address + "/connections"


@pytest.mark.parametrize(
    "address", ["http://xero.example", "http://127.0.0.1.evil.example", "ftp://localhost", "", "x"]
)
def test_access_when_tokens_would_travel_in_the_clear_is_refused(address):
    with pytest.raises(ConfigError, match="api_url"):
        XeroAccess("app", api_url=address)


@pytest.mark.parametrize("grant", [Grant.CODE, Grant.CLIENT_CREDENTIALS])
def test_access_without_the_secret_it_needs_is_refused(grant):
    with pytest.raises(ConfigError, match="secret is missing"):
        XeroAccess("app", grant=grant)


def test_access_without_a_client_id_is_refused():
    with pytest.raises(ConfigError, match="client id"):
        XeroAccess(" ")


def test_access_of_a_machine_asks_for_no_persons_scopes():
    machine = XeroAccess("app", grant=Grant.CLIENT_CREDENTIALS, client_secret=SecretStr("hush"))

    books = ("accounting.contacts", "accounting.invoices", "accounting.payments", "accounting.settings")
    assert machine.wanted_scopes == books
    assert PKCE.wanted_scopes == ("openid", "profile", "email", "offline_access", *books)
    assert "hush" not in repr(machine)


@pytest.fixture
def redirect_uri():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://localhost:{free.getsockname()[1]}/callback"


def test_listener_gives_what_the_browser_came_back_with_and_thanks(redirect_uri, capfd):
    attempt = begin_login(PKCE, state="s")
    with RedirectListener(redirect_uri) as listener:
        assert httpx.get(redirect_uri.replace("callback", "favicon.ico"), trust_env=False).status_code == 404
        page = httpx.get(f"{redirect_uri}?code=abc&state=s", trust_env=False)
        assert read_redirect(attempt, listener.wait(5)) == "abc"

    assert "can be closed" in page.text
    assert "abc" not in "".join(capfd.readouterr())


def test_listener_when_xero_said_no_does_not_thank(redirect_uri):
    with RedirectListener(redirect_uri) as listener:
        page = httpx.get(f"{redirect_uri}?error=access_denied&state=s", trust_env=False)
        assert "error=access_denied" in listener.wait(5)

    assert "Not logged in" in page.text
    assert "Thank" not in page.text


def test_listener_when_nobody_comes_gives_nothing(redirect_uri):
    with RedirectListener(redirect_uri) as listener:
        assert listener.wait(0.01) == ""


def test_listener_when_the_port_is_taken_says_so(redirect_uri):
    with RedirectListener(redirect_uri), pytest.raises(ConfigError, match="is taken"):
        RedirectListener(redirect_uri)


def test_listener_when_the_address_is_elsewhere_says_so():
    with pytest.raises(ConfigError, match="not on this machine"):
        RedirectListener("https://crm.example/callback")
