"""The names of columns that go by side."""

from __future__ import annotations

from vtxero.domain.sides import Side


def id_column(side: Side) -> str:
    """Give the column that holds a pair's id on a side."""
    return "vtiger_id" if side is Side.VTIGER else "xero_id"
