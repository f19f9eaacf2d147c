"""The closing lines of the runners are understood, and nothing else is."""

import pytest
from run_tests import Count, count_of


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "test result: ok. 10 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
            Count(10, 0, 2),
        ),
        (
            "test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.2s\n",
            Count(1, 3, 0),
        ),
        ("============ 5 passed in 0.12s ============\n", Count(5, 0, 0)),
        ("=== 1 failed, 2 passed, 3 skipped, 1 warning, 2 errors in 61.20s (0:01:01) ===\n", Count(2, 3, 3)),
        ("4 passed, 1 xfailed in 0.10s\n", Count(4, 0, 1)),
        ("      Tests  86 passed (86)\n", Count(86, 0, 0)),
        ("      Tests  2 failed | 11 passed | 3 skipped (16)\n", Count(11, 2, 3)),
        ("      Tests  13 skipped (13)\n", Count(0, 0, 13)),
        (" Test Files  2 failed | 1 passed (3)\n", None),
        ("============ no tests ran in 0.01s ============\n", None),
        ("the client made 3 requests in 0.5s\n", None),
        ("running 10 tests\n", None),
    ],
)
def test_closing_lines(line, expected):
    assert count_of(line) == expected


def test_the_last_line_is_plain():
    assert str(Count(3, 0, 0)) == "3 passed, 0 failed"
    assert str(Count(3, 1, 2)) == "3 passed, 1 failed, 2 skipped"
