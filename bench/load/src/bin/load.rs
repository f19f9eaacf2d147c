//! The clients: `load --address 127.0.0.1:8080 --connections 64 --requests 100000 [--rate 10000] [--work upload --bytes
//! 65536]`; [`bench_load::settings::Settings`] has them all.
//!
//! Prints `ready` when every connection has its session and the warm-up is over, waits for a line on standard input
//! (so that the caller can read the proxy's counters just before), measures, and prints one line of JSON.

use std::process::ExitCode;

use bench_load::arguments::Arguments;
use bench_load::run::{Report, Run, raise_descriptor_limit, wait_for_line};
use bench_load::settings::Settings;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("load: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    raise_descriptor_limit()?;
    let settings = Settings::parse(Arguments::parse(std::env::args().skip(1))?)?;
    let mut run = Run::new(settings)?;
    run.introduce()?;
    run.warm_up()?;
    println!("ready");
    wait_for_line()?;
    let report = run.measure()?;
    println!("{}", json(&report));
    Ok(())
}

fn json(report: &Report) -> String {
    let Report { tally, elapsed, latencies, typical_p99_us, resumed, cookie_bytes, targets } = report;
    let targets: Vec<_> =
        targets.iter().map(|name| format!(r#""{}""#, String::from_utf8_lossy(name))).collect();
    format!(
        concat!(
            r#"{{"answered":{},"moved":{},"failed":{},"seconds":{:.6},"resumed":{},"cookie_bytes":{},"targets":[{}],"#,
            r#""latency_us":{{"p50":{:.1},"p90":{:.1},"p99":{:.1},"typical_p99":{:.1},"p999":{:.1},"max":{:.1}}}}}"#
        ),
        tally.answered,
        tally.moved,
        tally.failed,
        elapsed.as_secs_f64(),
        resumed,
        cookie_bytes,
        targets.join(","),
        latencies.percentile_us(0.5),
        latencies.percentile_us(0.9),
        latencies.percentile_us(0.99),
        typical_p99_us,
        latencies.percentile_us(0.999),
        latencies.max_us(),
    )
}
