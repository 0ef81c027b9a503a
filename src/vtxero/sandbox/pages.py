"""A plain page for every record of a stand-in, with a form: what a person sees and changes in the browser.

The real services' pages are large and need a login; these show what is stored under the same addresses, so that the
links of a run open. What is saved goes the way of a person's edit, rules and times of change included. Pages are no
calls: neither journal nor limits see them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

FRAME = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body {{ font: 15px sans-serif; margin: 2em; max-width: 60em }}
td, th {{ text-align: left; padding: .2em 1em .2em 0; vertical-align: top }}
input {{ width: 30em; font: inherit }} .said {{ background: #ffd; padding: .5em }}</style>
<h1>{title}</h1>{said}{content}</html>
"""
_DECIMAL = re.compile(r"-?\d+\.\d+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
SAVED = "Saved. The next run of vtxero sees it as somebody's edit."


@dataclass(frozen=True, slots=True)
class Page:
    """A record: what can be changed by the form, by field, and what is only shown, by the words for it.

    `words` are what the form's fields are called; `lines` are those of a document, each by its columns.
    """

    title: str
    editable: Mapping[str, str]
    shown: Mapping[str, str]
    save: Callable[[Mapping[str, str]], None]
    """Takes the fields that were changed. Raises ValueError, KeyError or an error of the stand-in's."""
    links: tuple[tuple[str, str], ...] = ()
    """Names and addresses of other pages, for one that lists them."""
    words: Mapping[str, str] = field(default_factory=dict)
    lines: Sequence[Mapping[str, str]] = ()


class WithPages:
    """An ASGI app with pages in front of it; `find` gives the page of an address, None where there is none.

    `find` raises LookupError for the address of a record that is not there.
    """

    def __init__(self, app: ASGIApp, find: Callable[[str, Mapping[str, str]], Page | None]) -> None:
        self._app = app
        self._find = find

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a page, or let the app answer."""
        if scope["type"] != "http" or scope["path"].startswith(("/_sandbox", "/webservice.php", "/api.xro")):
            await self._app(scope, receive, send)
            return
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        try:
            page = self._find(scope["path"], query)
        except LookupError:
            await _frame("There is no such record here", "", status=404)(scope, receive, send)
            return
        if page is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        said = await _saved(page, request) if request.method == "POST" else ""
        page = self._find(scope["path"], query) or page
        await _frame(page.title, _content(page), said=said)(scope, receive, send)


async def _saved(page: Page, request: Request) -> str:
    """Save what was changed; gives what is to be said."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        return "Not saved: the form was sent from another site."
    form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    changed = {name: form[name] for name, value in page.editable.items() if name in form and form[name] != value}
    if not changed:
        return "Nothing was changed."
    try:
        page.save(changed)
    except Exception as error:  # noqa: BLE001 - whatever the stand-in's rules say, the person reads it
        return f"Not saved: {getattr(error, 'messages', None) or error}"
    return SAVED


def _content(page: Page) -> str:
    fields = "".join(_row(page.words.get(name, name), _input(name, value)) for name, value in page.editable.items())
    facts = "".join(_row(name, escape(value)) for name, value in page.shown.items() if value)
    form = f'<form method="post"><table>{fields}</table><p><button>Save</button></p></form>' if fields else ""
    links = "".join(f'<li><a href="{escape(url)}">{escape(name)}</a></li>' for name, url in page.links)
    return f"{form}{_table(page.lines)}<table>{facts}</table><ul>{links}</ul>"


def _table(lines: Sequence[Mapping[str, str]]) -> str:
    """Lay out a document's lines; a column in which nothing stands is left out."""
    names = [name for name in (lines[0] if lines else ()) if any(line.get(name) for line in lines)]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    rows = ["".join(f"<td>{escape(line.get(name, ''))}</td>" for name in names) for line in lines]
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table><hr>" if names else ""


def _row(name: str, cell: str) -> str:
    return f"<tr><td>{escape(name)}</td><td>{cell}</td></tr>"


def _input(name: str, value: str) -> str:
    return f'<input name="{escape(name)}" value="{escape(value)}">'


def _frame(title: str, content: str, *, said: str = "", status: int = 200) -> Response:
    told = f'<p class="said">{escape(said)}</p>' if said else ""
    return HTMLResponse(FRAME.format(title=escape(title), said=told, content=content), status_code=status)


def listing(title: str, links: tuple[tuple[str, str], ...]) -> Page:
    """Give the page that a browser finds at the stand-in's own address."""
    return Page(title, {}, {}, lambda _: None, links)


def as_text(value: Any) -> str:
    """Give a stored value as it stands in the form, to be compared with what is sent back."""
    return "" if value is None else str(value)


def readable(value: Any) -> str:
    """Show a value to a person: no quotes, no braces, no zeros that say nothing."""
    match value:
        case bool():
            text = "yes" if value else "no"
        case Decimal():
            text = _number(value)
        case datetime():
            text = f"{value:%Y-%m-%d %H:%M:%S} UTC"
        case Mapping():
            text = ", ".join(f"{in_words(name)} {said}" for name, part in value.items() if (said := readable(part)))
        case list() | tuple():
            text = "; ".join(said for part in value if (said := readable(part)))
        case str() if _DECIMAL.fullmatch(value):
            text = _number(Decimal(value))
        case _:
            text = as_text(value)
    return text


def in_words(name: str) -> str:
    """Make words of a name such as `UnitAmount` or `UpdatedDateUTC`."""
    return " ".join(part if part.isupper() else part.lower() for part in _PART.findall(name)) or name


def titled(name: str) -> str:
    """Make the words of a name begin as a line does."""
    words = in_words(name)
    return words[:1].upper() + words[1:]


def _number(value: Decimal) -> str:
    """Leave out zeros at the end, but for cents."""
    plain = f"{value:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return f"{plain}0" if re.search(r"\.\d$", plain) else plain
