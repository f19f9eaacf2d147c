"""The arrows between crates, and what a pure crate may not have."""

from check_layers import ARROWS, PURE, arrow_problems, built_from, pure_dependency_problems


def test_a_crate_sees_what_its_arrow_grants():
    workspace = set(ARROWS)
    assert list(arrow_problems("proxy", {"routing", "telemetry", "tokio"}, workspace)) == []
    [problem] = arrow_problems("proxy", {"store"}, workspace)
    assert problem.startswith("proxy must not depend on store: it may see ")


def test_a_new_crate_needs_a_decision():
    [problem] = arrow_problems("gateway", set(), {"gateway", *ARROWS})
    assert "gateway is not in ARROWS" in problem


def test_arrows_point_one_way():
    for crate, seen in ARROWS.items():
        for other in seen:
            assert crate not in ARROWS[other], f"{crate} and {other} see each other"


def test_pure_crates_see_only_pure_ones():
    for crate in PURE:
        assert ARROWS[crate] <= set(PURE)


def test_a_pure_crate_takes_no_clock_no_randomness_and_no_runtime():
    direct = {"base64-simd", "rand_core", "rand", "tracing", "timely"}
    problems = list(pure_dependency_problems("stickiness", direct, direct | {"tokio"}))
    assert [problem.split(":")[0] for problem in problems] == [
        "stickiness is pure and must not depend on rand (the system's randomness)",
        "stickiness is pure and must not depend on tracing (logging)",
        "stickiness is pure, but a dependency of it brings the async runtime tokio",
    ]


def test_development_dependencies_are_free():
    node = {
        "deps": [
            {"pkg": "a", "dep_kinds": [{"kind": "dev"}]},
            {"pkg": "b", "dep_kinds": [{"kind": "dev"}, {"kind": None}]},
            {"pkg": "c", "dep_kinds": [{"kind": "build"}]},
        ]
    }
    assert built_from(node) == ["b", "c"]
