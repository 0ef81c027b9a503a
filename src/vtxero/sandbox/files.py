"""Reading what the stand-ins start with: Vtiger's exported books, a Xero organisation. JSON, gzipped or not."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_GZIP = b"\x1f\x8b"


class SandboxError(ValueError):
    """The stand-ins cannot be made as asked; the text says why, and names the file where there is one."""


def load_books(path: str | Path) -> dict[str, Any]:
    """Read a Vtiger's books: its records by module, with its describe answers where the file has them.

    Raises:
        SandboxError: the file cannot be read, or holds something else.
    """
    source = _read(Path(path))
    records = source.get("records")
    if not isinstance(records, dict) or not all(_are_rows(rows) for rows in records.values()):
        raise SandboxError(f"{path} holds no books of a Vtiger: no lists of records by module under 'records'")
    if not records.get("Currency"):
        raise SandboxError(f"{path} holds no books of a Vtiger: no 'Currency' under 'records'")
    return source


def load_organisation(path: str | Path) -> dict[str, Any]:
    """Read a Xero organisation: its settings and catalogues, and records where the file has them.

    Raises:
        SandboxError: the file cannot be read, or holds something else.
    """
    source = _read(Path(path))
    organisation = source.get("Organisation")
    missing = [name for name in ("Name", "BaseCurrency") if not _has(organisation, name)]
    if missing:
        raise SandboxError(f"{path} holds no Xero organisation: no {missing[0]!r} under 'Organisation'")
    for name in ("Currencies", "Accounts", "TaxRates", "Contacts", "Items", "Invoices", "Payments"):
        if not _are_rows(source.get(name, [])):
            raise SandboxError(f"{path} holds no Xero organisation: {name!r} is no list of records")
    return source


def _read(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP):
            content = gzip.decompress(content)
        source = json.loads(content)
    except OSError as error:
        raise SandboxError(f"{path} cannot be read: {error.strerror or error}") from error
    except (EOFError, zlib.error) as error:
        raise SandboxError(f"{path} is damaged: {error}") from error
    except (ValueError, RecursionError) as error:
        raise SandboxError(f"{path} holds no JSON: {error}") from error
    if not isinstance(source, dict):
        raise SandboxError(f"{path} holds no JSON object, but a {type(source).__name__}")
    return source


def _are_rows(rows: object) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def _has(organisation: object, name: str) -> bool:
    return isinstance(organisation, Mapping) and bool(organisation.get(name))
