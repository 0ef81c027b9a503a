"""Reads and writes a Vtiger CRM through its web service."""

from __future__ import annotations

from vtxero.vtiger.access import Edition, VtigerAccess
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.reference import VtigerUser, read_reference, read_user_settings, user_findings
from vtxero.vtiger.source import VtigerSource

__all__ = [
    "Edition",
    "VtigerAccess",
    "VtigerClient",
    "VtigerSource",
    "VtigerUser",
    "read_reference",
    "read_user_settings",
    "user_findings",
]
