"""A file that is no YAML: the message says where, what is wrong and what to write, and quotes nothing of the file."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vtxero.config.yaml_source import read_text
from vtxero.errors import ConfigError

OF_THE_PARSER = re.compile(
    r"scalar|token|<|mapping|sequence|flow|block|stream|scanning|parsing|anchor|alias|document start|directive"
)


def refused(text):
    with pytest.raises(ConfigError) as caught:
        read_text(text, name="vtxero.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("text", "place", "said", "write"),
    [
        ("vtiger: {url: x\nxero: y\n", "2:5", "the { of line 1 is not closed", "{name: value"),
        ("a: [1, 2\nb: 3\n", "2:2", "the [ of line 1 is not closed", "[one, two]"),
        ("vtiger:\n\turl: x\n", "2:1", "a tab stands where YAML wants blanks", "blanks"),
        ("vtiger:\n  url: x\n username: y\n", "3:2", "set in otherwise than the section that begins in line 1", "same"),
        ("vtiger:\n  url: x\n   username: y\n", "3:12", "the line above has a value already", "set in|Set all"),
        ("vtiger\n  url: x\n", "2:6", "no colon with a blank behind it", "ends with a colon"),
        ('vtiger:\n  url: "x\n', "2:8", "the quote that opens here is never closed", "Close it"),
        ('a: "x\nb: "y"\n', "1:4", "the quote that opens here is closed in a later line only", "Close it in its own"),
        ("a: 'x\nb: 'y'\n", "1:4", "the quote that opens here is closed in a later line only", "Close it in its own"),
        ('a: "x\n  y" z\n', "1:4", "the quote that opens here is closed in a later line only", "Close it in its own"),
        ("vtiger:\n  url: a: b\n", "2:9", "a second colon stands in one line", "quotes"),
        ("vtiger:\n  - url: x\n  username: y\n", "3:3", "mixes list items with name: value lines", "same"),
        ("vtiger: &a\n  url: *b\n", "2:8", "a value begins with *, and refers to one that is nowhere named", "quotes"),
        ("vtiger: @x\n", "1:9", "a value begins with @, which YAML keeps for itself", "quotes"),
        ("vtiger: `x`\n", "1:9", "a value begins with `", "quotes"),
        ("a: %x\n", "1:4", "a value begins with %", "quotes"),
        ("%foo\nvtiger: x", "2:1", "a line begins with %", "name: value"),
        ("a: 1\n---\nb: 2\n", "2:1", "several documents", "dashes"),
        ('a: "\\q"\n', "1:6", "\\q means nothing within double quotes", "single quotes"),
        ('a: "x" y\n', "1:8", "more text follows a value that had ended", "quotes"),
        ("a: |x\n  b\n", "1:5", "a value begins with | or >", "quotes"),
        ("a: - b\n", "1:4", "a list begins on the line of its name", "next line"),
        ("a: *\n", "1:5", "a value begins with & or *", "quotes"),
        ("a: !<\n", "1:6", "a value begins with !", "quotes"),
        ("}\n", "1:1", "a bracket or a comma stands where a value is expected", "quotes"),
        ("a: b\nc\nd: e\n", "3:1", "a line above has no colon", "name: value"),
        ("a: b\x07c\n", "1:5", "an invisible character (number 7)", "UTF-8"),
        ("a: b\nc: \x00d\n", "2:4", "an invisible character (number 0)", "UTF-8"),
    ],
)
def test_text_that_is_no_yaml_is_told_with_its_place_and_what_to_write(text, place, said, write):
    error = refused(text)

    assert error.message.startswith(f"vtxero.yaml:{place}: ")
    assert said in error.message
    assert re.search(write, error.remedy)
    assert not OF_THE_PARSER.search(f"{error.message} {error.remedy}".replace("vtxero.yaml", ""))


@given(st.text(alphabet="ab:-{}[]|>&*!%@`'\"#,?\\ \t\n\x07", max_size=40))
@example('access_key: "hunter2hunter2')
@settings(max_examples=300)
def test_message_about_any_text_that_is_no_yaml_has_a_place_within_it(text):
    try:
        yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        error = refused(text)
        found = re.match(r"vtxero\.yaml:(\d+):(\d+): \S", error.message)
        assert found, error.message
        assert int(found[1]) <= text.count("\n") + 2
        assert error.remedy
        assert "hunter2" not in error.message + error.remedy
