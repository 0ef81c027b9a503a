"""The command line: the only place that prints."""

from __future__ import annotations

from vtxero.cli.app import app
from vtxero.cli.entry import main

__all__ = ["app", "main"]
