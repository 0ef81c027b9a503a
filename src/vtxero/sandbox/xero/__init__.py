"""A strict, stateful stand-in of Xero: login, connections and the accounting API.

Written from the vendor's pages (developer.xero.com) and its OpenAPI file, checked against none of our own code. Where
those are silent, the stricter reading was taken, so that a client which passes here is the safer one:

- an invoice's Date is set to today when a change of its content leaves it out;
- nothing dated on or before a lock date can be made or changed, drafts included;
- item codes are unique without letter case, and found only with it;
- the number of a voided invoice stays taken, that of a deleted draft does not;
- phones and contact persons are replaced as a whole when sent, an address by its type, and empty lists change nothing;
- a contact merged into another hands over its documents, whose modification time moves;
- a credit is allocated only to an invoice of the same contact and currency, and neither can be edited from then on;
- a tracking category or option that does not exist refuses the line that names it;
- a batch pays all of its invoices or none of them, and what it paid is taken back as a whole;
- texts of refusals that no page quotes (lengths, Url, more than five persons, tracked items, tracking, allocations,
  accounts and tax rates in use, contact groups, notes, mailing, batches, attachments) are our own words;
- of a record's history the notes are kept, not what Xero itself writes there.

Answers are XML unless JSON is asked for, as Xero's are. Overpayments and prepayments can be read, allocated and paid
back, and are made by a person's hand (`XeroState.credit`), for bank transactions are not kept. Nor are balances of
contacts, quotes, orders, journals, reports and what they look like on paper. Asking for those gets HTTP 501.
"""

from __future__ import annotations

from vtxero.sandbox.xero.app import create_app
from vtxero.sandbox.xero.errors import InvalidError
from vtxero.sandbox.xero.state import XeroState

__all__ = ["InvalidError", "XeroState", "create_app"]
