"""A company in the middle of its work, for command lines that look at it: runs are done, and changes are waiting."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager

from chain.company import line, open_company
from cli.conftest import Shop
from cli.forking import shared
from cli.logging_in import free_port
from cli.test_watching import Watcher
from vtxero.sandbox import Sandbox
from vtxero.sandbox.vtiger import User

OLD = "Old Ltd"


class Office:
    """Both stand-ins, the folder of somebody who runs vtxero, and the names of what is there.

    After the first run (`first`) an invoice has crossed (`good`), one was left alone (`bad`), Xero's customer Blue Ltd
    came to Vtiger. A run that found nothing follows (`idle`). In the last one (`second`) `good` came into conflict,
    `refused` was refused, Acme's phone number crossed. Since then: another phone number, the invoices `late` (good) and
    `worse` (a discount on the whole), and a customer that was last changed long ago, as one taken out of a bin is.
    """

    def __init__(self, company, cloud, folder, forker, watcher):
        self.cloud = cloud
        company.vtiger.users["clerk"] = User("clerk", 5, "clerk-key", is_admin=True)
        self.company, self.folder, self._forker, self.watcher = company, folder, forker, watcher
        self.shop = Shop(company, folder / "vtxero.yaml")
        self._copies, self.ids, self.port = 0, {}, free_port()
        self._work()

    @property
    def names(self):
        """What a command line may name."""
        chosen = self.company.settings
        return {
            **{name: getattr(self, name) for name in ("first", "idle", "second", "good", "bad", "late")},
            "vtiger": chosen.vtiger.url,
            "xero": chosen.xero.identity_url,
            "cloud": self.cloud.vtiger_url,
            "cloud_books": self.cloud.xero_url,
            "tenant": self.company.xero.tenant_id,
            "config": str(self.shop.path),
            "watcher": self.watcher.url,
            "port": str(self.port),
        }

    def copy(self, *, blank=False):
        """Give a folder of one's own, with the config and the state as they are, or with nothing in it."""
        self._copies += 1
        place = self.folder.parent / f"copy{self._copies}"
        if blank:
            (place / "home").mkdir(parents=True)
        else:
            shutil.copytree(self.folder, place)
        return place

    def run(self, words, folder=None, **how):
        """Run a command line there, or in a copy."""
        return self._forker.run(words, folder or self.copy(), **how)

    def _work(self):
        crm = self.company
        self.acme, self.widget = crm.organization("Acme Ltd", email1="office@acme.example"), crm.product()
        self.good = self._invoice()
        self.bad = self._invoice(hdnDiscountAmount="1")
        crm.xero.add_contact(Name="Blue Ltd")
        self.first = self._sync(0)
        self.idle = self._sync(0, "contacts")
        self.refused = self._invoice()
        crm.crm.post("revise", element={"id": self.acme, "phone": "111"})
        crm.crm.post("revise", element={"id": self.ids[self.good], "duedate": "2026-12-01"})
        crm.xero.edit_invoice(crm.invoices()[self.good]["InvoiceID"], DueDate="2026-12-15")
        crm.xero.edit_account("200", Status="ARCHIVED")
        self.second = self._sync(8)
        crm.xero.edit_account("200", Status="ACTIVE")
        crm.crm.post("revise", element={"id": self.acme, "phone": "222"})
        crm.vtiger.edit(crm.organization(OLD), createdtime="2020-01-02 03:04:05", modifiedtime="2020-01-02 03:04:05")
        self.late = self._invoice()
        self.worse = self._invoice(hdnDiscountAmount="1")

    def _invoice(self, **fields):
        record_id = self.company.invoice(self.acme, line(self.widget), **fields)
        number = self.company.number_of(record_id)
        self.ids[number] = record_id
        return number

    def _sync(self, code, *modules):
        ran = self.run(["sync", *modules, "-o", "json"], self.folder)
        assert ran.code == code, ran
        return ran.json["run"]


@contextmanager
def open_office(folder):
    """Open it for business."""
    folder.mkdir()
    (folder / "home").mkdir()
    with (
        open_company(folder.parent / "unused") as company,
        Sandbox(edition="cloud", limits=False) as cloud,
        Watcher() as watcher,
    ):
        threading.Thread(target=watcher.serve_forever, daemon=True).start()
        yield Office(company, cloud, folder, shared(), watcher)
        watcher.shutdown()
