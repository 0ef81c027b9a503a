"""Login as Xero's guides describe it: machine, code, PKCE, rotation, revocation, connections."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

from vtxero.sandbox.xero import create_app

VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BASIC = {"Authorization": "Basic " + base64.b64encode(b"sandbox:sandbox").decode()}
BACK = "http://localhost:8742/callback"
SCOPES = "openid offline_access accounting.contacts accounting.settings.read"


@pytest.fixture
def web(new_client, state):
    client = new_client()
    client.tenant = state.organisation["OrganisationID"]
    return client


def consent(web, **changes):
    query = {"response_type": "code", "client_id": "any", "redirect_uri": BACK, "scope": SCOPES, "state": "s1",
             "code_challenge": CHALLENGE, "code_challenge_method": "S256", **changes}  # fmt: skip
    text = "&".join(f"{name}={value.replace(' ', '%20')}" for name, value in query.items() if value)
    answer = web.send("GET", f"/identity/connect/authorize?{text}")
    if answer.status_code != 302:
        return answer
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def exchange(web, code, **changes):
    fields = {"grant_type": "authorization_code", "client_id": "any", "code": code, "redirect_uri": BACK,
              "code_verifier": VERIFIER, **changes}  # fmt: skip
    return web.form("/connect/token", **fields)


def renew(web, token):
    return web.form("/connect/token", grant_type="refresh_token", client_id="any", refresh_token=token)


def test_machine_when_its_secret_is_right_gets_a_token_without_refresh(new_client):
    client = new_client()
    answer = client.form("/connect/token", headers=BASIC, grant_type="client_credentials", scope="accounting.contacts")

    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("expires_in", "token_type", "scope")} == {
        "expires_in": 1800,
        "token_type": "Bearer",
        "scope": "accounting.contacts",
    }
    assert "refresh_token" not in answer.json()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"scope": "accounting.everything"}, "invalid_scope"),
        ({"scope": "offline_access"}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_machine_when_something_is_wrong_is_refused_by_name(new_client, fields, error):
    right = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"}
    answer = new_client().form("/connect/token", **{**right, **fields})

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_machine_when_it_names_no_tenant_reaches_its_only_one(xero):
    assert xero.get("Organisation")["Organisations"][0]["BaseCurrency"] == "NZD"


def test_pkce_when_consent_is_given_gets_tokens_for_any_client(web):
    back = consent(web)
    tokens = exchange(web, back["code"]).json()
    web.token = tokens["access_token"]

    assert back["state"] == "s1"
    assert tokens["scope"] == SCOPES
    assert set(tokens) == {"access_token", "expires_in", "token_type", "scope", "refresh_token", "id_token"}
    assert web.get("Organisation")["Status"] == "OK"


def test_pkce_when_the_tenant_is_wrong_or_missing_is_forbidden(web):
    web.token = exchange(web, consent(web)["code"]).json()["access_token"]
    for tenant in ("", "00000000-0000-4000-8000-000000000000"):
        web.tenant = tenant
        answer = web.api("GET", "Organisation")

        assert answer.status_code == 403
        assert (answer.json()["Title"], answer.json()["Detail"]) == ("Forbidden", "AuthenticationUnsuccessful")


@pytest.mark.parametrize(
    "changes",
    [{"code_verifier": "w" * 50}, {"code_verifier": "short"}, {"redirect_uri": BACK + "/x"}, {"client_id": "other"}],
)
def test_pkce_when_the_exchange_does_not_match_is_an_invalid_grant(web, changes):
    answer = exchange(web, consent(web)["code"], **changes)

    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})


def test_code_when_used_twice_or_late_is_an_invalid_grant(web, clock):
    code = consent(web)["code"]
    assert exchange(web, code).status_code == 200
    assert exchange(web, code).json() == {"error": "invalid_grant"}

    late = consent(web)["code"]
    clock.forward(minutes=5)
    assert exchange(web, late).json() == {"error": "invalid_grant"}


def test_code_when_made_without_pkce_needs_the_secret(web):
    code = consent(web, client_id="sandbox", code_challenge="")["code"]
    assert exchange(web, code, client_id="sandbox").json() == {"error": "invalid_client"}

    code = consent(web, client_id="sandbox", code_challenge="")["code"]
    answer = web.form("/connect/token", headers=BASIC, grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert answer.status_code == 200


@pytest.mark.parametrize("uri", ["http://127.0.0.1:8742/callback", "http://example.test/", "myapp://back"])
def test_authorize_when_the_redirect_is_neither_https_nor_localhost_is_refused(web, uri):
    answer = consent(web, redirect_uri=uri)

    assert answer.status_code == 400
    assert "redirect_uri" in answer.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "accounting.everything"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"client_id": ""}, "unauthorized_client"),
    ],
)
def test_authorize_when_the_question_is_wrong_sends_the_error_back(web, changes, error):
    assert consent(web, **changes) == {"error": error, "state": "s1"}


@pytest.mark.parametrize(("granular_only", "answered"), [(False, "code"), (True, "error")])
def test_authorize_when_broad_scopes_are_asked_for_lets_older_apps_have_them(web, state, granular_only, answered):
    state.identity.granular_only = granular_only

    assert answered in consent(web, scope="offline_access accounting.transactions accounting.reports.read")


def test_authorize_when_the_person_says_no_sends_access_denied(web, state):
    state.identity.deny = True

    assert consent(web)["error"] == "access_denied"


def test_refresh_when_used_rotates_and_keeps_the_previous_for_half_an_hour(web, clock):
    first = exchange(web, consent(web)["code"]).json()["refresh_token"]
    second = renew(web, first).json()["refresh_token"]
    assert second != first

    clock.forward(minutes=29)
    assert renew(web, first).status_code == 200
    clock.forward(minutes=1)
    assert renew(web, first).json() == {"error": "invalid_grant"}
    assert renew(web, second).status_code == 200


def test_refresh_when_unused_for_sixty_days_is_an_invalid_grant(web, clock):
    token = exchange(web, consent(web)["code"]).json()["refresh_token"]
    clock.forward(days=60)

    assert renew(web, token).json() == {"error": "invalid_grant"}


def test_refresh_when_offline_access_was_not_asked_for_is_not_given(web):
    tokens = exchange(web, consent(web, scope="accounting.contacts")["code"]).json()

    assert "refresh_token" not in tokens


def test_revocation_when_done_ends_the_tokens_and_the_connection(web):
    tokens = exchange(web, consent(web)["code"]).json()
    web.token = tokens["access_token"]
    answer = web.form("/connect/revocation", client_id="any", token=tokens["refresh_token"])

    assert (answer.status_code, answer.text) == (200, "")
    assert web.api("GET", "Organisation").status_code == 401
    assert renew(web, tokens["refresh_token"]).json() == {"error": "invalid_grant"}


def test_connections_when_asked_list_what_the_login_reaches(web, state):
    web.token = exchange(web, consent(web)["code"]).json()["access_token"]
    other = state.add_organisation("Second Ltd").tenant_id

    listed = web.send("GET", "/Connections").json()

    assert [one["tenantName"] for one in listed] == ["Kowhai Samples Ltd", "Second Ltd"]
    assert listed[0]["tenantId"] == state.organisation["OrganisationID"]
    assert web.send("GET", f"/connections?authEventId={listed[0]['authEventId']}").json()[0] == listed[0]
    assert web.send("GET", "/connections?authEventId=another").json() == []
    web.tenant = other
    assert web.rows("Organisation")[0]["Name"] == "Second Ltd"


def test_second_organisation_when_called_has_books_and_limits_of_its_own(web, state):
    web.token = exchange(web, consent(web)["code"]).json()["access_token"]
    other = state.add_organisation("Second Ltd", "AUD")
    first, web.tenant = web.tenant, other.tenant_id

    made = web.put("Contacts", {"Name": "Only here"})[0]

    assert web.rows("Organisation")[0]["BaseCurrency"] == "AUD"
    assert other.contacts[made["ContactID"]]["Name"] == "Only here"
    web.tenant = first
    assert web.rows("Contacts") == []
    assert web.api("GET", f"Contacts/{made['ContactID']}").status_code == 404


def test_second_organisation_when_one_is_at_its_limit_still_answers(state, client_of):
    client = client_of(create_app(state, per_minute=1))
    other = state.add_organisation("Second Ltd")
    client.token = exchange(client, consent(client)["code"]).json()["access_token"]
    statuses = []
    for tenant in (state.tenant_id, state.tenant_id, other.tenant_id):
        client.tenant = tenant
        statuses.append(client.api("GET", "Currencies").status_code)

    assert statuses == [200, 429, 200]


def test_second_organisation_when_disconnected_is_out_of_reach_until_the_next_consent(web, state):
    other = state.add_organisation("Second Ltd")
    web.token = exchange(web, consent(web)["code"]).json()["access_token"]
    mine, theirs = web.send("GET", "/connections").json()

    assert web.send("DELETE", f"/connections/{theirs['id']}").status_code == 204
    assert web.send("GET", "/connections").json() == [mine]
    web.tenant = other.tenant_id
    assert web.api("GET", "Organisation").status_code == 403
    web.token = exchange(web, consent(web)["code"]).json()["access_token"]
    assert web.api("GET", "Organisation").status_code == 200


def test_machine_when_a_person_has_two_organisations_reaches_the_first(xero, state):
    other = state.add_organisation("Second Ltd")

    assert [one["tenantId"] for one in xero.send("GET", "/connections").json()] == [state.tenant_id]
    assert xero.api("GET", "Organisation", xero_tenant_id=other.tenant_id).status_code == 403


def test_connection_when_deleted_forbids_the_tenant(web):
    web.token = exchange(web, consent(web)["code"]).json()["access_token"]
    connection = web.send("GET", "/connections").json()[0]["id"]

    assert web.send("DELETE", f"/connections/{connection}").status_code == 204
    assert web.api("GET", "Organisation").status_code == 403
    assert web.send("GET", "/connections").json() == []


def test_token_when_missing_unknown_or_expired_is_unauthorised_in_xeros_shape(xero, clock):
    assert xero.api("GET", "Accounts", Authorization="").json()["Detail"] == "AuthenticationUnsuccessful"
    assert xero.api("GET", "Accounts", Authorization="Bearer x.y.z").json()["Detail"] == "TokenInvalidSignature"
    clock.forward(minutes=30)
    answer = xero.api("GET", "Accounts")

    assert answer.status_code == 401
    assert answer.json() | {"Instance": ""} == {
        "Type": None,
        "Title": "Unauthorized",
        "Status": 401,
        "Detail": "TokenExpired: token expired at 09/14/2026 01:32:03",
        "Instance": "",
        "Extensions": {},
    }


def test_token_when_the_sandbox_expires_it_is_refused_until_a_new_one(xero, app):
    app.faults.add({"path": "Accounts", "do": "expire-token"})

    assert xero.api("GET", "Accounts").status_code == 401
    assert xero.login().api("GET", "Accounts").status_code == 200


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        ("accounting.contacts.read", "GET", "Contacts", 200),
        ("accounting.contacts.read", "PUT", "Contacts", 401),
        ("accounting.contacts", "GET", "Invoices", 401),
        ("accounting.invoices", "GET", "Invoices", 200),
        ("accounting.invoices.read", "GET", "Items", 200),
        ("accounting.settings.read", "GET", "Items", 200),
        ("accounting.settings.read", "GET", "TaxRates", 200),
        ("accounting.invoices", "GET", "Payments", 401),
        ("accounting.transactions", "GET", "Payments", 200),
        ("accounting.transactions.read", "GET", "Invoices", 200),
        ("accounting.transactions.read", "PUT", "Invoices", 401),
        ("accounting.transactions", "GET", "Contacts", 401),
        ("accounting.contacts.read", "GET", "ContactGroups", 200),
        ("accounting.settings.read", "GET", "ContactGroups", 401),
    ],
)
def test_scope_when_a_call_is_made_decides_whether_it_may(new_client, scope, method, path, status):
    client = new_client().login(scope)
    answer = client.api(method, path, {"Contacts": [{"Name": "A"}]} if method == "PUT" else None)

    assert answer.status_code == status
    if status == 401:
        assert answer.json()["Detail"] == "AuthorizationUnsuccessful"
        assert "insufficent_scope" in answer.headers["www-authenticate"]
