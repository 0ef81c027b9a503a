"""A strict, stateful stand-in for a self-hosted Vtiger's web service."""

from __future__ import annotations

from vtxero.sandbox.vtiger.app import create_app
from vtxero.sandbox.vtiger.state import User, VtigerState

__all__ = ["User", "VtigerState", "create_app"]
