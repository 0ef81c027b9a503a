"""The invented company on the cloud edition of Vtiger."""

from __future__ import annotations

from contextlib import contextmanager

from chain.company import Company, a_config, settle
from sandbox.vtiger.cloud_calling import CloudCaller
from vtxero.config.settings import Settings
from vtxero.sandbox.instrument import instrumented
from vtxero.sandbox.serving import ServerThread
from vtxero.sandbox.vtiger import VtigerState
from vtxero.sandbox.vtiger.cloud import create_cloud_app
from vtxero.sandbox.vtiger.cloud_limits import FloodControl
from vtxero.sandbox.xero import XeroState
from vtxero.sandbox.xero import create_app as xero_app


class CloudCompany(Company):
    """The same company, whose people and programs use the cloud."""

    def __init__(self, vtiger, xero, apps, settings):
        self.vtiger, self.xero, self.apps, self.settings = vtiger, xero, apps, settings
        self.crm = CloudCaller(vtiger)

    def asked(self):
        settle(self.apps)
        return [entry.path for entry in self.apps["vtiger"].journal.entries]


@contextmanager
def open_cloud(
    folder,
    *,
    failures="status",
    limits=None,
    url="{}",
    edition="cloud",
    with_payments=True,
    vtiger_clock=None,
    **payments,
):
    """Start both services with empty books; `payments` are options of that module."""
    vtiger = VtigerState.sample_empty(clock=vtiger_clock)
    xero = XeroState.new()
    xero.add_tax_rate("VAT", ("VAT", "4.5"))
    limits = limits or FloodControl(counts=False)
    cloud = create_cloud_app(vtiger, limits=limits, failures=failures, with_payments=with_payments)
    apps = {"vtiger": instrumented(cloud), "xero": xero_app(xero, limits="off")}
    with ServerThread(apps["vtiger"]) as crm, ServerThread(apps["xero"]) as books:
        config = a_config(folder, url.format(crm.url), books.url)
        config["vtiger"]["edition"] = edition
        config["modules"]["payments"] = {"account": "090", **payments}
        settings = Settings.model_validate(config)
        yield CloudCompany(vtiger, xero, apps, settings)
