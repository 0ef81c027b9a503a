"""`vtxero verify`: tables, JSON, exit codes; also as a real process."""

from __future__ import annotations

import json
import subprocess
import sysconfig
from decimal import Decimal
from pathlib import Path

import pytest

from chain.company import line, open_company
from chain.processes import config_file
from cli.samples import HOSTILE
from vtxero.bootstrap import verifying
from vtxero.bootstrap.verifying import Verified
from vtxero.domain.codes import Code
from vtxero.domain.findings import finding
from vtxero.domain.sides import Side
from vtxero.modules.invoices.ledger import Amounts, Entry
from vtxero.modules.invoices.verify import Customer, Knowledge, compare

VTXERO = Path(sysconfig.get_path("scripts")) / "vtxero"
D = Decimal


def entry(side, number, invoiced, paid="0", **more):
    amounts = Amounts(D(invoiced), D(paid), D(invoiced) - D(paid))
    status = "Approved" if side is Side.VTIGER else "AUTHORISED"
    given = {"party": "1", "name": "Acme Ltd", "currency": "NZD", "status": status}
    return Entry(side, f"{side}-{number}", f"INV{number}", amounts=amounts, **(given | more))


def verified(*, unexplained):
    vtiger = [entry(Side.VTIGER, n, "1234.50") for n in range(1, 4)]
    vtiger += [entry(Side.VTIGER, 4, "100", "100", name=HOSTILE, party="2")]
    vtiger += [entry(Side.VTIGER, n, "20", currency="USD") for n in range(5, 12)]
    xero = [entry(Side.XERO, n, "1234.50") for n in range(1, 3)]
    xero += [entry(Side.XERO, 3, "1234.51" if unexplained else "1234.50")]
    xero += [entry(Side.XERO, 4, "100", name=HOSTILE, party="2")]
    links = {f"vtiger-{n}": f"xero-{n}" for n in range(1, 5)}
    findings = {f"vtiger-{n}": (finding(Code.INV_GROUP_DISCOUNT),) for n in range(5, 12)}
    known = Knowledge(links, lambda _: None, findings, lambda item: Customer(item.party, item.name))
    ledger = compare(vtiger, xero, known)
    return Verified(ledger, lambda side, each: f"https://{side}.example/{each}", {"vtiger": 3, "xero": 2})


@pytest.fixture
def answer(monkeypatch, config):
    del config
    answers = []
    monkeypatch.setattr(verifying, "run_verify", lambda _settings, _progress: answers[0])
    return answers


@pytest.mark.parametrize(("unexplained", "code"), [(False, 0), (True, 3)])
def test_verify_ends_with_3_only_where_a_difference_has_no_cause(vtxero, answer, golden, unexplained, code):
    answer.append(verified(unexplained=unexplained))

    ran = vtxero("verify")

    assert (ran.code, ran.err) == (code, "")
    assert max(len(text) for text in ran.out.splitlines()) <= 80
    golden(f"verify-{code}-80.txt", ran.out.rstrip("\n"))


def test_verify_when_all_is_equal_says_so(vtxero, answer):
    known = Knowledge({"vtiger-1": "xero-1"}, lambda _: None, {}, lambda item: Customer(item.party, item.name))
    ledger = compare([entry(Side.VTIGER, 1, "5")], [entry(Side.XERO, 1, "5")], known)
    answer.append(Verified(ledger, lambda *_: None, {"vtiger": 3, "xero": 2}))

    assert "Both ledgers agree to the cent." in vtxero("verify").out
    assert vtxero("verify", "-q").out == ""


def test_verify_for_a_machine_gives_texts_that_add_up(vtxero, answer):
    answer.append(verified(unexplained=True))

    ran = vtxero("verify", "-o", "json")

    document = json.loads(ran.out)
    assert (document["version"], document["exit_code"], document["explained"]) == (1, 3, False)
    for name in ("invoiced", "paid", "due"):
        total = sum(D(item["difference"][name]) for item in document["differences"])
        assert total == sum(D(item["difference"][name]) for item in document["customers"])
        assert total == sum(D(item["difference"][name]) for item in document["currencies"])
    [odd] = [item for item in document["differences"] if not item["explained"]]
    assert odd["number"] == "INV3"
    assert odd["difference"] == {"invoiced": "-0.01", "paid": "0.00", "due": "-0.01"}
    assert odd["vtiger"]["url"] == "https://vtiger.example/vtiger-3"


def test_verify_as_lines_gives_one_difference_each(vtxero, answer):
    answer.append(verified(unexplained=False))

    lines = vtxero("verify", "-o", "jsonl").out.splitlines()

    assert [json.loads(text)["number"] for text in lines] == ["INV4", *(f"INV{n}" for n in range(5, 12))]


def test_installed_verify_compares_both_stand_ins_and_writes_nothing(tmp_path):
    with open_company(tmp_path / "state") as company:
        acme, widget = company.organization(), company.product()
        company.invoice(acme, line(widget))
        company.sync()
        config = config_file(company, tmp_path)
        writes = company.writes()
        command = [VTXERO, "--config", config, "verify", "-o", "json"]

        ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)

        assert (ran.returncode, ran.stderr) == (0, "")
        document = json.loads(ran.stdout)
        assert document["currencies"][0]["vtiger"] == document["currencies"][0]["xero"]
        assert document["differences"] == []
        assert company.writes() == writes
