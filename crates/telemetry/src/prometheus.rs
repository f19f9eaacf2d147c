//! The text format that Prometheus reads.

use std::fmt::{self, Write};
use std::sync::atomic::Ordering;

use elbow_model::TlsVersion;

use crate::{AccessLogs, Snapshot, TargetGroupCount, TargetGroupHealth};

/// Status classes in the order of [`StatusClasses`](crate::StatusClasses).
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// Own status codes in the order of [`LoadBalancerCount`](crate::LoadBalancerCount).
const CODES: [&str; 4] = ["500", "502", "503", "504"];

impl Snapshot {
    /// Writes all counts in Prometheus' text format, version 0.0.4. Things are named by the sixteen digits at the end
    /// of their ARN.
    pub fn write_prometheus(&self, out: &mut impl Write) -> fmt::Result {
        family(out, "elbow_new_connections_total", "counter", "Client connections accepted.")?;
        writeln!(out, "elbow_new_connections_total {}", self.new_connections)?;
        family(out, "elbow_active_connections", "gauge", "Client connections open.")?;
        writeln!(out, "elbow_active_connections {}", self.active_connections)?;
        family(out, "elbow_rejected_connections_total", "counter", "Client connections refused at a limit.")?;
        writeln!(out, "elbow_rejected_connections_total {}", self.rejected_connections)?;
        self.write_load_balancers(out)?;
        self.write_target_groups(out)?;
        family(out, "elbow_target_requests_total", "counter", "Requests sent to a target.")?;
        for (key, target) in &self.targets {
            writeln!(out, "elbow_target_requests_total{{target=\"{key}\"}} {}", target.requests)?;
        }
        Ok(())
    }

    fn write_load_balancers(&self, out: &mut impl Write) -> fmt::Result {
        family(out, "elbow_requests_total", "counter", "Requests sent to targets.")?;
        for (key, count) in &self.load_balancers {
            writeln!(out, "elbow_requests_total{{load_balancer=\"{key}\"}} {}", count.requests)?;
        }
        let name = "elbow_grpc_requests_total";
        family(out, name, "counter", "Calls of gRPC among them.")?;
        for (key, count) in &self.load_balancers {
            writeln!(out, "{name}{{load_balancer=\"{key}\"}} {}", count.grpc_requests)?;
        }
        family(out, "elbow_processed_bytes_total", "counter", "Bytes read from and written to clients.")?;
        for (key, count) in &self.load_balancers {
            writeln!(
                out,
                "elbow_processed_bytes_total{{load_balancer=\"{key}\"}} {}",
                count.processed_bytes
            )?;
        }
        family(
            out,
            "elbow_non_sticky_requests_total",
            "counter",
            "Requests of sticky groups that needed a choice.",
        )?;
        for (key, count) in &self.load_balancers {
            let name = "elbow_non_sticky_requests_total";
            writeln!(out, "{name}{{load_balancer=\"{key}\",cookie=\"lb\"}} {}", count.non_sticky)?;
            writeln!(
                out,
                "{name}{{load_balancer=\"{key}\",cookie=\"app\"}} {}",
                count.app_cookie_non_sticky
            )?;
        }
        self.write_doubtful(out)?;
        family(out, "elbow_own_responses_total", "counter", "Answers that the load balancer made itself.")?;
        for (key, count) in &self.load_balancers {
            for (class, count) in CLASSES.iter().zip(count.own_statuses) {
                writeln!(
                    out,
                    "elbow_own_responses_total{{load_balancer=\"{key}\",class=\"{class}\"}} {count}"
                )?;
            }
        }
        family(
            out,
            "elbow_own_errors_total",
            "counter",
            "Server errors that the load balancer answered itself.",
        )?;
        for (key, count) in &self.load_balancers {
            for (code, count) in CODES.iter().zip(count.own_500_502_503_504) {
                writeln!(out, "elbow_own_errors_total{{load_balancer=\"{key}\",code=\"{code}\"}} {count}")?;
            }
        }
        self.write_rules(out)
    }

    fn write_rules(&self, out: &mut impl Write) -> fmt::Result {
        family(out, "elbow_rule_evaluations_total", "counter", "Rules before the decisions.")?;
        for (key, count) in &self.load_balancers {
            let name = "elbow_rule_evaluations_total";
            writeln!(out, "{name}{{load_balancer=\"{key}\"}} {}", count.rule_evaluations)?;
        }
        family(out, "elbow_actions_total", "counter", "Requests answered by an action of a rule.")?;
        for (key, count) in &self.load_balancers {
            for (action, count) in [
                ("redirect", count.redirects),
                ("redirect_url_limit_exceeded", count.redirect_url_limit_exceeded),
                ("fixed_response", count.fixed_responses),
            ] {
                writeln!(out, "elbow_actions_total{{load_balancer=\"{key}\",action=\"{action}\"}} {count}")?;
            }
        }
        self.write_tls(out)
    }

