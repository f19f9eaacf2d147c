"""Ratios are taken side by side and judged by their median; a page and a picture come out of any run."""

import xml.etree.ElementTree as ElementTree

import pytest

from bench import plot, report, scenarios
from bench.bars import BARS, verdicts
from bench.clients import target_address
from bench.plan import CLASSIC, HTTP2_STREAMS, LARGE_BODY, POST_QUANTUM, RESUMED, SMALL_BODY

PROXIES = ("elbow", "haproxy", "nginx", "envoy", "haproxy-tcp")


def sample(scenario, proxy, round_number, **figures):
    return {"scenario": scenario, "proxy": proxy, "round": round_number, **figures}


def cpu(proxy, round_number, user, kernel, scenario="cpu", **where):
    figures = {"user_us": user, "kernel_us": kernel, "sum_us": user + kernel, "requests_per_s": 40_000.0, "busy": 1.0}
    return sample(scenario, proxy, round_number, targets_used=3, **figures, **where)


def body(proxy, round_number, direction, body_bytes, user, kernel):
    figures = {"user_us_per_mib": user, "kernel_us_per_mib": kernel, "us_per_mib": user + kernel, "mib_per_s": 900.0}
    return sample("bodies", proxy, round_number, direction=direction, body_bytes=body_bytes, **figures)


def by_title(samples, part):
    [verdict] = [verdict for verdict in verdicts(samples) if part in verdict.title]
    return verdict


def test_a_slow_minute_that_hits_both_changes_no_ratio():
    samples = []
    for round_number, slowness in enumerate((1.0, 3.0, 1.0)):
        samples.append(cpu("elbow", round_number, 2 * slowness, 13 * slowness))
        samples.append(cpu("haproxy", round_number, 8 * slowness, 17 * slowness))
    verdict = by_title(samples, "CPU per request, by HAProxy's (cookie")
    assert (verdict.word, round(verdict.ratio.lowest, 3), round(verdict.ratio.highest, 3)) == ("pass", 0.6, 0.6)
    assert by_title(samples, "user-space").word == "pass"
    assert by_title(samples, "TCP mode").word == "not measured"


def test_a_miss_is_called_one():
    samples = [cpu("elbow", 0, 8, 17), cpu("nginx", 0, 6, 15)]
    assert by_title(samples, "nginx").word == "miss"


@pytest.mark.parametrize(
    ("scenario", "count", "few", "many", "part"),
    [
        ("targets", "targets", 3, 3_000, "3,000 targets"),
        ("rules", "rules", 1, 100, "100 rules"),
        ("load-balancers", "load_balancers", 1, 1_000, "1,000 load balancers"),
    ],
)
def test_growth_compares_neighbours(scenario, count, few, many, part):
    samples = [
        cpu("elbow", round_number, 2 * slowness * factor, 13 * slowness * factor, scenario, **{count: number})
        for round_number, slowness in enumerate((1.0, 2.0))
        for number, factor in ((few, 1.0), (many, 1.04))
    ]
    verdict = by_title(samples, part)
    assert (verdict.word, round(verdict.ratio.median, 3)) == ("pass", 1.04)


def test_large_bodies_are_judged_by_the_byte_and_each_way_apart():
    samples = [
        body(proxy, 0, direction, size, user, 100)
        for proxy, user in (("elbow", 10), ("haproxy", 20))
        for direction in ("download", "upload")
        for size in (SMALL_BODY, LARGE_BODY)
    ]
    assert by_title(samples, "10 MiB download").word == by_title(samples, "10 MiB upload").word == "pass"
    [slow] = [s for s in samples if (s["proxy"], s["direction"], s["body_bytes"]) == ("elbow", "upload", LARGE_BODY)]
    slow["us_per_mib"] = 121
    assert by_title(samples, "10 MiB download").word == "pass"
    assert by_title(samples, "10 MiB upload").word == "miss"


