"""What counts as a test, and as a source that the size limit is for."""

from check_file_sizes import is_source
from project import modules_for_tests, without_tests


def test_a_file_ends_where_its_tests_begin():
    assert without_tests("fn a() {}\n\n#[cfg(test)]\nmod tests {\n}\n") == "fn a() {}\n\n"
    assert without_tests("fn a() {}\n\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n}\n") == "fn a() {}\n\n"


def test_a_module_declared_for_tests_does_not_end_the_file():
    rust = "mod a;\n#[cfg(test)]\nmod testing;\n\nfn b() {}\n"
    assert without_tests(rust) == rust


def test_modules_for_tests_are_found_beside_the_file_that_declares_them():
    rust = "#[cfg(test)]\npub(crate) mod testing;\nmod token;\n"
    assert modules_for_tests("crates/routing/src/lib.rs", rust) == {"crates/routing/src/testing"}
    assert modules_for_tests("crates/routing/src/table.rs", rust) == {"crates/routing/src/table/testing"}


def test_what_is_a_source():
    test_files = {"crates/model/src/token/tests.rs"}
    assert is_source("crates/model/src/target.rs", test_files)
    assert is_source("tools/check_layers.py", test_files)
    assert not is_source("crates/model/src/token/tests.rs", test_files)
    assert not is_source("tests/test_api.py", test_files)
    assert not is_source("console/src/page.test.tsx", test_files)
    assert not is_source("Cargo.lock", test_files)
