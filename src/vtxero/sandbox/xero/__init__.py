"""A strict, stateful stand-in of Xero: login, connections and the accounting API.

Written from the vendor's pages (developer.xero.com) and its OpenAPI file, checked against none of our own code. Where
those are silent, the stricter reading was taken, so that a client which passes here is the safer one:

- an invoice's Date is set to today when a change of its content leaves it out;
- nothing dated on or before a lock date can be made or changed, drafts included;
- item codes are unique without letter case, and found only with it;
- the number of a voided invoice stays taken, that of a deleted draft does not;
- phones and contact persons are replaced as a whole when sent, an address by its type, and empty lists change nothing;
- a contact merged into another hands over its documents, whose modification time moves;
- texts of refusals that no page quotes (lengths, Url, more than five persons, tracked items) are our own words.

Not kept: contact balances, groups and payment terms, tracking categories, credit notes as records, attachments,
history, a second organisation, and writes to accounts, tax rates and currencies. Asking for those gets HTTP 501.
"""

from __future__ import annotations

from vtxero.sandbox.xero.app import create_app
from vtxero.sandbox.xero.errors import InvalidError
from vtxero.sandbox.xero.state import XeroState

__all__ = ["InvalidError", "XeroState", "create_app"]
