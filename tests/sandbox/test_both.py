"""Both stand-ins together: their ports, their files, and what they start with."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import subprocess
import sys

import httpx
import pytest

from vtxero.sandbox import Sandbox, SandboxError, load_books, load_organisation
from vtxero.sandbox.samples import sample_organisation

BOOKS = {
    "vtiger_version": "8.2.0",
    "records": {
        "Currency": [
            {"id": "21x1", "currency_name": "Euro", "currency_code": "EUR", "currency_symbol": "e",
             "conversion_rate": "1.00000", "currency_status": "Active", "defaultid": "-11", "deleted": "0"},
        ],
        "Accounts": [{"id": "11x7", "accountname": "Rata Ltd", "account_no": "ACC1"}],
        "Users": [
            {"id": "19x1", "user_name": "admin", "is_admin": "on", "status": "Active", "currency_id": "21x2",
             "no_of_currency_decimals": "3"},
            {"id": "19x4", "user_name": "clerk", "is_admin": "off", "status": "Active"},
            {"id": "19x6", "user_name": "boss", "is_admin": "on", "status": "Active", "currency_id": "21x1",
             "no_of_currency_decimals": "2"},
        ],
    },
}  # fmt: skip


def vtiger_call(sandbox, method="GET", **parts):
    return httpx.request(method, f"{sandbox.vtiger_url}/webservice.php", **parts).json()


def vtiger_session(sandbox):
    challenge = vtiger_call(sandbox, params={"operation": "getchallenge", "username": sandbox.vtiger_username})
    key = hashlib.md5((challenge["result"]["token"] + sandbox.vtiger_access_key).encode()).hexdigest()
    form = {"operation": "login", "username": sandbox.vtiger_username, "accessKey": key}
    return vtiger_call(sandbox, "POST", data=form)["result"]["sessionName"]


def xero_get(sandbox, path):
    form = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"}
    token = httpx.post(f"{sandbox.xero_url}/connect/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    return httpx.get(f"{sandbox.xero_url}/api.xro/2.0/{path}", headers=headers)


def test_sandbox_when_entered_serves_both_sides_on_ports_of_their_own():
    with Sandbox(books={}, organisation={}) as sandbox:
        session = vtiger_session(sandbox)
        rows = vtiger_call(
            sandbox, params={"operation": "query", "sessionName": session, "query": "select * from Currency;"}
        )
        organisation = xero_get(sandbox, "Organisation").json()["Organisations"][0]

    assert rows["result"][0]["currency_code"] == "NZD"
    assert organisation["BaseCurrency"] == "NZD"
    assert sandbox.vtiger_url != sandbox.xero_url


def test_sandbox_when_left_has_given_its_ports_back():
    with Sandbox(books={}, organisation={}) as sandbox:
        ports = [int(url.rpartition(":")[2]) for url in (sandbox.vtiger_url, sandbox.xero_url)]

    with Sandbox(books={}, organisation={}, vtiger_port=ports[0], xero_port=ports[1]) as again:
        assert again.vtiger_url == sandbox.vtiger_url
        assert again.xero_url == sandbox.xero_url


def test_sandbox_when_never_entered_and_closed_has_given_its_ports_back():
    sandbox = Sandbox(books={}, organisation={})
    sandbox.close()

    assert not is_taken(int(sandbox.vtiger_url.rpartition(":")[2]))


def is_taken(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_sandbox_when_a_port_is_taken_names_it_and_keeps_no_other():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(OSError, match=f"port {taken} for the Xero stand-in") as caught:
            Sandbox(books={}, organisation={}, xero_port=taken)

    assert "in use" in caught.value.strerror


def test_sandbox_when_both_ports_are_the_same_names_it():
    with pytest.raises(SandboxError, match="both cannot have the port 60001"):
        Sandbox(books={}, organisation={}, vtiger_port=60001, xero_port=60001)


def test_sandbox_when_the_port_is_no_port_names_it():
    with pytest.raises(SandboxError, match="99999 is no port"):
        Sandbox(books={}, organisation={}, vtiger_port=99999)


@pytest.mark.parametrize("start", [{}, {"books": BOOKS}, {"books": {}, "organisation": {}}])
def test_sandbox_when_the_edition_is_cloud_serves_its_rest_api(start):
    with Sandbox(edition="cloud", **start) as sandbox:
        answer = httpx.get(
            f"{sandbox.vtiger_url}/restapi/v1/vtiger/default/query",
            params={"query": "select id from Accounts;"},
            auth=(sandbox.vtiger_username, sandbox.vtiger_access_key),
        )

    assert answer.status_code == 200
    assert len(answer.json()["result"]) == len(sandbox.vtiger.records("Accounts"))
    assert {row["id"].partition("x")[0] for row in answer.json()["result"]} <= {"3"}


@pytest.mark.parametrize(("limits", "left"), [(True, "59"), (False, "60")])
def test_sandbox_when_the_edition_is_cloud_counts_calls_unless_limits_are_off(limits, left):
    with Sandbox(books={}, organisation={}, edition="cloud", limits=limits) as sandbox:
        key = (sandbox.vtiger_username, sandbox.vtiger_access_key)
        answer = httpx.get(f"{sandbox.vtiger_url}/restapi/v1/vtiger/default/me", auth=key)

    assert answer.headers["X-FloodControl-Remaining"] == left


def test_sandbox_when_the_edition_is_unknown_names_those_that_there_are():
    with pytest.raises(SandboxError, match="no hosted edition of Vtiger, only open-source and cloud"):
        Sandbox(edition="hosted")


def test_sandbox_when_the_version_is_unknown_names_those_that_are_modelled():
    with pytest.raises(SandboxError, match=r"9\.0\.0 .* only 8\.2\.0 and 8\.3\.0"):
        Sandbox(vtiger_version="9.0.0")


@pytest.mark.parametrize("version", ["8.2.0", "8.3.0"])
def test_sandbox_when_given_books_serves_them_as_the_version_asked_for(version):
    with Sandbox(books=BOOKS, vtiger_version=version) as sandbox:
        assert [row["accountname"] for row in sandbox.vtiger.records("Accounts")] == ["Rata Ltd"]
        assert sandbox.vtiger.version == version


def test_sandbox_when_given_books_alone_makes_an_empty_organisation_in_their_base_currency():
    with Sandbox(books=BOOKS) as sandbox:
        assert sandbox.xero.organisation["BaseCurrency"] == "EUR"
        assert not sandbox.xero.contacts


def test_sandbox_when_given_an_organisation_alone_makes_a_fresh_vtiger():
    with Sandbox(organisation=sample_organisation()) as sandbox:
        assert sandbox.vtiger.records("Accounts") == []
        assert len(sandbox.xero.contacts) == 3


def test_sandbox_when_given_nothing_has_sample_records_on_both_sides():
    with Sandbox() as sandbox:
        assert len(sandbox.vtiger.records("Accounts")) == 12
        assert len(sandbox.xero.contacts) == 3


def test_sandbox_when_several_may_log_in_names_an_administrator_who_leaves_amounts_alone():
    with Sandbox(books=BOOKS) as sandbox:
        assert sandbox.vtiger_username == "boss"
        assert vtiger_session(sandbox)


def test_sandbox_when_asked_keeps_a_journal_and_faults_of_each_side():
    with Sandbox(books={}, organisation={}) as sandbox:
        sandbox.faults("xero").add({"path": "Organisation", "do": "503"})
        statuses = [xero_get(sandbox, "Organisation").status_code for _ in range(2)]
        paths = [entry.path for entry in sandbox.journal("xero").entries]

        assert statuses == [503, 200]
        assert paths.count("/api.xro/2.0/Organisation") == 2
        assert sandbox.journal("vtiger").entries == []


@pytest.mark.parametrize(("limits", "left"), [(True, "59"), (False, "60")])
def test_sandbox_when_limits_are_off_counts_no_calls(limits, left):
    with Sandbox(books={}, organisation={}, limits=limits) as sandbox:
        assert xero_get(sandbox, "Organisation").headers["X-MinLimit-Remaining"] == left


def test_sandbox_when_the_organisation_breaks_xeros_rules_says_which():
    twice = [{"Name": "Rata Ltd"}, {"Name": "rata ltd"}]

    with pytest.raises(SandboxError, match="already assigned to another contact"):
        Sandbox(organisation={**sample_organisation(), "Contacts": twice, "Invoices": []})


def test_sandbox_when_the_books_are_of_another_form_says_so():
    with pytest.raises(SandboxError, match="Vtiger's books are not of the form"):
        Sandbox(books={"records": {"Currency": [{}]}})


def test_package_when_imported_loads_no_server():
    code = "import sys, vtxero.sandbox; print([n for n in ('starlette', 'uvicorn') if n in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"


# files


@pytest.mark.parametrize("pack", [lambda content: content, gzip.compress])
def test_load_books_when_gzipped_or_not_gives_the_same(tmp_path, pack):
    path = tmp_path / "books"
    path.write_bytes(pack(json.dumps(BOOKS).encode()))

    assert load_books(path) == BOOKS


def test_load_organisation_when_it_is_one_gives_it(tmp_path):
    path = tmp_path / "org.json"
    path.write_text(json.dumps(sample_organisation()), encoding="utf-8")

    assert load_organisation(str(path)) == sample_organisation()


BAD_FILES = [
    (b"", "holds no JSON"),
    (b"{", "holds no JSON"),
    (b"\xff\xfe", "holds no JSON"),
    (b"[]", "no JSON object, but a list"),
    (gzip.compress(b"{}", mtime=0)[:-9], "is damaged"),
    (b"{}", "no lists of records by module"),
    (b'{"records": {"Accounts": 3}}', "no lists of records by module"),
    (b'{"records": {"Accounts": []}}', "no 'Currency'"),
]


@pytest.mark.parametrize(("content", "message"), BAD_FILES)
def test_load_books_when_the_file_is_something_else_names_it_and_says_why(tmp_path, content, message):
    path = tmp_path / "books.json"
    path.write_bytes(content)

    with pytest.raises(SandboxError, match=message) as caught:
        load_books(path)

    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_load_books_when_the_file_cannot_be_read_names_it(tmp_path, name):
    with pytest.raises(SandboxError, match="cannot be read"):
        load_books(tmp_path / name)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({}, "no 'Name' under 'Organisation'"),
        ({"Organisation": {"Name": "Rata"}}, "no 'BaseCurrency' under 'Organisation'"),
        ({**sample_organisation(), "Accounts": {"Code": "200"}}, "'Accounts' is no list of records"),
    ],
)
def test_load_organisation_when_it_is_something_else_says_what_is_missing(tmp_path, source, message):
    path = tmp_path / "org.json"
    path.write_text(json.dumps(source), encoding="utf-8")

    with pytest.raises(SandboxError, match=message):
        load_organisation(path)


def connections_of_a_person(sandbox):
    back = "http://localhost:8742/callback"
    asked = {"response_type": "code", "client_id": "sandbox", "scope": "accounting.settings", "redirect_uri": back}
    location = httpx.get(f"{sandbox.xero_url}/identity/connect/authorize", params=asked).headers["Location"]
    code = httpx.URL(location).params["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
    token = httpx.post(f"{sandbox.xero_url}/connect/token", data=form, auth=("sandbox", "sandbox")).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    return httpx.get(f"{sandbox.xero_url}/connections", headers=headers).json()


@pytest.mark.parametrize("number", [1, 2])
def test_second_organisation_when_asked_for_is_reached_by_people_and_not_by_machines(number):
    with Sandbox(second_org=number == 2) as sandbox:
        reached = {one["tenantId"]: one["tenantName"] for one in connections_of_a_person(sandbox)}
        machine = xero_get(sandbox, "Organisation").json()["Organisations"][0]["OrganisationID"]

        assert list(reached) == [one.tenant_id for one in sandbox.xero_organisations]
        assert (len(set(reached.values())), machine) == (number, sandbox.xero.tenant_id)
        assert {one.base_currency for one in sandbox.xero_organisations} == {sandbox.xero.base_currency}
