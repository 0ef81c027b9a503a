"""Both stand-ins, and in front of one of them as many approved invoices as asked for, made while they are read.

The stand-in would keep them all in memory and be what takes longest; here each page is written from samples.

python benchmarks/serve_many.py INVOICES to-vtiger|to-xero
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, ExitStack

from many_vtiger import vtiger_with_many
from many_xero import sample_books, xero_with_many

from vtxero.sandbox.serving import ServerThread
from vtxero.sandbox.vtiger import VtigerState
from vtxero.sandbox.vtiger import create_app as vtiger_app
from vtxero.sandbox.xero import XeroState
from vtxero.sandbox.xero import create_app as xero_app


def main() -> None:
    """Serve until stdin ends."""
    count, direction = int(sys.argv[1]), sys.argv[2]
    apps: tuple[object, object]
    if direction == "to-xero":
        apps = vtiger_with_many(count), xero_app(XeroState.new(), limits="off")
    else:
        apps = vtiger_app(VtigerState.sample_empty()), xero_with_many(XeroState.load(sample_books()), count)
    with ExitStack() as stack:
        servers: list[AbstractContextManager[ServerThread]] = [ServerThread(app) for app in apps]
        vtiger, xero = [stack.enter_context(server) for server in servers]
        print(vtiger.url, xero.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
