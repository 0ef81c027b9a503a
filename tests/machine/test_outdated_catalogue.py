"""Accounts, taxes and the like are read once an hour: what somebody changed since is found out by one refusal."""

from __future__ import annotations

import pytest

from chain.company import line
from machine.nearby import open_nearby
from vtxero.domain.codes import Code
from vtxero.sync.records import Outcome


@pytest.fixture
def company():
    with open_nearby() as company:
        company.acme, company.widget = company.organization(), company.product()
        company.rest()
        yield company


def outcomes(report):
    return [(record.outcome, [reason.code for reason in record.reasons]) for record in report.records]


REFUSED = b"""{"Invoices": [{"StatusAttributeString": "ERROR", "HasErrors": true,
    "ValidationErrors": [{"Message": "Account code 200 has been archived, or has been deleted."}]}]}"""


def refuse_invoices(company):
    old = company.net.gate

    def gate(request, forward):
        if request.may_write and request.path.endswith("/Invoices"):
            return 200, [("Content-Type", "application/json")], REFUSED
        return old(request, forward)

    company.net.gate = gate


def test_account_that_was_archived_within_the_hour_is_refused_once_and_known_by_the_next_run(company):
    company.xero.edit_account("200", Status="ARCHIVED")
    company.invoice(company.acme, line(company.widget))
    assert outcomes(company.sync()) == [(Outcome.FAILED, [Code.INV_ACCOUNT])]
    company.time.pass_by(600)
    before = len(company.writes())

    assert outcomes(company.sync()) == [(Outcome.SKIPPED, [Code.INV_ACCOUNT])]

    assert company.writes()[before:] == []


def test_refusal_that_reference_data_just_read_did_not_foresee_does_not_have_it_read_again(company):
    company.invoice(company.acme, line(company.widget))
    refuse_invoices(company)
    company.time.pass_by(4000)
    with_reading = company.sync()
    company.time.pass_by(60)

    again = company.sync()

    assert outcomes(again) == outcomes(with_reading) == [(Outcome.FAILED, [Code.INV_ACCOUNT])]
    assert again.calls["xero"] < with_reading.calls["xero"]
