"""Composition root: joins settings, clients, slices, store and clock. The command line calls this and nothing below."""

from __future__ import annotations

from vtxero.bootstrap.syncing import open_log, run_sync
from vtxero.bootstrap.undoing import check_undo, run_undo
from vtxero.bootstrap.verifying import run_verify

__all__ = ["check_undo", "open_log", "run_sync", "run_undo", "run_verify"]