    fn write_tls(&self, out: &mut impl Write) -> fmt::Result {
        let name = "elbow_client_tls_handshakes_total";
        family(out, name, "counter", "TLS handshakes with clients that succeeded.")?;
        for (key, count) in &self.load_balancers {
            for (version, count) in [TlsVersion::V1_2, TlsVersion::V1_3].iter().zip(count.tls_1_2_1_3) {
                let version = version.as_str();
                writeln!(out, "{name}{{load_balancer=\"{key}\",version=\"{version}\"}} {count}")?;
            }
        }
        let name = "elbow_client_tls_resumptions_total";
        family(out, name, "counter", "TLS handshakes that went on with an earlier session.")?;
        for (key, count) in &self.load_balancers {
            writeln!(out, "{name}{{load_balancer=\"{key}\"}} {}", count.tls_resumed)?;
        }
        let name = "elbow_client_tls_negotiation_errors_total";
        family(out, name, "counter", "TLS handshakes with clients in which nothing was agreed on.")?;
        for (key, count) in &self.load_balancers {
            writeln!(out, "{name}{{load_balancer=\"{key}\"}} {}", count.tls_errors)?;
        }
        let name = "elbow_client_tls_failures_total";
        family(out, name, "counter", "The same by reason, in the words of AWS's connection log.")?;
        for (key, count) in &self.load_balancers {
            for (reason, count) in &count.tls_failures {
                let reason = reason.as_str();
                writeln!(out, "{name}{{load_balancer=\"{key}\",reason=\"{reason}\"}} {count}")?;
            }
        }
        Ok(())
    }

    fn write_doubtful(&self, out: &mut impl Write) -> fmt::Result {
        let name = "elbow_non_compliant_requests_total";
        family(out, name, "counter", "Requests that do not quite comply with HTTP.")?;
        for (key, count) in &self.load_balancers {
            writeln!(out, "{name}{{load_balancer=\"{key}\"}} {}", count.non_compliant)?;
        }
        let name = "elbow_invalid_header_requests_total";
        family(out, name, "counter", "Requests with unusual header names, by what became of those.")?;
        for (key, count) in &self.load_balancers {
            let (dropped, forwarded) = (count.dropped_invalid_names, count.forwarded_invalid_names);
            writeln!(out, "{name}{{load_balancer=\"{key}\",headers=\"dropped\"}} {dropped}")?;
            writeln!(out, "{name}{{load_balancer=\"{key}\",headers=\"forwarded\"}} {forwarded}")?;
        }
        Ok(())
    }

    fn write_target_groups(&self, out: &mut impl Write) -> fmt::Result {
        family(out, "elbow_stickiness_outcomes_total", "counter", "Requests by stickiness outcome.")?;
        for (key, group) in &self.target_groups {
            for (outcome, count) in &group.outcomes {
                let name = "elbow_stickiness_outcomes_total";
                writeln!(out, "{name}{{target_group=\"{key}\",outcome=\"{outcome}\"}} {count}")?;
            }
        }
        family(out, "elbow_target_responses_total", "counter", "Answers of targets.")?;
        for (key, group) in &self.target_groups {
            for (class, count) in CLASSES.iter().zip(group.statuses) {
                writeln!(
                    out,
                    "elbow_target_responses_total{{target_group=\"{key}\",class=\"{class}\"}} {count}"
                )?;
            }
        }
        let name = "elbow_target_grpc_requests_total";
        family(out, name, "counter", "Calls of gRPC that were sent to targets.")?;
        for (key, group) in &self.target_groups {
            writeln!(out, "{name}{{target_group=\"{key}\"}} {}", group.grpc_requests)?;
        }
        family(out, "elbow_target_connection_errors_total", "counter", "Connections that targets refused.")?;
        for (key, group) in &self.target_groups {
            let name = "elbow_target_connection_errors_total";
            writeln!(out, "{name}{{target_group=\"{key}\"}} {}", group.connection_errors)?;
        }
        let name = "elbow_target_tls_negotiation_errors_total";
        family(out, name, "counter", "Connections on which a target did not agree on TLS.")?;
        for (key, group) in &self.target_groups {
            writeln!(out, "{name}{{target_group=\"{key}\"}} {}", group.tls_errors)?;
        }
        let help = "Requests over HTTP with a stickiness cookie that was issued over HTTPS.";
        family(out, "elbow_insecure_replays_total", "counter", help)?;
        for (key, group) in &self.target_groups {
            let name = "elbow_insecure_replays_total";
            writeln!(out, "{name}{{target_group=\"{key}\"}} {}", group.insecure_replays)?;
        }
        let help = "Requests sent while too few targets were healthy.";
        family(out, "elbow_unhealthy_routing_requests_total", "counter", help)?;
        for (key, group) in &self.target_groups {
            let name = "elbow_unhealthy_routing_requests_total";
            writeln!(out, "{name}{{target_group=\"{key}\"}} {}", group.unhealthy_routing)?;
        }
        self.write_health_checks(out)?;
        family(out, "elbow_target_response_seconds", "histogram", "From request sent to response head.")?;
        self.target_groups.iter().try_for_each(|(key, group)| write_histogram(out, &key.to_string(), group))
    }

