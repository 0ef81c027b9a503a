"""create, retrieve, update, revise, delete: what is kept, what is lost, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contract.vtiger.calling import FAULTY, opened, refusal

DENIED = "Permission to perform the operation is denied"
ODD = 'Kiwi & Sons <Ltd> "Q" O\'Neil \\ — Māori € &lt;b&gt; &amp;'


# -- create ----------------------------------------------------------------------------------------------------


def test_create_answers_the_record_as_stored(vtiger, books):
    made = books.account(phone="1")
    assert made["id"].startswith(f"{vtiger.prefix('Accounts')}x")
    assert vtiger.retrieve(made["id"]) == made


@pytest.mark.parametrize("empty", [{}, {"accountname": ""}])
def test_first_missing_mandatory_field_is_named(vtiger, books, empty):
    element = {"assigned_user_id": books.me, **empty}
    found = refusal(vtiger.post("create", elementType="Accounts", element=element))
    assert found == ("MANDATORY_FIELDS_MISSING", "accountname does not have a value")


def test_broken_json_is_an_empty_element_or_a_failure(vtiger):
    code = refusal(vtiger.post("create", elementType="Accounts", element="{broken"))[0]
    assert code == ("INTERNAL_SERVER_ERROR" if vtiger.version == FAULTY else "MANDATORY_FIELDS_MISSING")


def test_duplicate_account_is_refused_with_the_number_0(vtiger, books):
    name = books.name()
    books.account(accountname=name)
    for again in (name, name.upper()):
        element = {"accountname": again, "assigned_user_id": books.me}
        found = refusal(vtiger.post("create", elementType="Accounts", element=element))
        assert found == (0, "Duplicate(s) detected!")


def test_duplicate_is_refused_on_revise_and_free_again_after_delete(vtiger, books):
    name = books.name()
    first, second = books.account(accountname=name), books.account()
    element = {"id": second["id"], "accountname": name}
    assert refusal(vtiger.post("revise", element=element)) == (0, "Duplicate(s) detected!")
    vtiger.post("delete", id=first["id"])
    assert vtiger.revise(second["id"], accountname=name)["accountname"] == name


def test_contacts_and_products_may_be_there_twice(books):
    name = books.name()
    assert books.person(lastname=name)["id"] != books.person(lastname=name)["id"]
    assert books.product(productname=name)["id"] != books.product(productname=name)["id"]


def test_number_of_its_own_cannot_be_sent(vtiger, books):
    made = books.account(account_no="MINE")
    assert made["account_no"] != "MINE"
    assert vtiger.revise(made["id"], account_no="MINE")["account_no"] == made["account_no"]


def test_unknown_fields_are_passed_over_and_times_are_the_servers(books):
    made = books.account(nosuch="1", createdtime="2001-01-01 00:00:00", modifiedtime="2001-01-01 00:00:00")
    assert "nosuch" not in made
    assert made["createdtime"][:4] != "2001"
    assert made["modifiedtime"][:4] != "2001"


def test_source_can_be_set_on_create_only_and_becomes_capitals(vtiger, books):
    assert books.account()["source"] == "WEBSERVICE"
    made = books.account(source="Import 3f-a")
    assert made["source"] == "IMPORT 3F-A"
    assert vtiger.revise(made["id"], source="Other")["source"] == "IMPORT 3F-A"


def test_times_have_whole_seconds_and_lie_quarters_of_an_hour_from_the_servers_clock(vtiger, books):
    """They are in the server's own zone, which is told nowhere: all zones differ by whole quarters of an hour."""
    before = opened(vtiger.send("GET", params={"operation": "getchallenge", "username": vtiger.user}))["serverTime"]
    moment = datetime.strptime(books.account()["createdtime"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert (moment.timestamp() - before + 2) % 900 <= 12


# -- texts -----------------------------------------------------------------------------------------------------


def test_odd_characters_come_back_as_sent(vtiger, books):
    text = f"{books.word} {ODD}"
    made = books.account(accountname=text, bill_street="1 A\r\n2 B\n3 C", bill_city=" blank ")
    found = vtiger.retrieve(made["id"])
    assert (found["accountname"], found["bill_street"], found["bill_city"]) == (text, "1 A\r\n2 B\n3 C", " blank ")


def test_label_alone_stays_escaped(books):
    made = books.account(accountname=f"{books.word} A & B <c>")
    assert made["label"] == f"{books.word} A &amp; B &lt;c&gt;"


def test_emoji_become_question_marks(vtiger, books):
    """Four of them, or two, as the connection to the database is set up."""
    found = vtiger.retrieve(books.account(bill_city="a\U0001f600b")["id"])["bill_city"]
    assert found.strip("ab").strip("?") == ""
    assert found.startswith("a?")


@pytest.mark.parametrize(
    ("module", "lengths"),
    [
        ("Accounts", {"accountname": 100, "phone": 30, "fax": 30, "website": 100, "bill_street": 250, "bill_city": 30}),
        ("Contacts", {"firstname": 40, "lastname": 80, "phone": 50, "email": 100, "mailingcity": 40, "mailingzip": 30}),
        ("Services", {"servicename": 255}),
    ],
)
def test_long_texts_are_cut_silently(vtiger, books, module, lengths):
    sent = {name: (books.name() + "x" * 300)[:280] for name in lengths}
    made = books.create(module, assigned_user_id=books.me, **sent)
    row = vtiger.retrieve(made["id"])
    assert {name: row[name] for name in lengths} == {name: sent[name][:most] for name, most in lengths.items()}


def test_picklists_and_emails_are_not_checked(books):
    made = books.account(industry="Not In List", email1="no email", website="no address")
    assert (made["industry"], made["email1"], made["website"]) == ("Not In List", "no email", "no address")


def test_booleans_are_stored_as_0_and_1(books):
    for sent, stored in (("1", "1"), ("on", "1"), (True, "1"), ("0", "0"), (False, "0"), ("true", "0"), ("yes", "0")):
        assert books.account(emailoptout=sent)["emailoptout"] == stored


@pytest.mark.parametrize("name", ["description", "bill_street", "bill_city"])
def test_text_with_a_whole_script_is_escaped_and_other_markup_is_not(books, name):
    start = books.name()
    for plain in ("a & b < c", "<b>x</b>", "<script>"):
        assert books.account(**{name: f"{start} {plain}"})[name] == f"{start} {plain}"
    found = books.account(**{name: '"<script>x</script>'})[name]
    assert found == "&quot;&lt;script&gt;x&lt;/script&gt;"[: 30 if name == "bill_city" else None]


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a <b>script</b>/script", "a &lt;b&gt;script&lt;/b&gt;/script"),
        ('"Manuscript/Scripting"', "&quot;Manuscript/Scripting&quot;"),
        ("<SCRIPT src=x> </ script > </script", "&lt;SCRIPT src=x&gt; &lt;/ script &gt; &lt;/script"),
        ("<script>x</ script>", "<script>x</ script>"),
        ("</script> <script>", "</script> <script>"),
        ("<script>\nx\n</script>", "<script>\nx\n</script>"),
        ("script/script's a & b", "script/script's a & b"),
    ],
)
def test_text_is_escaped_where_one_line_has_script_and_later_a_slash_with_script(vtiger, books, text, stored):
    """Tags play no part: Vtiger looks for `script`, and for `/script` behind it."""
    made = vtiger.retrieve(books.account(bill_street=text, description=text)["id"])
    assert (made["bill_street"], made["description"]) == (stored, stored)


