"""`vtxero explain`: what a reason or guard means, and what to do."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from vtxero.cli import arguments
from vtxero.cli.session import Output, Session
from vtxero.domain.codes import Code
from vtxero.domain.reasons import REASONS


def explain(
    ctx: typer.Context,
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="A reason's code or a guard's name.")] = None,
) -> None:
    """Explain a reason: what it means, how it comes about, and what to do. Without CODE, list all of them.

    \b
    Examples:
      vtxero explain INV-GROUP-DISCOUNT
      vtxero explain changes
      vtxero explain 'RUN-GUARD-*'
    """
    session: Session = ctx.obj
    codes = arguments.reasons(code) if code else list(Code)
    documents = [_document(item) for item in codes]
    match session.options.output:
        case Output.JSON:
            session.print_json({"version": 1, "reasons": documents})
        case Output.JSONL:
            session.print_lines(documents)
        case Output.TABLE:
            if code is None:
                from vtxero.cli.render import reason_list

                session.show(reason_list(codes, session.command))
                return
            from vtxero.cli.render import reason_parts

            for number, item in enumerate(codes):
                session.show(reason_parts(item, session.command, explanation(item), gap=bool(number)))


def explanation(code: Code) -> str:
    """Give the page's text on a reason, between its summary and its remedy; blank where the page is not there."""
    page = resources.files("vtxero") / "reasons.md"
    if not page.is_file():
        page = Path(__file__).parents[3] / "docs" / "reasons.md"  # a clone, not an installed package
    if not page.is_file():
        return ""
    _, _, section = page.read_text(encoding="utf-8").partition(f"\n### {code.value}\n")
    body = section.partition("\n#")[0].partition("**What to do:**")[0]
    paragraphs = [" ".join(part.split()) for part in body.strip().split("\n\n")]
    return "\n\n".join(paragraphs[1:])


def _document(code: Code) -> dict[str, str]:
    reason = REASONS[code]
    return {
        "code": code.value,
        "summary": reason.summary,
        "explanation": explanation(code),
        "remedy": reason.remedy,
    }
