"""`--only` and `--limit` over both stand-ins."""

from __future__ import annotations

import json

import pytest

from chain.company import line


@pytest.fixture
def invoices(shop):
    crm = shop.company
    acme, widget = crm.organization(), crm.product()
    return [crm.number_of(crm.invoice(acme, line(widget))) for _ in range(3)]


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
@pytest.mark.usefixtures("invoices")
def test_only_with_a_record_that_neither_side_has_says_so_and_ends_with_2(vtxero, flags):
    ran = vtxero("sync", "--only", "invoices:INV99", *flags)

    assert ran.code == 2
    assert ran.err == (
        "Error: Neither side has invoices:INV99: give Vtiger's id, Xero's id, the number, code or name.\n"
    )
    assert "in step" not in ran.out


def test_only_with_one_known_record_and_one_unknown_carries_the_known_one_and_names_the_other(shop, vtxero, invoices):
    ran = vtxero("sync", "--only", f"invoices:{invoices[0]}", "--only", "invoices:INV99")

    assert ran.code == 2
    assert set(shop.company.invoices()) == {invoices[0]}
    assert json.loads(vtxero("log", "-o", "json").out)["runs"][0]["exit_code"] == 2


def test_only_with_a_record_that_crossed_before_is_no_mistake(vtxero, invoices):
    assert vtxero("sync").code == 0

    ran = vtxero("sync", "--only", f"invoices:{invoices[0].lower()}")

    assert ran.code == 0
    assert "Nothing to do, as far as --only goes." in ran.out


def test_only_counts_as_seen_what_was_asked_for_and_no_other_record(vtxero, invoices):
    assert vtxero("sync").code == 0

    for number, seen in ((invoices[0], 1), (invoices[2].lower(), 1)):
        document = json.loads(vtxero("sync", "--only", f"invoices:{number}", "--full", "-o", "json").out)
        assert sum(row["seen"] for row in document["modules"]) == seen, document["modules"]
    assert (
        sum(row["seen"] for row in json.loads(vtxero("sync", "invoices", "--full", "-o", "json").out)["modules"]) == 3
    )


def test_call_that_was_the_only_one_is_told_in_the_singular(vtxero, invoices):
    del invoices
    assert "The run has made 1 call; --max-calls allows 1." in vtxero("sync", "--max-calls", "1").err


def test_limit_writes_so_many_of_each_module_and_the_next_run_the_rest(shop, vtxero, invoices):
    ran = vtxero("sync", "--limit", "2")

    assert ran.code == 0
    assert len(shop.company.invoices()) == 2
    assert "as far as --limit goes" in ran.out
    assert vtxero("sync").code == 0
    assert set(shop.company.invoices()) == set(invoices)
