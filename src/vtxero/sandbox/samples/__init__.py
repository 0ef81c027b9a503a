"""Sample records for the demo: the books of an outdoor shop that does not exist. Every name and amount is invented."""

from __future__ import annotations

from vtxero.sandbox.samples.payments import add_payments
from vtxero.sandbox.samples.vtiger import sample_vtiger
from vtxero.sandbox.samples.xero import sample_organisation, sample_xero

__all__ = ["add_payments", "sample_organisation", "sample_vtiger", "sample_xero"]
