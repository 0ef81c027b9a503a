"""Rules about text, times, fields and defaults that the modules share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.small_reference import a_reference
from vtxero.domain.options import OrganizationOptions
from vtxero.domain.sides import Side
from vtxero.errors import ConfigError, NotModelledError
from vtxero.rules.fields import FieldRules, missing_mandatory, with_defaults
from vtxero.rules.rows import read_json, write_json, xero_moment
from vtxero.rules.texts import text_notes, vtiger_text, xero_email


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/Date(1789344000000+0000)/", "2026-09-14T00:00:00"),
        ("/Date(1789344000999)/", "2026-09-14T00:00:00"),
        ("/Date(1789344000000+1300)/", "2026-09-14T00:00:00"),
        ("2026-09-14T00:00:00.123Z", "2026-09-14T00:00:00"),
        ("", ""),
        ("/Date(-62135596800000+0000)/", "0001-01-01T00:00:00"),
        ("/Date(99999999999999999)/", ""),
        ("2026-09-14", "2026-09-14"),
        ("tomorrow", ""),
        ("half a \ud800 character", ""),
    ],
)
def test_xero_moment_when_read_is_iso_text_in_utc(text, expected):
    assert xero_moment(text) == expected


@pytest.mark.parametrize("address", ["a@b.nz", "o'neil.x+y@sub.example.com"])
def test_xero_email_when_valid_is_kept(address):
    assert xero_email(f" {address} ") == address


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b", "a b@c.nz", "renée@c.nz", "a@b.nz; c@d.nz", "x" * 255 + "@b.nz"]
)
def test_xero_email_when_xero_would_refuse_it_is_blank(address):
    assert xero_email(address) == ""


@given(st.text(max_size=60), st.integers(1, 50))
def test_vtiger_text_when_applied_fits_and_stays(text, limit):
    kept = vtiger_text(text, limit)
    assert len(kept) <= limit
    assert all(ord(char) <= 0xFFFF for char in kept)
    assert vtiger_text(kept, limit) == kept


def test_text_notes_when_something_is_lost_say_what_and_where():
    (said,) = text_notes("city", "Kiwi 🥝", "Kiwi", Side.VTIGER)
    assert said.is_note
    assert "emoji" in said.message
    assert text_notes("city", "Kiwi", "Kiwi", Side.XERO) == ()


def test_json_when_decimals_are_read_keeps_their_spelling_and_reads_back():
    row = read_json('{"price": 1.10, "name": "Māori"}')
    assert read_json(write_json(row)) == {"price": "1.10", "name": "Māori"}
    with pytest.raises(NotModelledError, match="no JSON"):
        read_json(b"<html>")


def rules(fields, **more):
    options = OrganizationOptions(fields=fields)
    return FieldRules("organizations", options, ("name", "phone"), movable={"phone": "phone"}, fixed=("name",), **more)


def test_field_rules_when_a_field_is_off_or_one_way_hold_it_back():
    assert rules({}).active == ("name", "phone")
    assert rules({"phone": "off"}).active == ("name",)
    one_way = rules({"phone": "to-xero"})
    assert one_way.crosses("phone", Side.XERO)
    assert one_way.held_back(Side.VTIGER) == ("phone",)


def test_field_rules_when_another_vtiger_field_is_named_find_it_by_label():
    accounts = a_reference().vtiger.modules["Accounts"]
    moved = rules({"phone": {"vtiger": "mobile for texts", "direction": "to-xero"}})
    moved.check_places(accounts)
    assert moved.vtiger_field("phone", accounts) == "cf_905"
    assert not moved.crosses("phone", Side.VTIGER)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"fone": "off"}, "no such field; there are name, phone"),
        ({"name": "off"}, "cannot be switched off"),
        ({"name": {"vtiger": "x"}}, "fixed place"),
        ({"phone": {"label": "x"}}, "write {vtiger"),
        ({"phone": {"vtiger": "x", "direction": "up"}}, "direction"),
        ({"phone": {"vtiger": "nowhere"}}, "no field named or labelled 'nowhere'"),
    ],
)
def test_field_rules_when_the_config_asks_the_impossible_say_so(fields, says):
    with pytest.raises(ConfigError, match=says):
        rules(fields).check_places(a_reference().vtiger.modules["Accounts"])


def test_defaults_when_named_by_label_fill_blank_fields_only():
    accounts = a_reference().vtiger.modules["Accounts"]
    element = with_defaults({"phone": "1"}, accounts, {"Primary Phone": "2", "website": "w", "nowhere": "x"})
    assert element == {"phone": "1", "website": "w"}
    assert missing_mandatory({"accountname": "A"}, accounts) == ("Assigned To",)


@pytest.mark.parametrize(
    ("text", "kept", "side", "says"),
    [
        ("a" * 10, "a" * 4 + "…", Side.XERO, ["holds fewer than 10 characters"]),
        ("a" * 10, "a" * 5, Side.XERO, ["holds fewer than 10 characters"]),
        ("x 🥝", "x ", Side.VTIGER, ["cannot store characters such as emoji"]),
        ("x 🥝" * 9, "x x…", Side.VTIGER, ["emoji", "fewer than 18 characters"]),
        ("one\ntwo", "one, two", Side.XERO, ["cannot hold it as it is"]),
    ],
)
def test_text_that_lost_something_on_the_way_says_what(text, kept, side, says):
    (found,) = text_notes("comment", text, kept, side)

    assert all(words in found.message for words in says)


@pytest.mark.parametrize(
    ("text", "kept"), [("&lt;b&gt;x", "<b>x"), ("one  two ", "one two"), ("cafe\u0301", "café"), ("x 🥝", "x 🥝")]
)
def test_text_that_is_only_spelt_otherwise_says_nothing(text, kept):
    assert text_notes("comment", text, kept, Side.XERO) == ()
