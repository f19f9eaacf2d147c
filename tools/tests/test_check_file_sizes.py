"""Only lines that are not tests count."""

from check_file_sizes import is_source, lines_without_tests


def test_tests_at_the_end_do_not_count():
    assert lines_without_tests("fn a() {}\n\n#[cfg(test)]\nmod tests {}\n") == 2
    assert lines_without_tests("fn a() {}\n") == 1


def test_what_is_a_source():
    assert is_source("crates/model/src/target.rs")
    assert is_source("tools/check_layers.py")
    assert not is_source("crates/model/tests/story.rs")
    assert not is_source("crates/model/src/token/tests.rs")
    assert not is_source("tests/test_api.py")
    assert not is_source("Cargo.lock")
