"""Runs made by hand, with labels as hostile as customers' names can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from vtxero.domain.codes import Code
from vtxero.domain.findings import finding, note
from vtxero.domain.sides import Direction
from vtxero.sync.records import FieldChange, Outcome
from vtxero.sync.report import ModuleCount, RecordResult, RunReport, RunSummary

TO_XERO, TO_VTIGER = Direction.TO_XERO, Direction.TO_VTIGER
STARTED = datetime(2026, 11, 22, 17, 12, 16, 987654, tzinfo=UTC) + timedelta(0)
HOSTILE = "[red]Evil\x1b]8;;http://evil.example\x07 & Sons\x1b[2J\u202egnp\n[/red]"


def record(label, outcome, module="invoices", direction=TO_XERO, number=1, **more):
    prefix = {"invoices": "7", "organizations": "11", "products": "14"}[module]
    vtiger_id = f"{prefix}x{number}"
    return RecordResult(
        module,
        direction,
        outcome,
        label,
        more.pop("vtiger_id", vtiger_id),
        more.pop("xero_id", None),
        vtiger_url=more.pop("vtiger_url", f"https://crm.example.com/index.php?module=Invoice&record={number}"),
        **more,
    )


def count(module, direction, **numbers):
    return ModuleCount(module, direction, {Outcome(name): number for name, number in numbers.items()})


def full_report(**changes):
    records = [
        record(f"INV{n}", Outcome.SKIPPED, number=n, reasons=(finding(Code.INV_GROUP_DISCOUNT),)) for n in range(12, 19)
    ]
    records += [
        record(
            "INV20",
            Outcome.SKIPPED,
            number=20,
            reasons=(
                finding(Code.INV_TAX_UNKNOWN, "Xero has no tax `Luxus 33 %`.", field="lines"),
                finding(Code.INV_ADJUSTMENT),
            ),
        ),
        record(HOSTILE, Outcome.SKIPPED, "organizations", number=5, reasons=(finding(Code.ORG_NAME),)),
        record(
            "INV21", Outcome.FAILED, number=21, reasons=(finding(Code.XERO_REFUSED, "Email address must be valid."),)
        ),
        record(
            "INV22",
            Outcome.CONFLICT,
            number=22,
            xero_id="0f3c8a52-6f5b-4a4c-9a0e-6f6f1e0b7a11",
            reasons=(finding(Code.CONFLICT, "duedate changed on both sides: Vtiger has 2026-11-20, Xero 2026-11-30."),),
        ),
        record(
            "INV23",
            Outcome.CREATED,
            number=23,
            notes=(note(Code.INV_PAID_ELSEWHERE),),
            changes=(FieldChange("number", None, "INV23"), FieldChange("total", None, "115.00")),
        ),
        record(
            "Żółw & Söhne",
            Outcome.UPDATED,
            "organizations",
            TO_VTIGER,
            number=9,
            changes=(FieldChange("phone", "1", "2"), FieldChange("fax", "3", None)),
        ),
    ]
    given = {
        "run": "2026-11-22T17-12-16Z-3f9c",
        "dry_run": False,
        "status": "partial",
        "exit_code": 8,
        "started_at": STARTED,
        "seconds": 12.3456,
        "modules": (
            count("organizations", TO_XERO, unchanged=299, skipped=1),
            count("invoices", TO_XERO, created=1, skipped=8, conflict=1, failed=1, unchanged=100_000),
            count("organizations", TO_VTIGER, updated=1),
        ),
        "records": tuple(records),
        "calls": {"vtiger": 31, "xero": 24},
        "messages": ("This Vtiger has no Payments module.",),
        "planned_calls": {},
    }
    return RunReport(**(given | changes))


def quiet_report(**changes):
    modules = (count("invoices", TO_XERO, unchanged=3), count("invoices", TO_VTIGER))
    plain = {"status": "success", "exit_code": 0, "records": (), "modules": modules, "messages": ()}
    return full_report(**(plain | changes))


def stopped_report():
    """A run that a guard stopped, on a Vtiger of which there is a note to make."""
    said = ("No Payments module.", "Too many changes.")
    return quiet_report(exit_code=6, status="error", messages=said, errors=said[1:])


def summary(run="2026-11-22T17-12-16Z-3f9c", **changes):
    given = {
        "run": run,
        "command": "sync",
        "status": "partial",
        "exit_code": 8,
        "started_at": STARTED,
        "finished_at": STARTED + timedelta(seconds=12),
        "totals": {Outcome.CREATED: 1, Outcome.UNCHANGED: 100_299, Outcome.SKIPPED: 9},
        "calls": {"vtiger": 31, "xero": 24},
    }
    return RunSummary(**(given | changes))