    fn write_health_checks(&self, out: &mut impl Write) -> fmt::Result {
        let name = "elbow_health_checks_total";
        family(out, name, "counter", "Health checks by result: PASS, or why they failed.")?;
        for (key, group) in &self.target_groups {
            writeln!(out, "{name}{{target_group=\"{key}\",result=\"PASS\"}} {}", group.health_checks_passed)?;
            for (reason, count) in &group.health_checks_failed {
                let reason = reason.as_str();
                writeln!(out, "{name}{{target_group=\"{key}\",result=\"{reason}\"}} {count}")?;
            }
        }
        Ok(())
    }
}

impl TargetGroupHealth {
    /// Writes how these groups do in Prometheus' text format, version 0.0.4.
    pub fn write_prometheus(groups: &[Self], out: &mut impl Write) -> fmt::Result {
        let name = "elbow_targets";
        family(out, name, "gauge", "Targets by health state, of target groups that are in use.")?;
        for group in groups {
            for (state, count) in &group.states {
                let state = state.as_str();
                writeln!(out, "{name}{{{},state=\"{state}\"}} {count}", group.labels())?;
            }
        }
        let name = "elbow_anomalous_targets";
        family(out, name, "gauge", "Targets that fail more requests than their peers.")?;
        for group in groups {
            writeln!(out, "{name}{{{}}} {}", group.labels(), group.anomalous)?;
        }
        let name = "elbow_mitigated_targets";
        family(out, name, "gauge", "Those of them that get a smaller share of the load for it.")?;
        for group in groups {
            writeln!(out, "{name}{{{}}} {}", group.labels(), group.mitigated)?;
        }
        Ok(())
    }

    fn labels(&self) -> String {
        let Self { load_balancer, target_group, .. } = self;
        format!("load_balancer=\"{load_balancer}\",target_group=\"{target_group}\"")
    }
}

impl AccessLogs {
    /// Writes what became of lines in Prometheus' text format, version 0.0.4.
    pub fn write_prometheus(&self, out: &mut impl Write) -> fmt::Result {
        let (written, dropped) = self.written_and_dropped();
        let name = "elbow_access_log_lines_total";
        family(out, name, "counter", "Lines of access logs that were written.")?;
        writeln!(out, "{name} {written}")?;
        let name = "elbow_access_log_dropped_lines_total";
        let help = "Those of them that found no room in a queue, or could not be delivered.";
        family(out, name, "counter", help)?;
        writeln!(out, "{name}{{reason=\"queue_full\"}} {dropped}")?;
        let undelivered = self.delivery.lost_lines.load(Ordering::Relaxed);
        writeln!(out, "{name}{{reason=\"undelivered\"}} {undelivered}")?;
        let name = "elbow_access_log_files_total";
        family(out, name, "counter", "Files of access logs that were delivered.")?;
        writeln!(out, "{name} {}", self.delivery.files.load(Ordering::Relaxed))?;
        let name = "elbow_access_log_failed_deliveries_total";
        family(out, name, "counter", "Attempts to deliver a file that failed.")?;
        writeln!(out, "{name} {}", self.delivery.failures.load(Ordering::Relaxed))
    }
}

fn family(out: &mut impl Write, name: &str, kind: &str, help: &str) -> fmt::Result {
    write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n")
}

fn write_histogram(out: &mut impl Write, key: &str, group: &TargetGroupCount) -> fmt::Result {
    let name = "elbow_target_response_seconds";
    let mut total = 0;
    let last = group.response_time_buckets.len() - 1;
    for (n, count) in group.response_time_buckets.iter().enumerate() {
        total += count;
        if n == last {
            writeln!(out, "{name}_bucket{{target_group=\"{key}\",le=\"+Inf\"}} {total}")?;
        } else {
            let seconds = (1_u64 << n) as f64 / 1e6;
            writeln!(out, "{name}_bucket{{target_group=\"{key}\",le=\"{seconds}\"}} {total}")?;
        }
    }
    let sum = group.response_time_sum_micros as f64 / 1e6;
    writeln!(out, "{name}_sum{{target_group=\"{key}\"}} {sum}")?;
    writeln!(out, "{name}_count{{target_group=\"{key}\"}} {total}")
}
