"""Stand-ins for a Vtiger and a Xero organisation on this machine, for trying vtxero out and for its tests.

They share nothing with the rest of vtxero: what they judge must not be judged by its own rules. Importing this package
is cheap; the servers' libraries are loaded when a `Sandbox` is made.
"""

from __future__ import annotations

from vtxero.sandbox.both import Sandbox
from vtxero.sandbox.files import SandboxError, load_books, load_organisation

__all__ = ["Sandbox", "SandboxError", "load_books", "load_organisation"]
