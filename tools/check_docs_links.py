"""Fails for a link in a Markdown file that leads nowhere, and for a path named in `code` that does not exist.

Checked are links relative to the file, their `#anchors` in Markdown files, and inline code that looks like a path
of this repository (it begins with one of its top-level folders). Links to other sites are not opened.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from project import ROOT, tracked_files

LINK = re.compile(r"!?\[[^\]\n]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s+(\S+)", re.MULTILINE)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
PATH_TEXT = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")


def anchor_of(heading: str) -> str:
    """The anchor that Markdown renderers give a heading: lower case, punctuation gone, blanks to dashes."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")


def anchors_in(text: str) -> set[str]:
    anchors: set[str] = set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        anchor = anchor_of(heading)
        copies = sum(1 for seen in anchors if re.fullmatch(re.escape(anchor) + r"(-\d+)?", seen))
        anchors.add(f"{anchor}-{copies}" if copies else anchor)
    return anchors


def link_problem(page: Path, link: str) -> str | None:
    """Why `link` on `page` is broken, or None."""
    if re.match(r"[a-z][a-z0-9+.-]*:", link):
        return None
    target_text, _, anchor = unquote(link).partition("#")
    target = (page.parent / target_text).resolve() if target_text else page
    if not target.is_relative_to(ROOT):
        return f"link {link} leads out of the repository"
    if not target.exists():
        return f"link {link}: {target.relative_to(ROOT)} does not exist"
    if anchor and target.suffix == ".md" and anchor not in anchors_in(target.read_text(encoding="utf-8")):
        return f"link {link}: no heading gives #{anchor}"
    return None


def named_paths(prose: str, top_folders: set[str]) -> Iterator[str]:
    """The code spans that are paths of this repository; `crates/x/src/lib.rs::item` names its file."""
    for span in CODE_SPAN.findall(prose):
        path = span.split("::")[0]
        if PATH_TEXT.fullmatch(path) and "/" in path and path.split("/")[0] in top_folders:
            yield path


def problems_of(page: Path, top_folders: set[str]) -> Iterator[str]:
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    for inline, reference in LINK.findall(CODE_SPAN.sub("", prose)):
        problem = link_problem(page, inline or reference)
        if problem:
            yield problem
    for path in named_paths(prose, top_folders):
        if not (ROOT / path).exists():
            yield f"`{path}` does not exist"


def main() -> int:
    files = tracked_files()
    top_folders = {path.split("/")[0] for path in files if "/" in path}
    pages = [path for path in files if path.endswith(".md")]
    broken = 0
    for name in pages:
        for problem in problems_of(ROOT / name, top_folders):
            broken += 1
            print(f"{name}: {problem}")
    print(f"docs links: {len(pages)} pages, {broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
