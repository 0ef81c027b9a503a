from __future__ import annotations

import io

import pytest
from rich.text import Text

from cli.samples import HOSTILE
from vtxero.cli.text import Screen, clean, is_plain, linked, plain, safe_url, shortened


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("a\x1b[31mb", "a[31mb"),
        ("a\x1b]8;;http://x\x07b", "a]8;;http://xb"),
        ("a\x9b31mb", "a31mb"),
        ("a\nb\tc\r\nd", "a b c  d"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\u2028b\u00a0c", "a b c"),
        ("\ud800", "\ufffd"),
        ("[red]x[/red]", "[red]x[/red]"),
        ("क्\u200dष", "क्\u200dष"),
        ("Żółw 😀", "Żółw 😀"),
        ("  x  ", "x"),
    ],
)
def test_label_when_hostile_is_harmless_and_still_readable(label, shown):
    assert clean(label) == shown


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "https://x/\x1b\\", 'https://x/"', "https://x y", "", None]
)
def test_link_when_the_address_is_odd_is_none(url):
    assert safe_url(url) == ""


def test_link_on_a_terminal_stands_behind_the_label():
    text = Screen(80, is_plain=False).render([linked("INV1", "https://crm.example.com/1")])

    assert "\x1b]8;" in text
    assert "https://crm.example.com/1" in text


@pytest.mark.parametrize("label", [HOSTILE, "[link=http://evil]x[/link]", "[bold", "[/]", ":smile:"])
def test_screen_when_labels_hold_markup_prints_it_as_text(label):
    text = Screen(80, is_plain=True).render([plain(label), linked(label, "https://x.example")])

    assert "\x1b" not in text
    assert text.splitlines()[0] == clean(label)


def test_screen_when_plain_has_no_escape_codes_even_with_styles():
    assert "\x1b" not in Screen(80, is_plain=True).render([Text("x", style="bold red")])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 x 349 (GST)", "1 x 349 (GST)"),
        ("1 x 349 (account 200, tax 15.25)", "1 x 349 (account …"),
        ("Widget: 100 x 12345678.25", "Widget: 100 x …"),
        ("Widget: 1 x 10 (VAT 4.5 %)", "Widget: 1 x 10 (VAT …"),
        ("x" * 30, f"{'x' * 19} …"),
        (f"{'x' * 10}1234567890123", f"{'x' * 10} …"),
    ],
)
def test_text_that_is_too_long_is_cut_between_words_and_never_within_a_figure(text, shown):
    assert shortened(text, 20) == shown


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "variables", "flag", "expected"),
    [
        (Terminal(), {"TERM": "xterm"}, False, False),
        (Terminal(), {"TERM": "dumb"}, False, True),
        (Terminal(), {"TERM": "xterm", "NO_COLOR": "1"}, False, True),
        (Terminal(), {"TERM": "xterm"}, True, True),
        (io.StringIO(), {"TERM": "xterm"}, False, True),
    ],
)
def test_output_is_plain_unless_a_terminal_may_have_colours(monkeypatch, stream, variables, flag, expected):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert is_plain(stream, no_color=flag) is expected
