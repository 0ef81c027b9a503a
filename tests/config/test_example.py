from __future__ import annotations

import json
import re
from pathlib import Path

from config.samples import MINIMAL, load_text
from vtxero.config.leaves import leaves
from vtxero.config.load import Sources, load
from vtxero.config.schema import config_schema
from vtxero.config.yaml_source import read_file

EXAMPLE = Path(__file__).parents[2] / "config.example.yaml"
FILLED_IN = {"vtiger.url", "vtiger.username", "xero.client_id"}


def test_example_names_every_option_with_its_default_and_nothing_else(tmp_path):
    example = load(Sources(config=EXAMPLE, environ={})).settings
    defaults = load_text(tmp_path, MINIMAL).settings

    for leaf in leaves():
        if leaf.name not in FILLED_IN:
            assert _value(example, leaf.key) == _value(defaults, leaf.key), leaf.name


def test_example_writes_out_every_option():
    written = read_file(EXAMPLE).places
    missing = {leaf.name for leaf in leaves() if leaf.key not in written}

    assert missing == {"state_dir"}, "state_dir differs by platform and stands there as a comment"
    assert re.search(r"^# state_dir: ", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)


def test_example_explains_every_option_on_its_line():
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    states = re.compile(r"^      [A-Z]")
    bare = [line for line in lines if re.match(r"^ +\w+: \S", line) and " # " not in line and not states.match(line)]

    assert bare == []


def test_schema_knows_every_option_and_refuses_unknown_ones():
    schema = config_schema()

    assert json.loads(json.dumps(schema)) == schema
    for leaf in leaves():
        assert _in_schema(schema, leaf.key), leaf.name
    assert schema["additionalProperties"] is False
    assert "profiles" in schema["properties"]


def test_schema_takes_account_codes_typed_as_numbers_and_rules_typed_as_off():
    definitions = config_schema()["$defs"]

    assert definitions["InvoiceOptions"]["properties"]["sales_account"]["type"] == ["string", "number"]
    assert False in definitions["OrganizationOptions"]["properties"]["types"]["enum"]


def _value(settings, key):
    for name in key:
        settings = getattr(settings, name)
    return settings


def _in_schema(schema, key):
    part = schema
    for name in key:
        reference = part.get("$ref")
        if reference:
            part = schema["$defs"][reference.rpartition("/")[2]]
        part = part.get("properties", {}).get(name)
        if part is None:
            return False
    return True