def test_latencies_at_different_rates_are_not_compared():
    samples = [
        sample("latency", "elbow", 0, rate=10_000, p50=100, typical_p99=300, p99=900),
        sample("latency", "haproxy", 0, rate=20_000, p50=100, typical_p99=400, p99=500),
    ]
    assert by_title(samples, "p99").word == "not measured"
    samples[1]["rate"] = 10_000
    assert by_title(samples, "p99").word == "pass"


def test_target_addresses_count_like_the_targets_do():
    assert [target_address(index) for index in (0, 249, 250)] == ["127.1.0.1", "127.1.0.250", "127.1.1.1"]


def result_of(samples):
    return {
        "date": "2026-01-02",
        "mode": "quick",
        "machine": {"kernel": "Linux"},
        "load_before": "0.00",
        "load_after": "0.00",
        "revision": "abc",
        "seconds": 1.0,
        "proxies": [{"name": name, "title": name.title(), "version": "1", "command": f"{name} -x"} for name in PROXIES],
        "samples": samples,
    }


def whole_run():
    for proxy in PROXIES:
        yield cpu(proxy, 0, 2, 13)
        yield sample("latency", proxy, 0, rate=10_000, p50=100.0, typical_p99=300.0, p99=400.0)
        yield sample("memory", proxy, 0, connections=10, bytes_per_connection=900.0)
    for proxy in ("elbow", "haproxy", "nginx", "envoy"):
        for count in (3, 3_000):
            yield cpu(proxy, 0, 2, 13, "targets", targets=count)
        for mode in (CLASSIC, RESUMED, POST_QUANTUM):
            yield cpu(proxy, 0, 100, 200, "handshakes", mode=mode, per_cpu_s=5_000.0)
        for streams in (1, HTTP2_STREAMS):
            yield cpu(proxy, 0, 2, 13, "http2", streams=streams)
            yield cpu(proxy, 0, 2, 13, "grpc", streams=streams)
        yield sample("http2-memory", proxy, 0, bytes_per_connection=20_000.0)
        yield cpu(proxy, 0, 2, 13, "https", us_per_mib=900.0, bytes_per_connection=9_000.0)
    for proxy in ("elbow", "haproxy-tcp"):
        for direction in ("download", "upload"):
            yield sample("tcp-bytes", proxy, 0, direction=direction, us_per_mib=90.0, mib_per_s=900.0)
        for scenario in ("tcp", "tcp-connections"):
            yield cpu(proxy, 0, 2, 13, scenario)
    for proxy in ("elbow", "haproxy", "nginx"):
        for count in (1, 10, 100):
            yield cpu(proxy, 0, 2, 13, "rules", rules=count)
        for count in (1, 1_000):
            yield cpu(proxy, 0, 2, 13, "load-balancers", load_balancers=count)
        for scenario in ("weighted", "least-outstanding", "websocket", "classic"):
            yield cpu(proxy, 0, 2, 13, scenario)
        for direction in ("download", "upload"):
            for size in (SMALL_BODY, LARGE_BODY):
                yield body(proxy, 0, direction, size, 20.0, 100.0)


def test_a_page_and_a_picture_of_a_whole_run():
    result = result_of(list(whole_run()))
    page = report.page(result)
    assert all(f"\n## {scenario.title}\n" in page for scenario in scenarios.SCENARIOS)
    assert all(bar.title in page for bar in BARS)
    assert "| - |" not in page and "not measured" not in page, "every column and every bar finds its samples"
    drawn = ElementTree.fromstring(plot.picture(result))
    titles = [text.text for text in drawn.findall("{*}text") if text.get("class") == "title"]
    assert len(titles) == 11
    # The page itself, three panels of all (two with two parts), one of four, seven of three (five with two parts).
    assert len(drawn.findall("{*}rect")) == 1 + 5 * (2 + 2 + 1) + 4 + 3 * (2 + 5 * 2)


def test_a_page_and_a_picture_of_nothing():
    page = report.page(result_of([]))
    assert all(bar.title in page for bar in BARS)
    assert len(ElementTree.fromstring(plot.picture(result_of([]))).findall("{*}rect")) == 1
