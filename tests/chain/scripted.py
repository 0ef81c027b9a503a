"""Refusals by script: what a real service may say and a stand-in has no reason for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from vtxero.sandbox.vtiger.errors import VtigerError
from vtxero.sandbox.vtiger.operations import OPERATIONS
from vtxero.sandbox.xero.errors import InvalidError
from vtxero.sandbox.xero.shelves import Shelf


@contextmanager
def xero_refusing(shelf: Shelf, *messages: str) -> Iterator[None]:
    """Let Xero refuse every element of a collection, in these words."""

    def refuse(*_: Any) -> None:
        raise InvalidError(*messages)

    real = shelf.save
    object.__setattr__(shelf, "save", refuse)
    try:
        yield
    finally:
        object.__setattr__(shelf, "save", real)


@contextmanager
def vtiger_refusing(operation: str, code: str, message: str) -> Iterator[None]:
    """Let Vtiger refuse every call of an operation, in these words."""

    def refuse(*_: Any) -> None:
        raise VtigerError(code, message)

    real = OPERATIONS[operation]
    OPERATIONS[operation] = replace(real, handler=refuse)
    try:
        yield
    finally:
        OPERATIONS[operation] = real
