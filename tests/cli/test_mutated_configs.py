"""Hundreds of wrong configs, made from the example: each gives one clear message and exit code 2."""

from __future__ import annotations

import copy
import os
import re
from pathlib import Path

import pytest
import yaml

from vtxero.config.leaves import leaves

EXAMPLE = yaml.safe_load((Path(__file__).parents[2] / "config.example.yaml").read_text(encoding="utf-8"))
EXAMPLE["vtiger"]["url"], EXAMPLE["xero"]["client_id"] = "https://crm.acme.test", "app"
KEYS = [leaf.key for leaf in leaves() if leaf.key != ("state_dir",)]
SECTIONS = sorted({key[:depth] for key in KEYS for depth in range(1, len(key))})
FREE = {("modules", name, "fields") for name in EXAMPLE["modules"]} | {("xero", "scopes")}


def written(content):
    return yaml.dump(content, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False).encode()


def changed(key, value, *, name=None):
    """The example with another value, or another name, in one place."""
    content = copy.deepcopy(EXAMPLE)
    section = content
    for part in key[:-1]:
        section = section[part]
    if name is not None:
        value = section.pop(key[-1])
    section[name or key[-1]] = value
    return written(content)


def without(*key):
    content = copy.deepcopy(EXAMPLE)
    section = content
    for part in key[:-1]:
        section = section[part]
    del section[key[-1]]
    return written(content)


def misspelt(word):
    return word[:-2] + word[-1] + word[-2] if word[-1] != word[-2] else word[:-1]


def appended(text):
    return written(EXAMPLE) + text


FORMS = {
    "empty": b"",
    "blank lines": b"\n \n\n",
    "only comments": b"# vtiger:\n",
    "a list": b"- vtiger\n- xero\n",
    "a word": b"vtiger\n",
    "binary": bytes(range(256)) * 40,
    "NUL bytes": b"vtiger:\0 {}\n",
    "an image": b"\x89PNG\r\n\x1a\n" + os.urandom(2000),
    "UTF-16 without a mark": "vtiger: {}\n".encode("utf-16-le"),
    "Latin-1": "vtiger: {username: Müller}\n".encode("latin-1"),
    "10 MB of text": b"# " + b"x" * 10_000_000,
    "10 MB of keys": b"".join(b"key%d: 1\n" % number for number in range(800_000)),
    "JSON that breaks off": b'{"vtiger": {"url": ',
    "a tab": b"vtiger:\n\turl: x\n",
    "an open bracket": appended(b"\nscopes: [a, b\n"),
    "an open quote": appended(b"\nprofile: 'abc\n"),
    "two documents": appended(b"---\nvtiger: {}\n"),
    "a key twice": appended(b"\nguards: {}\n"),
    "an unknown alias": appended(b"\nextra: *nothing\n"),
    "a Python object": appended(b"\nextra: !!python/object/apply:os.system ['true']\n"),
    "a bomb of aliases": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 106)),
    "deep nesting": b"vtiger: " + b"{a: " * 500 + b"}" * 500,
    "deep brackets": b"[" * 20_000,
    "a profile that is no section": appended(b"\nprofiles: [a]\n"),
    "a profile with a wrong key": appended(b"\nprofiles: {branch: {vtigr: {}}}\n"),
    "a profile's name that leads elsewhere": changed(("profile",), "../../etc"),
    "a certificate that is not there": changed(("vtiger", "verify"), "/nowhere/ca.pem"),
}

MUTANTS = {
    **FORMS,
    **{f"without {'.'.join(key)}": without(*key) for key in (("vtiger", "url"), ("vtiger", "username"), ("vtiger",))},
    **{f"without {'.'.join(key)}": without(*key) for key in (("xero", "client_id"), ("xero",))},
    **{f"misspelt {'.'.join(key)}": changed(key, None, name=misspelt(key[-1])) for key in SECTIONS},
    **{f"a list as {'.'.join(key)}": changed(key, [1, [2]]) for key in [*KEYS, *SECTIONS]},
    **{f"a map as {'.'.join(key)}": changed(key, {"no": {"such": ["thing"]}}) for key in KEYS if key not in FREE},
    **{f"a word as {'.'.join(key)}": changed(key, "nonsense, really") for key in SECTIONS},
}


def test_there_are_more_than_200_of_them():
    assert len(MUTANTS) + len(KEYS) > 200


@pytest.mark.parametrize("mutant", MUTANTS)
def test_wrong_config_gives_one_clear_message_and_exit_code_2(vtxero, tmp_path, mutant):
    path = tmp_path / "vtxero.yaml"
    path.write_bytes(MUTANTS[mutant])
    path.chmod(0o600)

    ran = vtxero("config", "check")

    assert ran.code == 2, ran.out
    assert ran.out == ""
    assert ran.err.startswith("Error: ")
    assert ran.err.count("Error: ") == 1
    assert "Traceback" not in ran.err
    assert len(ran.err) < 4000
    assert "vtxero.yaml" in ran.err or "--config" in ran.err


@pytest.mark.parametrize("key", KEYS, ids=".".join)
def test_misspelt_key_is_named_with_its_line_and_the_right_one(vtxero, tmp_path, key):
    path = tmp_path / "vtxero.yaml"
    path.write_bytes(changed(key, None, name=misspelt(key[-1])))
    path.chmod(0o600)

    ran = vtxero("config", "check")

    said = ran.err
    assert ran.code == 2
    assert re.search(rf"vtxero\.yaml:\d+: {re.escape('.'.join((*key[:-1], misspelt(key[-1]))))}: unknown key", said)
    assert key[-1] in said.partition("did you mean")[2]


def test_config_that_is_a_folder_or_may_not_be_read_is_one_message_too(vtxero, tmp_path):
    (tmp_path / "vtxero.yaml").mkdir()

    ran = vtxero("config", "check")

    assert ran.code == 2
    assert "cannot be read" in ran.err


def test_untouched_example_is_not_called_right(vtxero, tmp_path):
    example = (Path(__file__).parents[2] / "config.example.yaml").read_text(encoding="utf-8")
    (tmp_path / "vtxero.yaml").write_text(example)

    ran = vtxero("config", "check")

    assert ran.code == 2
    for key in ("vtiger.url", "xero.client_id"):
        assert re.search(rf"vtxero\.yaml:\d+: {key}: still holds the example's value", ran.err)
