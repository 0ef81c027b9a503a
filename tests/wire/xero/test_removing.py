"""Taking records away from Xero: only what law 6 lets go."""

from __future__ import annotations

import pytest

from vtxero.errors import NotModelledError
from vtxero.sync.records import Removal
from vtxero.xero.removing import XeroRemover
from vtxero.xero.wire import parse_moment, stamp


@pytest.mark.parametrize(
    ("module", "way"),
    [("products", "DELETED"), ("invoices", "AUTHORISED"), ("invoices", "PAID"), ("organizations", "DELETED")],
)
def test_law_6_nothing_else_is_ever_sent(client, source, script, module, way):
    with pytest.raises(NotModelledError):
        XeroRemover(client, source).remove(module, [Removal("id-1", way)], "key")

    assert script.asked == []


def test_users_of_contacts_are_asked_for_forty_at_a_time_and_without_ended_invoices(client, source, script):
    ids = [f"{number:08d}-0000-0000-0000-000000000000" for number in range(41)]
    used = {"InvoiceID": "F0000000-0000-0000-0000-000000000000", "Contact": {"ContactID": ids[3].upper()}}
    script.says({"pagination": {"page": 1, "pageCount": 1}, "Invoices": [used]}, {"Invoices": []})

    found = XeroRemover(client, source).users("organizations", ids)

    assert found == {ids[3]: ["f0000000-0000-0000-0000-000000000000"]}
    assert len(script.asked) == 2
    assert "VOIDED" not in script.asked[0].path


def test_users_when_xero_gives_smaller_pages_than_asked_for_misses_none(client, source, script):
    contact = "00000000-0000-0000-0000-000000000001"
    rows = [
        {"InvoiceID": f"i{number}", "Contact": {"ContactID": contact}, "UpdatedDateUTC": f"/Date({number}000000)/"}
        for number in range(3)
    ]

    def page(asked):
        since, number = asked.headers.get("If-Modified-Since", ""), int(asked.query["page"])
        listed = [row for row in rows if stamp(parse_moment(row["UpdatedDateUTC"])) >= since]
        return {
            "pagination": {"page": number, "pageSize": 1, "pageCount": len(listed)},
            "Invoices": listed[number - 1 : number],
        }

    script.says(page)

    assert XeroRemover(client, source).users("organizations", [contact]) == {contact: ["i0", "i1", "i2"]}


def test_users_of_items_and_invoices_are_nobodys_question(client, source, script):
    assert XeroRemover(client, source).users("invoices", ["a"]) == {}
    assert script.asked == []
