"""Composition root: joins settings, clients, slices, store and clock. The command line calls this and nothing below."""

from __future__ import annotations

from vtxero.bootstrap.syncing import open_log, run_sync

__all__ = ["open_log", "run_sync"]
