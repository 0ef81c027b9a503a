"""Every reason is brought about, end to end: both stand-ins, real clients, real sockets."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from chain import causes_of_invoices, causes_of_parties_and_products, causes_of_runs
from chain.causes import CAUSES, told
from chain.company import open_company
from vtxero.domain.codes import Code

HERE = Path(__file__).parent
COLLECTED = (causes_of_runs, causes_of_parties_and_products, causes_of_invoices)
"""Importing them enters their plays."""
ELSEWHERE = {
    Code.INV_CHARGES: "test_cloud_charges.py",
    Code.PAY_STATUS: "payments/test_barred.py",
    Code.PAY_INVOICE_STATUS: "payments/test_barred.py",
    Code.PAY_ACCOUNT: "payments/test_barred.py",
    Code.PAY_AMOUNT: "payments/test_barred.py",
    Code.PAY_NO_MODULE: "payments/test_to_vtiger.py",
    Code.PAY_CHANGED: "payments/test_to_xero.py",
    Code.UNDO_LATER: "undo/test_undo.py",
    Code.UNDO_TOUCHED: "undo/test_spared.py",
    Code.UNDO_STAYS: "undo/test_spared.py",
}
"""Reasons that tests of their own bring about, in this folder."""
OF_ONE_RECORD = {Code.RUN_VTIGER_VERSION, Code.RUN_ENDED}
"""Reasons named after the run that do not stop it."""


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: f"{cause.code.value}: {cause.play.__name__}")
def test_reason_when_its_cause_is_there_is_told_with_what_to_do(tmp_path, cause):
    with open_company(tmp_path, **cause.opened) as company:
        exit_code, found = told(company, cause.play)

    same = [item for item in found if item.code is cause.code]
    assert [item for item in same if cause.says in item.message], [f"{item.code}: {item.message}" for item in found]
    assert all(item.remedy for item in same)
    assert {item.is_note for item in same if cause.says in item.message} == {cause.note}
    if cause.code.startswith("RUN-") and cause.code not in OF_ONE_RECORD:
        assert exit_code == 6
    elif cause.note:
        assert exit_code == 0


def test_every_reason_of_the_catalogue_is_brought_about_by_a_test():
    produced = {cause.code for cause in CAUSES}

    assert {code.value for code in Code} - {code.value for code in produced} == {code.value for code in ELSEWHERE}


@pytest.mark.parametrize(("code", "name"), ELSEWHERE.items(), ids=str)
def test_reason_that_is_brought_about_elsewhere_is_expected_there(code, name):
    tree = ast.parse((HERE / name).read_text(encoding="utf-8"))
    expected = {ast.unparse(node) for each in ast.walk(tree) if isinstance(each, ast.Assert) for node in ast.walk(each)}

    assert {repr(code.value), f"Code.{code.name}"} & expected
