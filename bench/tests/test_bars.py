"""Ratios are taken side by side and judged by their median; a page and a picture come out of any run."""

import xml.etree.ElementTree as ElementTree

from bench import plot, report
from bench.bars import BARS, verdicts
from bench.clients import target_address

PROXIES = ("elbow", "haproxy", "nginx", "envoy", "haproxy-tcp")


def sample(scenario, proxy, round_number, **figures):
    return {"scenario": scenario, "proxy": proxy, "round": round_number, **figures}


def cpu(proxy, round_number, user, kernel, scenario="cpu", targets=3):
    figures = {"user_us": user, "kernel_us": kernel, "sum_us": user + kernel, "requests_per_s": 40_000.0, "busy": 1.0}
    return sample(scenario, proxy, round_number, targets=targets, **figures)


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


def test_growth_compares_neighbours():
    samples = [
        cpu("elbow", round_number, 2 * slowness * factor, 13 * slowness * factor, "growth", targets)
        for round_number, slowness in enumerate((1.0, 2.0))
        for targets, factor in ((3, 1.0), (3_000, 1.04))
    ]
    verdict = by_title(samples, "3,000 targets")
    assert (verdict.word, round(verdict.ratio.median, 3)) == ("pass", 1.04)


def test_latencies_at_different_rates_are_not_compared():
    samples = [
        sample("latency", "elbow", 0, rate=10_000, p50=100, p99=300),
        sample("latency", "haproxy", 0, rate=20_000, p50=100, p99=400),
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
        "plan": {"cpu_rounds": 1, "requests": 1000},
        "machine": {"kernel": "Linux"},
        "load_before": "0.00",
        "load_after": "0.00",
        "revision": "abc",
        "seconds": 1.0,
        "proxies": [{"name": name, "title": name.title(), "version": "1", "command": f"{name} -x"} for name in PROXIES],
        "samples": samples,
    }


def test_a_page_and_a_picture_of_a_whole_run_and_of_none():
    whole = []
    for proxy in PROXIES:
        whole.append(cpu(proxy, 0, 2, 13))
        whole.append(sample("latency", proxy, 0, rate=10_000, p50=100.0, p99=300.0))
        whole.append(sample("memory", proxy, 0, connections=10, bytes_per_connection=900.0))
    for samples in (whole, []):
        page = report.page(result_of(samples))
        assert len([line for line in page.splitlines() if line.startswith("| Haproxy-Tcp |")]) == 1
        assert all(bar.title in page for bar in BARS)
        drawn = ElementTree.fromstring(plot.picture(result_of(samples)))
        assert len(drawn.findall("{*}rect")) >= (1 + 5 * 5 if samples else 1)
