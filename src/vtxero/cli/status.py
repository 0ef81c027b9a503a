"""`vtxero status`: how a profile stands, or one record's whole story. Asks neither service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from vtxero.cli import arguments
from vtxero.cli.session import Output, Session
from vtxero.domain.sides import Side

if TYPE_CHECKING:
    from vtxero.bootstrap.standing import RecordStory, Standing


def status(
    ctx: typer.Context,
    record: Annotated[
        str | None, typer.Argument(metavar="KIND:ID", help="One record: invoices:INV12; the id may be either side's.")
    ] = None,
) -> None:
    """Show the last runs, how far both sides were read, and what waits; or all that is known of one record.

    Nothing is asked of Vtiger or Xero: it is told as the last run saw it.

    \b
    Examples:
      vtxero status
      vtxero status invoices:INV12
    """
    session: Session = ctx.obj
    if record is None:
        _overview(session)
    else:
        _record(session, record)


def _overview(session: Session) -> None:
    from vtxero.bootstrap.standing import standing

    settings = session.load().settings
    found = standing(settings)
    match session.options.output:
        case Output.JSON:
            session.print_json({"version": 1, "profile": settings.profile, **_standing_document(found)})
        case Output.JSONL:
            session.print_lines(_standing_document(found)["modules"])
        case Output.TABLE:
            from vtxero.cli.status_view import standing_parts

            session.show(standing_parts(found, session.command, settings.profile))


def _record(session: Session, text: str) -> None:
    from vtxero.bootstrap.standing import record_stories

    module, _, record_id = arguments.records([text], ())[0].partition(":")
    stories = record_stories(session.load().settings, module, record_id)
    match session.options.output:
        case Output.JSON:
            session.print_json({"version": 1, "records": [_story_document(story) for story in stories]})
        case Output.JSONL:
            session.print_lines(_story_document(story) for story in stories)
        case Output.TABLE:
            from vtxero.cli.status_view import story_parts

            for story in stories:
                session.show(story_parts(story, session.command))


def _standing_document(found: Standing) -> dict[str, Any]:
    from vtxero.cli.document import summary_document

    left = {item.side: {"side": item.side.value, "left": item.left, "as_of": item.as_of} for item in found.calls_left}
    return {
        "vtiger": found.vtiger or None,
        "organisation": found.organisation or None,
        "runs": [summary_document(item, under_way=found.under_way) for item in found.runs],
        "modules": [
            {
                "module": item.name,
                "enabled": item.enabled,
                "links": item.links,
                "cursors": {side.value: value or None for side, value in item.cursors.items()},
                "waiting": [
                    {"outcome": outcome.value, "reason": code.value if code else None, "records": number}
                    for (outcome, code), number in item.waiting.items()
                ],
            }
            for item in found.modules
        ],
        "open_writes": found.open_writes,
        "calls_left": left.get(Side.XERO),
        "vtiger_calls_left": left.get(Side.VTIGER),
    }


def _story_document(story: RecordStory) -> dict[str, Any]:
    from vtxero.cli.document import history_document

    return {
        "module": story.module,
        "label": story.label,
        "vtiger_id": story.vtiger_id or None,
        "xero_id": story.xero_id or None,
        "labels": {side.value: label for side, label in story.labels.items()},
        "vtiger_url": story.vtiger_url,
        "xero_url": story.xero_url,
        "linked": story.linked,
        "author": story.author or None,
        "alias_of": story.alias_of or None,
        "gone": [side.value for side in story.gone],
        "waits": [side.value for side in story.waits],
        "unsettled": list(story.unsettled),
        "fields": {
            item.field: {
                "vtiger_base": item.vtiger,
                "xero_base": item.xero,
                "vtiger": item.vtiger_now,
                "xero": item.xero_now,
            }
            for item in story.fields
        },
        "open_writes": [{"run": run, "side": side.value} for run, side in story.sent],
        "history": [history_document(entry) for entry in story.history],
    }