SCRIPT, ESCAPED = '<script>"x"</script>', "&lt;script&gt;&quot;x&quot;&lt;/script&gt;"


@pytest.mark.parametrize(
    ("module", "name", "needed"),
    [
        ("Contacts", "lastname", {}),
        ("Contacts", "phone", {"lastname": "name"}),
        ("Products", "productname", {"discontinued": "1"}),
        ("Products", "productcode", {"productname": "name", "discontinued": "1"}),
        ("Services", "servicename", {"discontinued": "1"}),
    ],
)
def test_script_is_escaped_in_names_and_codes_too(vtiger, books, module, name, needed):
    element = {"assigned_user_id": books.me, name: SCRIPT, **{each: books.name() for each in needed if each != name}}
    made = books.create(module, **{**element, **{each: value for each, value in needed.items() if value == "1"}})
    # The answer itself may show it unescaped yet; a code has room for the beginning.
    stored = vtiger.retrieve(made["id"])[name]
    assert stored.startswith("&lt;script&gt;&quot;x")
    assert ESCAPED.startswith(stored)


def test_name_of_an_account_is_escaped_too(vtiger, books):
    name = books.name()
    made = books.account(accountname=f"{name} {SCRIPT}")
    assert vtiger.retrieve(made["id"])["accountname"] == f"{name} {ESCAPED}"


def test_revise_decodes_what_looks_like_entities_and_create_does_not(vtiger, books):
    text = "&amp; &lt;b&gt;"
    made = books.account(bill_street=text)
    assert made["bill_street"] == text
    vtiger.revise(made["id"], phone="1")
    assert vtiger.retrieve(made["id"])["bill_street"] == text
    vtiger.revise(made["id"], bill_street=f"{text} &#39;")
    assert vtiger.retrieve(made["id"])["bill_street"] == "& <b> '"


def test_date_that_is_none_is_lost(books):
    made = [books.person(birthday=text)["birthday"] for text in ("2026-03-04", "2026-13-45", "soon", "")]
    assert made == ["2026-03-04", "", "", ""]


def test_update_without_the_description_escapes_the_stored_one_again(vtiger, books):
    made = books.account(description="a & b")
    kept = {"accountname": made["accountname"], "assigned_user_id": books.me}
    vtiger.update(made["id"], **kept)
    vtiger.update(made["id"], **kept)
    assert vtiger.retrieve(made["id"])["description"] == "a &amp;amp; b"
    vtiger.revise(made["id"], phone="1")
    assert vtiger.retrieve(made["id"])["description"] == "a &amp;amp; b"


