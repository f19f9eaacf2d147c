"""Links and paths in pages lead somewhere."""

import check_docs_links
import pytest
from check_docs_links import anchor_of, anchors_in, problems_of


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setattr(check_docs_links, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "other.md").write_text("# Two words\n\n## `Code` & more\n\n```\n# not a heading\n```\n")
    return tmp_path / "docs" / "page.md"


def test_what_exists_is_no_problem(page):
    page.write_text(
        "# Here\n[other](other.md), [part](other.md#two-words), [self](#here), [site](https://example.com/x), "
        "`docs/other.md`, `docs/other.md::item`, `application/json`, `docs/<date>/x`\n\n```\n[no](link.md)\n```\n"
    )
    assert list(problems_of(page, {"docs"})) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[x](gone.md)", "link gone.md: docs/gone.md does not exist"),
        ("![x](gone.svg)", "link gone.svg: docs/gone.svg does not exist"),
        ("[x](other.md#gone)", "link other.md#gone: no heading gives #gone"),
        ("[x](other.md#not-a-heading)", "link other.md#not-a-heading: no heading gives #not-a-heading"),
        ("[x](../../up.md)", "link ../../up.md leads out of the repository"),
        ("[x]: gone.md", "link gone.md: docs/gone.md does not exist"),
        ("`docs/gone.md`", "`docs/gone.md` does not exist"),
    ],
)
def test_what_leads_nowhere_is_named(page, text, problem):
    page.write_text(text + "\n")
    assert list(problems_of(page, {"docs"})) == [problem]


def test_anchors():
    assert anchor_of("`Code` & more") == "code--more"
    assert anchors_in("# A\n# A\n# A\n") == {"a", "a-1", "a-2"}
