"""A promise is judged by its limit, and its page says what was found."""

import pytest

from bench.promises.soak import slope
from bench.promises.upload import read_head
from bench.promises.world import Figure, percentile


def test_a_figure_is_judged_only_if_something_was_promised():
    assert [Figure("failed", value, 0).word for value in (0, 1)] == ["pass", "miss"]
    assert Figure("requests", 10).word == ""


def test_percentiles_are_values_that_were_measured():
    values = [float(value) for value in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0, 0.5, 0.99, 1)] == [1, 51, 100, 100]
    assert percentile([7.0], 0.99) == 7


def test_a_slope_is_that_of_the_line_through_the_points():
    assert slope([(0, 5.0), (1, 7.0), (2, 9.0)]) == pytest.approx(2)
    assert slope([(0, 5.0), (1, 6.0), (2, 5.0)]) == pytest.approx(0)
    assert slope([(0, 5.0)]) == 0


def test_a_target_knows_how_long_a_body_is(tmp_path):
    file = tmp_path / "requests"
    file.write_bytes(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n")
    with file.open("rb") as stream:
        assert (read_head(stream), stream.read(3), read_head(stream), read_head(stream)) == (3, b"abc", 0, None)
