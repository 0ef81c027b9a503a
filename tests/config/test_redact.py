from __future__ import annotations

import pytest

from vtxero.config.redact import Redactor, never_show


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer SeCrEt123456",
        "authorization: Basic SeCrEt123456==",
        '{"access_token": "SeCrEt123456", "x": 1}',
        "refresh_token=SeCrEt123456&grant_type=x",
        "GET /webservice.php?operation=query&sessionName=SeCrEt123456&query=x",
        "accessKey=SeCrEt123456",
        "'client_secret': 'SeCrEt123456'",
        "https://bob:SeCrEt123456@crm.example.com/",
        "eyJSeCrEt123456.eyJhbGci.c2ln",
    ],
)
def test_redactor_when_something_looks_like_a_secret_blacks_it_out(text):
    assert "SeCrEt" not in Redactor().redact(text)


def test_redactor_when_told_a_secret_blacks_it_out_anywhere():
    assert Redactor(["s3cr3t"]).redact("a s3cr3t in words") == "a [hidden] in words"


def test_redactor_when_one_secret_holds_another_hides_both():
    assert Redactor(["abcd", "abcdef"]).redact("abcdef abcd") == "[hidden] [hidden]"


@pytest.mark.parametrize("text", ["INV12 was skipped", "the key is missing", "https://crm.example.com:8080/x"])
def test_redactor_when_there_is_no_secret_changes_nothing(text):
    assert Redactor(["", "a", "  "]).redact(text) == text


def test_redactor_hides_what_passed_through_the_place_for_secrets_and_no_more():
    never_show('{"access": "AT-passed-1", "refresh": "RT-passed-1", "tenant_id": "tenant-1", "who": "Ann Lee"}')
    never_show("key-passed-1")

    text = Redactor().redact("AT-passed-1 RT-passed-1 key-passed-1 tenant-1 Ann Lee")

    assert text == "[hidden] [hidden] [hidden] tenant-1 Ann Lee"
