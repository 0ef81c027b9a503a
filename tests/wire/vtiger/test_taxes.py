"""The source's taxes, against a stand-in on a real socket: what comes, what it costs, and what is sent."""

from __future__ import annotations

import json

import pytest

from vtxero.sync.records import Accepted, Refused

KEY = "key"


def unknown(_record_id):
    return None


def create(label, percentage):
    element = {"taxlabel": label, "percentage": percentage}
    return {"steps": [{"op": "create", "module": "Tax", "element": element}]}


def revise(tax_id, percentage):
    return {"steps": [{"op": "revise", "module": "Tax", "element": {"id": tax_id, "percentage": percentage}}]}


@pytest.mark.parametrize("user", ["admin", "clerk"])
def test_taxes_are_read_whole_by_one_query_whoever_asks(rig, read, user):
    source = rig.source(user)

    for since in (None, "2026-11-22 12:00:00"):
        found = read(source.fetch("taxes", since, unknown))
        assert [(row["id"], row["taxlabel"], row["percentage"]) for row in found] == [
            ("34x1", "VAT", "4.500"),
            ("34x2", "Sales", "10.000"),
            ("34x3", "Service", "12.500"),
        ]
    assert rig.asked() == ["query Tax"] * 2


def test_more_taxes_than_a_page_holds_are_all_read(rig, read):
    writer = rig.source()
    for number in range(120):
        writer.create("taxes", [create(f"Levy {number}", "1.000")], KEY)

    found = read(rig.source().fetch("taxes", None, unknown))

    assert len({row["id"] for row in found}) == len(found) == 123


def test_new_tax_is_answered_as_the_list_shows_it(rig):
    [answer] = rig.source().create("taxes", [create("Levy", "2.250")], KEY)

    assert isinstance(answer, Accepted)
    [row] = json.loads(answer.raw)
    assert (row["id"], row["taxname"], row["taxlabel"], row["percentage"]) == ("34x4", "tax4", "Levy", "2.250")
    assert rig.asked("tax") == ["create Tax", "query Tax"]


def test_changed_rate_is_revised_and_leaves_the_column_of_a_namesake_alone(rig, read):
    source = rig.source()
    source.create("taxes", [create("VAT", "20.000")], KEY)

    [answer] = source.update("taxes", [revise("34x1", "5.000")], KEY)

    assert isinstance(answer, Accepted)
    rows = {row["id"]: (row["taxname"], row["percentage"]) for row in read(source.fetch("taxes", None, unknown))}
    assert (rows["34x1"], rows["34x4"]) == (("tax1", "5.000"), ("tax4", "20.000"))
    assert rig.asked("update") == []


def test_user_without_the_right_is_refused_in_vtigers_words(rig):
    source = rig.source("clerk")

    answers = source.create("taxes", [create("Levy", "1.000")], KEY) + source.update(
        "taxes", [revise("34x1", "5.000")], KEY
    )

    assert answers == [Refused(("Permission to write is denied",))] * 2


def test_look_before_a_write_tells_an_edit_by_its_content_and_what_is_gone(rig, read):
    source = rig.source()
    read(source.fetch("taxes", None, unknown))
    assert source.modified_now("taxes", ["34x1", "34x2", "34x9"]) == {"34x1": "", "34x2": ""}

    rig.source().update("taxes", [revise("34x1", "5.000")], KEY)
    assert source.modified_now("taxes", ["34x1", "34x2"])["34x1"] != ""
    [row] = read(source.fetch_ids("taxes", ["34x1"]))
    assert (row["percentage"], source.modified_now("taxes", ["34x1"])) == ("5.000", {"34x1": ""})
