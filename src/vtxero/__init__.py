"""vtxero keeps Vtiger CRM and Xero accounting in step."""

from __future__ import annotations

__version__ = "0.1.0"
