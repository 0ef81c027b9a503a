"""Envelopes cut without touching a number, moments, payloads."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

import pytest

from vtxero.xero.wire import parse_moment, plain, read_envelope, stamp, write_envelope


class Status(StrEnum):
    DRAFT = "DRAFT"


def test_elements_keep_their_text_to_the_letter():
    body = (
        b' { "Id" : "x", "pagination":{"page":1,"pageSize":2,"pageCount":3,"itemCount":6} ,\n'
        b'"Items":[ {"UnitPrice":24.1500,"Name":"a \\u00e4 ],{"} , {"Rate":1.0000000000} ]}'
    )

    envelope = read_envelope(body, "Items")

    assert [element.text for element in envelope.elements] == [
        '{"UnitPrice":24.1500,"Name":"a \\u00e4 ],{"}',
        '{"Rate":1.0000000000}',
    ]
    assert envelope.elements[0].value == {"UnitPrice": "24.1500", "Name": "a ä ],{"}
    assert (envelope.page, envelope.page_count) == (1, 3)
    assert write_envelope("Items", [envelope.elements[1].text]) == b'{"Items":[{"Rate":1.0000000000}]}'


@pytest.mark.parametrize("body", [b'{"Items":[]}', b'{"Items": [ ] , "Id":null}', b'\xef\xbb\xbf{"Items":[]}'])
def test_envelope_when_empty_has_no_elements(body):
    assert read_envelope(body, "Items").elements == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html/>",
        b"[]",
        b"{}",
        b'{"Items":null}',
        b'{"Items":[1]}',
        b'{"Items":[{}',
        b'{"Items":[{}]',
        b'{"Items":[{} {}]}',
        b'{"Items":[]} trailing',
        b'{"Items" []}',
        b"{1:[]}",
        b'{"Contacts":[]}',
        b'{"Items":["\xff"]}',
    ],
)
def test_envelope_when_it_is_none_is_refused(body):
    with pytest.raises(ValueError, match=r"."):
        read_envelope(body, "Items")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("/Date(1789344000000+0000)/", "2026-09-14T00:00:00"),
        ("/Date(1789344000999)/", "2026-09-14T00:00:00"),
        ("/Date(1789344000000+1300)/", "2026-09-14T00:00:00"),
        ("/Date(-1000+0000)/", "1969-12-31T23:59:59"),
        ("2026-09-14T01:02:03", "2026-09-14T01:02:03"),
        ("2026-09-14T01:02:03.45Z", "2026-09-14T01:02:03"),
        ("2026-09-14T13:00:00+13:00", "2026-09-14T00:00:00"),
        ("2026-09-14", "2026-09-14T00:00:00"),
    ],
)
def test_moment_in_any_of_xeros_spellings_is_utc_to_the_second(text, says):
    moment = parse_moment(text)

    assert moment is not None
    assert moment.tzinfo is UTC
    assert stamp(moment) == says


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        None,
        5,
        "/Date(x)/",
        "/Date(99999999999999999)/",
        "/Date(-62135596800000+0000)/",
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00+10:00",
    ],
)
def test_moment_when_it_is_none_is_none(text):
    assert parse_moment(text) is None


def test_stamp_is_utc_whatever_the_zone():
    assert stamp(datetime(2026, 11, 20, 12, 0, 59, 999999, tzinfo=UTC)) == "2026-11-20T12:00:59"


def test_payload_becomes_plain_and_keeps_money_exact():
    payload = MappingProxyType({"Status": Status.DRAFT, "Lines": ({"Qty": Decimal("1.50")},), "Sent": True, "No": None})

    made = plain(payload)

    assert made == {"Status": "DRAFT", "Lines": [{"Qty": Decimal("1.50")}], "Sent": True, "No": None}
    assert type(made["Status"]) is str
    assert type(made["Lines"]) is list


@pytest.mark.parametrize("value", [Decimal("1234567890123.4567"), Decimal("NaN"), 0.5, {1, 2}, b"raw"])
def test_payload_when_it_cannot_travel_exactly_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        plain({"Amount": value})
