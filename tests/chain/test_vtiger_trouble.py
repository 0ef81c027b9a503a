"""Whatever is wrong with Vtiger: one clear line, the right exit code, nothing lost."""

from __future__ import annotations

import random
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chain.company import line, open_company, xero_line
from chain.processes import with_secrets
from vtxero.cli import main
from vtxero.sandbox.vtiger.state import User


def configure(company, path, **vtiger):
    settings = with_secrets(company)
    settings["vtiger"] |= {"read_timeout": 3} | vtiger
    path.write_text(yaml.safe_dump(settings))
    path.chmod(0o600)
    return path


@pytest.fixture
def run(company, tmp_path, capsys):
    """Run `vtxero sync` as the command line does."""

    def go(*arguments, **vtiger):
        config = configure(company, tmp_path / "vtxero.yaml", **vtiger)
        capsys.readouterr()
        words = ["--config", str(config), "sync", *arguments]
        return subprocess.CompletedProcess(words, main(words), *capsys.readouterr())

    return go


def said(process):
    """What was said, as one text without line breaks."""
    return " ".join((process.stderr + process.stdout).split())


def told_once(process, exit_code, words):
    """One clear line: the exit code, what is wrong said once, and nothing for programmers."""
    assert (process.returncode, said(process).count(words)) == (exit_code, 1), said(process)
    assert process.stderr.startswith("Error: ")
    assert "Traceback" not in process.stderr


@contextmanager
def web_server(answer):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self)

        do_POST = do_GET  # noqa: N815 - the server class names it so

        def log_message(self, *_):
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def page(handler):
    body = b"<html><body>Welcome to our intranet</body></html>"
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def to_login(handler):
    handler.send_response(302)
    handler.send_header("Location", "https://login.example/sign-in")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@pytest.mark.parametrize(
    ("vtiger", "words"),
    [
        ({"access_key": "wrong"}, "does not let the user 'admin' in: Invalid username or password"),
        ({"username": "nobody"}, "does not let the user 'nobody' in: username does not exists"),
    ],
)
def test_login_that_vtiger_refuses_ends_with_exit_code_4(run, vtiger, words):
    told_once(run(**vtiger), 4, words)


@pytest.mark.parametrize(
    ("answer", "words"), [(page, "HTTP 200 and text/html"), (to_login, "redirects to https://login.example/sign-in")]
)
def test_address_that_leads_elsewhere_ends_with_exit_code_2(run, answer, words):
    with web_server(answer) as server:
        process = run(url=f"http://127.0.0.1:{server.server_port}")

    told_once(process, 2, words)


def test_certificate_that_nobody_vouches_for_is_named(run, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with web_server(page) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        process = run(url=f"https://127.0.0.1:{server.server_port}")

    told_once(process, 2, "was not accepted")


def test_vtiger_that_stalls_ends_with_exit_code_5_and_the_next_run_goes_on(company, run):
    company.invoice(company.organization(accounttype="Customer"), line(company.product()))
    stall = {"path": "query=.*Contacts", "nth": "every", "do": "slow", "seconds": 2}
    company.apps["vtiger"].faults.add(stall)

    process = run(read_timeout=1)
    told_once(process, 5, "contacts were not synced, nor what depends on them (organizations, invoices): ")

    company.apps["vtiger"].faults.clear()
    assert run().returncode == 0
    assert len(company.invoices()) == 1


def test_module_that_is_switched_off_is_named(tmp_path):
    with open_company(tmp_path) as company:
        company.organization(accounttype="Customer")
        company.vtiger.listtypes["types"].remove("Invoice")
        config = configure(company, tmp_path / "vtxero.yaml")
        command = [sys.executable, "-m", "vtxero", "--config", str(config), "sync"]
        process = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)

        assert list(company.contacts()) == ["Acme Ltd"]

    told_once(process, 6, "invoices cannot be synced: Vtiger shows its API user no module Invoice")