# -- references ------------------------------------------------------------------------------------------------


def test_reference_of_the_wrong_module_is_refused(vtiger, books):
    element = {"lastname": books.name(), "assigned_user_id": books.me, "account_id": books.person()["id"]}
    found = refusal(vtiger.post("create", elementType="Contacts", element=element))
    assert found == ("REFERENCE_INVALID", "Invalid reference specified for account_id")


def test_reference_that_is_no_id_is_refused(vtiger, books):
    element = {"lastname": books.name(), "assigned_user_id": books.me, "account_id": "abc"}
    found = refusal(vtiger.post("create", elementType="Contacts", element=element))
    wanted = ("INVALID_ID_ATTRIBUTE", "Id specified is incorrect")
    assert found == (wanted if vtiger.version == FAULTY else ("ACCESS_DENIED", f"{DENIED} for id"))


def test_reference_to_nothing_is_taken_and_comes_back_blank(vtiger, books):
    nothing = f"{vtiger.prefix('Accounts')}x99999999"
    assert not books.person(account_id=nothing)["account_id"]


def test_owner_that_does_not_exist_is_taken_and_comes_back_bare(vtiger, books):
    assert books.account(assigned_user_id=f"{vtiger.prefix('Users')}x99999")["assigned_user_id"] == "99999"


def test_deleted_account_leaves_its_people_behind(vtiger, books):
    account = books.account()["id"]
    person = books.person(account_id=account)["id"]
    before = vtiger.retrieve(person)["modifiedtime"]
    assert opened(vtiger.post("delete", id=account)) == {"status": "successful"}
    row = vtiger.retrieve(person)
    assert not row["account_id"]
    assert row["modifiedtime"] == before


# -- update and revise -----------------------------------------------------------------------------------------


def test_revise_changes_what_is_sent_and_keeps_the_rest(vtiger, books):
    made = books.account(phone="1", fax="2", bill_city="Perth")
    answer = vtiger.revise(made["id"], phone="9", fax="", bill_city=None)
    found = vtiger.retrieve(made["id"])
    assert answer["phone"] == "9"
    assert (found["phone"], found["fax"], found["bill_city"]) == ("9", "", "")
    assert found["accountname"] == made["accountname"]


def test_revise_refuses_a_blank_mandatory_field_only_when_it_is_sent(vtiger, books):
    made = books.account()
    found = refusal(vtiger.post("revise", element={"id": made["id"], "accountname": ""}))
    assert found == ("MANDATORY_FIELDS_MISSING", "accountname does not have a value")
    vtiger.revise(made["id"])


def test_update_wants_all_mandatory_fields_and_keeps_what_is_not_sent(vtiger, books):
    made = books.account(phone="1")
    found = refusal(vtiger.post("update", element={"id": made["id"], "phone": "2"}))
    assert found[0] == "MANDATORY_FIELDS_MISSING"
    vtiger.update(made["id"], accountname=made["accountname"], assigned_user_id=books.me, fax="3")
    assert [vtiger.retrieve(made["id"])[name] for name in ("phone", "fax")] == ["1", "3"]


# -- ids that lead nowhere -------------------------------------------------------------------------------------


def test_record_that_is_gone_is_denied_to_every_operation(vtiger, books):
    made = books.account()["id"]
    vtiger.post("delete", id=made)
    nowhere = f"{vtiger.prefix('Accounts')}x99999999"
    for gone in (made, nowhere):
        assert refusal(vtiger.get("retrieve", id=gone)) == ("ACCESS_DENIED", DENIED)
        assert refusal(vtiger.post("revise", element={"id": gone, "phone": "1"})) == ("ACCESS_DENIED", DENIED)
        assert refusal(vtiger.post("delete", id=gone)) == ("ACCESS_DENIED", DENIED)


def test_id_under_the_wrong_prefix_is_incorrect(vtiger, books):
    number = books.account()["id"].rpartition("x")[2]
    found = refusal(vtiger.get("retrieve", id=f"{vtiger.prefix('Contacts')}x{number}"))
    assert found == ("INVALID_ID_ATTRIBUTE", "Id specified is incorrect")


@pytest.mark.parametrize("text", ["abc", "999x1"])
def test_id_of_no_module_is_denied(vtiger, text):
    found = refusal(vtiger.get("retrieve", id=text))
    allowed = [("ACCESS_DENIED", f"{DENIED} for id")]
    if vtiger.version == FAULTY:
        allowed.append(("INVALID_ID_ATTRIBUTE", "Id specified is incorrect"))
    assert found in allowed


@pytest.mark.parametrize("module", ["Currency", "Tax", "LineItem", "Users"])
def test_row_of_a_plain_table_that_is_gone_is_denied_too(vtiger, module):
    found = refusal(vtiger.get("retrieve", id=f"{vtiger.prefix(module)}x99999"))
    assert found == ("ACCESS_DENIED", DENIED)
