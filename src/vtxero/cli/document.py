"""The JSON documents. Their fields are a contract: only ever added to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from vtxero.cli.naming import in_order
from vtxero.domain.findings import Finding
from vtxero.errors import StopError, VtxeroError
from vtxero.sync.records import Outcome
from vtxero.sync.report import HistoryEntry, ModuleCount, RecordResult, RunReport, RunSummary

VERSION = 1


def to_json(document: Any, *, lines: bool = False, ascii_only: bool = False) -> str:
    """Write a document; one on a line of its own is compact. `ascii_only` escapes all other letters."""
    return json.dumps(document, ensure_ascii=ascii_only, indent=None if lines else 2)


def moment(value: datetime | None) -> str | None:
    """Write a moment: ISO, UTC, whole seconds."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def run_document(report: RunReport) -> dict[str, Any]:
    """Give the document of a run (`sync`, `log RUN`, `demo`)."""
    return {
        "version": VERSION,
        "run": report.run,
        "dry_run": report.dry_run,
        "status": report.status,
        "exit_code": report.exit_code,
        "started_at": moment(report.started_at),
        "seconds": round(report.seconds, 3),
        "modules": [_module(count) for count in sorted(report.modules, key=lambda count: in_order(count.module))],
        "records": [record_document(record) for record in report.records],
        "calls": dict(report.calls),
        "messages": list(report.messages),
        "errors": list(report.errors),
        "planned_calls": dict(report.planned_calls),
        "planned_seconds": report.planned_seconds,
    }


def _module(count: ModuleCount) -> dict[str, Any]:
    numbers = {outcome.value: count.counts.get(outcome, 0) for outcome in Outcome}
    return {"module": count.module, "direction": count.direction.value, "seen": count.seen, **numbers}


def record_document(record: RecordResult) -> dict[str, Any]:
    """Give the document of one record."""
    return {
        "module": record.module,
        "direction": record.direction.value,
        "outcome": record.outcome.value,
        "reason": record.reasons[0].code.value if record.reasons else None,
        "reasons": [_finding(item) for item in record.reasons],
        "notes": [_finding(item) for item in record.notes],
        "label": record.label,
        "vtiger_id": record.vtiger_id or None,
        "xero_id": record.xero_id or None,
        "vtiger_url": record.vtiger_url,
        "xero_url": record.xero_url,
        "changes": {change.field + change.where: [change.before, change.after] for change in record.changes},
    }


def history_document(entry: HistoryEntry) -> dict[str, Any]:
    """Give the document of what a run told of a record."""
    return {"run": entry.run, "takes_back": entry.takes_back or None, **record_document(entry.result)}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "field": finding.field,
    }


def records_document(records: Iterable[RecordResult]) -> dict[str, Any]:
    """Give the document of records of no single run: what waits."""
    return {"version": VERSION, "records": [record_document(record) for record in records]}


def summary_document(summary: RunSummary, *, under_way: str = "") -> dict[str, Any]:
    """Give the document of a run in a list of runs; `under_way` names the one that is, if any."""
    return {
        "run": summary.run,
        "command": summary.command,
        "takes_back": summary.takes_back or None,
        "status": summary.status,
        "under_way": summary.run == under_way,
        "exit_code": summary.exit_code,
        "started_at": moment(summary.started_at),
        "finished_at": moment(summary.finished_at),
        **{outcome.value: summary.totals.get(outcome, 0) for outcome in Outcome},
        "calls": dict(summary.calls),
    }


def error_document(error: VtxeroError, message: str, remedy: str) -> dict[str, Any]:
    """Give the document of a command that ended in an error; with the fields of a run: one form for all readers."""
    fields: Mapping[str, Any] = {
        "kind": type(error).__name__,
        "message": message,
        "remedy": remedy,
        "code": error.code if isinstance(error, StopError) else None,
    }
    return {
        "version": VERSION,
        "run": None,
        "status": "error",
        "exit_code": error.exit_code,
        "modules": [],
        "records": [],
        "calls": {},
        "error": dict(fields),
    }