def test_user_that_may_only_read_is_told_once_and_before_any_write(company, run):
    company.vtiger.add_user(User("reader", 7, "reader-key", reads_only=True))
    company.organization(accounttype="Customer")
    company.xero.add_contact(Name="Nova")

    process = run(username="reader", access_key="reader-key")

    told_once(process, 6, "its API user may not create and change Contacts, Accounts, Products, Invoice")
    assert company.writes() == []
    assert run("--direction", "to-xero", username="reader", access_key="reader-key").returncode == 0
    assert "Acme Ltd" in company.contacts()


@pytest.mark.parametrize(("method", "operation"), [("GET", "query"), ("GET", "retrieve"), ("POST", "create")])
def test_session_that_expires_in_the_middle_of_a_run_costs_nothing(company, run, method, operation):
    account, product = company.organization(accounttype="Customer"), company.product()
    company.invoice(account, line(product))
    contact = company.xero.add_contact(Name="Nova")
    company.xero_invoice(contact)
    place = "path" if method == "GET" else "body"
    rule = {"path": ".", "method": method, place: f"operation={operation}", "nth": 2, "do": "expire-token"}
    company.apps["vtiger"].faults.add(rule)

    process = run()

    assert process.returncode == 0, said(process)
    assert [each.fired for each in company.apps["vtiger"].faults.rules] == [1]
    assert len(company.invoices()) == 2
    assert len(company.vtiger.records("Invoice")) == 2
    assert len(company.vtiger.records("Accounts")) == 2
    company.quiet()


@pytest.mark.parametrize("kept", [0, 1, 2, 3])
def test_invoice_that_php_left_half_made_is_found_and_completed(company, kept):
    contact = company.xero.add_contact(Name="Nova")
    company.xero_invoice(contact, *(xero_line(Description=f"line {n}") for n in range(3)))
    crash = {
        "path": ".",
        "method": "POST",
        "body": "elementType=Invoice",
        "do": "500",
        "after_commit": True,
        "text": "",
    }
    company.apps["vtiger"].faults.add(crash)
    assert company.sync().exit_code == 5
    (half,) = company.vtiger.records("Invoice")
    for number in list(company.vtiger.lines)[kept:]:
        del company.vtiger.lines[number]
    totals = ("hdnGrandTotal", "hdnSubTotal", "pre_tax_total", "balance")
    company.vtiger.entities[int(half["id"].partition("x")[2])].fields.update(dict.fromkeys(totals, "0.00000000"))

    assert company.sync().exit_code == 0

    (whole,) = company.vtiger.records("Invoice")
    assert whole["id"] == half["id"]
    assert (company.vtiger.invoice_total(whole["id"]), len(company.row(whole["id"])["LineItems"])) == (15, 3)
    company.quiet()


def test_invoice_that_another_program_left_half_made_is_reported_and_does_not_cross(company):
    half = company.invoice(company.organization(accounttype="Customer"), line(company.product()))
    sums = ("hdnGrandTotal", "hdnSubTotal", "pre_tax_total", "balance")
    company.vtiger.entities[int(half.partition("x")[2])].fields.update(dict.fromkeys(sums, "0.00000000"))

    report = company.sync()

    (found,) = [row for row in report.records if row.vtiger_id == half]
    told = {str(item.code): item.message for item in found.reasons}
    assert "never computed its sums" in told["INV-TOTAL"]
    assert "INV-LINES" not in told, "it has a line, which counts as none until it is whole"
    assert company.invoices() == {}


def written_whole(folder, invoices, seed):
    with open_company(folder, lose_lines=random.Random(seed)) as company:
        contact = company.xero.add_contact(Name="Nova")
        for _ in range(invoices):
            company.xero_invoice(contact, *(xero_line(str(n), Description=f"line {n}") for n in range(1, 4)))
        report = company.sync(allow=("changes",))
        assert report.exit_code == 0, report.messages
        made = company.vtiger.records("Invoice")
        assert {
            (company.vtiger.invoice_total(row["id"]), len(company.row(row["id"])["LineItems"])) for row in made
        } == {(6, 3)}
        assert len(made) == invoices
        company.quiet()


def test_invoices_end_complete_though_vtiger_loses_lines(tmp_path):
    written_whole(tmp_path, 20, seed=3)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_240_invoices_end_complete_though_vtiger_loses_lines(tmp_path):
    written_whole(tmp_path, 240, seed=11)
