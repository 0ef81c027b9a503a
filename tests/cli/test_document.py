from __future__ import annotations

import json

from cli.samples import HOSTILE, full_report, record, summary
from vtxero.cli.document import error_document, records_document, run_document, summary_document, to_json
from vtxero.domain.codes import Code
from vtxero.domain.findings import finding
from vtxero.errors import StopError
from vtxero.sync.records import FieldChange, Outcome


def test_run_document_has_exactly_the_fields_that_were_promised():
    document = run_document(full_report())

    assert {name: document[name] for name in ("version", "run", "dry_run", "status", "exit_code")} == {
        "version": 1,
        "run": "2026-11-22T17-12-16Z-3f9c",
        "dry_run": False,
        "status": "partial",
        "exit_code": 8,
    }
    assert document["started_at"] == "2026-11-22T17:12:16Z"
    assert document["seconds"] == 12.346
    assert document["calls"] == {"vtiger": 31, "xero": 24}
    assert list(document)[:10] == [
        "version", "run", "dry_run", "status", "exit_code", "started_at", "seconds", "modules", "records", "calls",
    ]  # fmt: skip
    assert next(row for row in document["modules"] if row["module"] == "invoices") == {
        "module": "invoices",
        "direction": "to-xero",
        "seen": 100_011,
        "created": 1,
        "updated": 0,
        "linked": 0,
        "unchanged": 100_000,
        "skipped": 8,
        "conflict": 1,
        "failed": 1,
    }


def test_run_document_adds_up_in_every_row():
    for row in run_document(full_report())["modules"]:
        assert row["seen"] == sum(row[outcome.value] for outcome in Outcome)


def test_record_document_has_exactly_the_fields_that_were_promised():
    item = record(
        "INV12",
        Outcome.SKIPPED,
        number=28,
        reasons=(finding(Code.INV_GROUP_DISCOUNT, "10 %", field="discount", remedy="Mend it."),),
        changes=(FieldChange("duedate", "2026-11-20", "2026-11-30"),),
        vtiger_url="https://crm.example.com/28",
    )

    assert records_document([item]) == {
        "version": 1,
        "records": [
            {
                "module": "invoices",
                "direction": "to-xero",
                "outcome": "skipped",
                "reason": "INV-GROUP-DISCOUNT",
                "reasons": [
                    {"code": "INV-GROUP-DISCOUNT", "message": "10 %", "remedy": "Mend it.", "field": "discount"}
                ],
                "notes": [],
                "label": "INV12",
                "vtiger_id": "7x28",
                "xero_id": None,
                "vtiger_url": "https://crm.example.com/28",
                "xero_url": None,
                "changes": {"duedate": ["2026-11-20", "2026-11-30"]},
            }
        ],
    }


def test_documents_keep_labels_exactly_and_escape_what_json_must():
    text = to_json(records_document([record(HOSTILE, Outcome.SKIPPED)]))

    assert json.loads(text)["records"][0]["label"] == HOSTILE
    assert "\x1b" not in text


def test_summary_document_of_an_interrupted_run_has_no_end():
    document = summary_document(summary(exit_code=None, finished_at=None))

    assert document["exit_code"] is None
    assert document["finished_at"] is None
    assert document["skipped"] == 9
    assert document["failed"] == 0


def test_error_document_reads_like_a_run_that_failed():
    document = error_document(StopError("m", code="RUN-TENANT", remedy="r"), "m", "r")

    assert document["version"] == 1
    assert document["status"] == "error"
    assert document["exit_code"] == 6
    assert document["records"] == []
    assert document["error"] == {"kind": "StopError", "message": "m", "remedy": "r", "code": "RUN-TENANT"}
