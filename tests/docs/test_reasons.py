"""docs/reasons.md holds the catalogue of reasons, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vtxero.domain.codes import Code
from vtxero.domain.reasons import REASONS

PAGE = Path(__file__).parents[2] / "docs" / "reasons.md"


@pytest.fixture(scope="module")
def sections():
    """Give the page's sections by their headings, with blanks and line ends made one space."""
    parts = re.split(r"^### (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {heading: " ".join(text.split()) for heading, text in zip(parts[1::2], parts[2::2], strict=True)}


def test_page_when_read_explains_every_code_once_in_the_order_in_which_reasons_are_shown(sections):
    headings = re.findall(r"^### (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert headings == [code.value for code in Code]
    assert len(sections) == len(headings)


@pytest.mark.parametrize("code", list(Code))
def test_section_when_read_says_what_the_catalogue_says_and_more(sections, code):
    reason, section = REASONS[code], sections.get(code.value, "")

    assert section.startswith(reason.summary)
    assert f"**What to do:** {reason.remedy}" in section
    assert len(section) > len(f"{reason.summary} **What to do:** {reason.remedy} ")


def test_codes_when_named_anywhere_in_the_docs_exist():
    known = {code.value for code in Code}
    pages = [*PAGE.parent.rglob("*.md"), PAGE.parents[1] / "README.md"]
    named = {
        (page.name, code)
        for page in pages
        for code in re.findall(r"\b(?:RUN|ORG|PRD|TAX|INV|PAY)-[A-Z]+(?:-[A-Z]+)*\b", page.read_text(encoding="utf-8"))
    }

    assert {item for item in named if item[1] not in known} == set()
