"""Where somebody runs `vtxero auth`: both stand-ins, a keyboard and a browser."""

from __future__ import annotations

import io
import urllib.request
import webbrowser

import pytest

from cli.logging_in import KEY, open_world


@pytest.fixture
def world(tmp_path):
    with open_world(tmp_path) as world:
        yield world


@pytest.fixture
def type_in(monkeypatch):
    """Give these lines to the next command by a stdin that is no terminal."""

    def put(*lines):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    put()
    return put


@pytest.fixture
def browser(monkeypatch):
    """A browser in which a person consents at once; it notes the addresses that it was given."""
    opened = []

    def browse(url):
        opened.append(url)
        with urllib.request.urlopen(url) as page:
            opened.append(page.read().decode())
        return True

    monkeypatch.setattr(webbrowser, "open", browse)
    return opened


@pytest.fixture
def logged_in(world, vtxero, type_in, browser):
    """Everything is logged in, by PKCE."""
    type_in(KEY)
    assert vtxero("auth").code == 0
    browser.clear()
    return world
