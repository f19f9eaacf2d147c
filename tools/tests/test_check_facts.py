"""Every fact has a test or a reason."""

import pytest
from check_facts import LAST, UNSEEN, named_in, problems

ALL = {f"{letter}{number}" for letter, last in LAST.items() for number in range(1, last + 1)}
SEEN = ALL - {fact for facts in UNSEEN.values() for fact in facts.split()}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("fn a_cookie_that_is_garbage_s34() {", {"S34"}),
        ("fn the_host_r8_r9() {", {"R8", "R9"}),
        ("fn s31_a_client_that_comes_back() {", {"S31"}),
        ("/// B4, E1: a zone without targets.", {"B4", "E1"}),
        ('assert!(x, "S45");', {"S45"}),
        ("//! The facts S1-S59 over sockets.", set()),
        ("USB3 AS400 target_s SHA256", set()),
    ],
)
def test_a_test_names_facts_in_its_name_or_its_words(text, facts):
    assert named_in(text) == facts


def test_a_fact_without_a_test_is_told():
    assert problems(SEEN) == []
    assert problems(SEEN - {"S35"}) == ["S35: no test names it"]


def test_a_reason_that_has_gone_is_told():
    assert problems(ALL) != []
    assert problems(SEEN | {"S6"}) == ["S6: a test names it after all"]
