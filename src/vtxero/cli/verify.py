"""`vtxero verify`: both ledgers to the cent, and why they differ."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import typer

from vtxero.cli.exitcodes import DONE, FAILED, INTERRUPTED
from vtxero.cli.session import Output, Session
from vtxero.errors import SignalError

if TYPE_CHECKING:
    from vtxero.bootstrap.verifying import Verified
    from vtxero.modules.invoices.ledger import Amounts, Entry
    from vtxero.modules.invoices.verify import Account, Difference


def verify(ctx: typer.Context) -> int:
    """Compare what was invoiced, paid and is due on both sides, per customer and currency, to the cent.

    Every invoice that differs is shown with its cause. Nothing is written, and few calls are made: one for a thousand
    invoices of Xero, one for a hundred of Vtiger.

    Exit code 0: both ledgers agree, or every difference has its cause; 3: a difference has none.

    \b
    Examples:
      vtxero verify
      vtxero verify -o json
    """
    session: Session = ctx.obj
    verified = _read(session)
    code = DONE if verified.ledger.explained else FAILED
    match session.options.output:
        case Output.JSON:
            session.print_json(document(verified, code))
        case Output.JSONL:
            session.print_lines(_difference(item, verified) for item in verified.ledger.differences)
        case Output.TABLE:
            if session.options.quiet and code == DONE:
                return code
            from vtxero.cli.verify_view import ledger_parts

            session.show(ledger_parts(verified, session.command))
    return code


def _read(session: Session) -> Verified:
    from vtxero.bootstrap.verifying import run_verify
    from vtxero.cli.progress import RunProgress

    settings = session.load().settings
    with RunProgress(sys.stderr, shown=not session.options.quiet, no_color=session.options.no_color) as progress:
        try:
            return run_verify(settings, progress)
        except KeyboardInterrupt:
            raise SignalError("Stopped; nothing was written.", exit_code=INTERRUPTED) from None


def document(verified: Verified, code: int) -> dict[str, Any]:
    """Give the whole comparison; amounts are texts, in their own currencies."""
    ledger = verified.ledger
    return {
        "version": 1,
        "exit_code": code,
        "explained": ledger.explained,
        "currencies": [_sums(item) for item in ledger.currencies()],
        "customers": [{"customer": item.customer.name, **_sums(item)} for item in ledger.accounts],
        "differences": [_difference(item, verified) for item in ledger.differences],
        "calls": dict(verified.calls),
    }


def _sums(item: Account) -> dict[str, Any]:
    return {
        "currency": item.currency,
        "vtiger": _amounts(item.vtiger),
        "xero": _amounts(item.xero),
        "difference": _amounts(item.difference),
    }


def _amounts(amounts: Amounts) -> dict[str, str]:
    return {"invoiced": f"{amounts.invoiced:.2f}", "paid": f"{amounts.paid:.2f}", "due": f"{amounts.due:.2f}"}


def _difference(item: Difference, verified: Verified) -> dict[str, Any]:
    return {
        "customer": item.customer.name,
        "currency": item.entry.currency,
        "number": item.entry.number,
        "explained": item.explained,
        "causes": [
            {"code": one.code, "message": one.message, "explained": one.explained, "remedy": one.remedy or None}
            for one in item.causes
        ],
        "difference": _amounts(item.amounts),
        "vtiger": _entry(item.vtiger, verified),
        "xero": _entry(item.xero, verified),
    }


def _entry(entry: Entry | None, verified: Verified) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {
        "id": entry.id,
        "number": entry.number,
        "status": entry.status,
        "counts": entry.living,
        **_amounts(entry.amounts),
        "url": verified.page_of(entry.side, entry.id),
    }
