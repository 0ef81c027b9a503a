"""`vtxero explain`: what a reason or guard means, and what to do."""

from __future__ import annotations

from typing import Annotated

import typer

from vtxero.cli import arguments
from vtxero.cli.session import Output, Session
from vtxero.domain.reasons import REASONS, Code


def explain(
    ctx: typer.Context,
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="A reason's code or a guard's name.")] = None,
) -> None:
    """Explain a reason for leaving a record alone; without CODE, list them all.

    \b
    Examples:
      vtxero explain INV-GROUP-DISCOUNT
      vtxero explain changes
    """
    session: Session = ctx.obj
    codes = [arguments.reason(code)] if code else list(Code)
    documents = [_document(item) for item in codes]
    match session.options.output:
        case Output.JSON:
            session.print_json({"version": 1, "reasons": documents})
        case Output.JSONL:
            session.print_lines(documents)
        case Output.TABLE:
            if code is None:
                width = max(len(item.value) for item in codes)
                session.print("\n".join(f"{item.value:<{width}}  {REASONS[item].summary}" for item in codes))
                return
            from vtxero.cli.render import reason_parts

            session.show(reason_parts(codes[0]))


def _document(code: Code) -> dict[str, str]:
    return {"code": code.value, "summary": REASONS[code].summary, "remedy": REASONS[code].remedy}
