"""Fills in a configuration: `@NAME@` by a value, and lines between `@each name@` and `@end name@` once for each item.

The values of an item hide those around it; a comment that mentions a name is filled in, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

BLOCK = re.compile(r"^ *@each (\w+)@\n(.*?)^ *@end \1@\n", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"@(\w+)@")


def fill(text: str, values: Mapping[str, Any]) -> str:
    """The text with everything filled in; a name that has no value is a `KeyError`."""

    def repeat(block: re.Match[str]) -> str:
        name, lines = block.groups()
        return "".join(fill(lines, {**values, **item}) for item in values[name])

    return NAME.sub(lambda name: str(values[name[1]]), BLOCK.sub(repeat, text))
