/** The words for each attribute of a load balancer: those of AWS's console. */
import type { Section } from "./words";

const LOGS = { constraint: "Up to 255 characters." };

export const LOAD_BALANCER_SECTIONS: Section[] = [
  {
    title: "Traffic configuration",
    fields: {
      "routing.http2.enabled": { label: "HTTP/2", description: "Clients of HTTPS listeners may use HTTP/2." },
      "idle_timeout.timeout_seconds": {
        label: "Connection idle timeout",
        description: "How long a connection may be silent before it is closed.",
        constraint: "1-4000 seconds.",
        unit: "seconds",
      },
      "client_keep_alive.seconds": {
        label: "HTTP client keepalive duration",
        description: "How long a client's connection is kept at most.",
        constraint: "60-604800 seconds.",
        unit: "seconds",
      },
      "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": {
        label: "TLS version and cipher headers",
        description: "Targets are told what was agreed on with the client, in two headers.",
      },
      "waf.fail_open.enabled": { label: "WAF fail open" },
    },
  },
  {
    title: "Packet handling",
    fields: {
      "routing.http.desync_mitigation_mode": {
        label: "Desync mitigation mode",
        description: "What happens to requests that two parsers might read in two ways.",
        values: {
          monitor: { label: "Monitor", description: "Only what is not HTTP at all is refused." },
          defensive: {
            label: "Defensive",
            description: "Safe for applications that are not quite up to the standard.",
          },
          strictest: { label: "Strictest", description: "Only what complies with RFC 9110 and 9112 is forwarded." },
        },
      },
      "routing.http.drop_invalid_header_fields.enabled": {
        label: "Drop invalid header fields",
        description: "Headers whose names have other characters than letters, digits and hyphens are removed.",
      },
      "routing.http.xff_header_processing.mode": {
        label: "X-Forwarded-For header",
        values: {
          append: { label: "Append", description: "The client's address is added." },
          preserve: { label: "Preserve", description: "The header stays as the client sends it." },
          remove: { label: "Remove", description: "Targets do not get the header." },
        },
      },
      "routing.http.xff_client_port.enabled": {
        label: "Client port preservation",
        description: "The client's port is told beside its address.",
      },
      "routing.http.preserve_host_header.enabled": {
        label: "Preserve host header",
        description: "Targets get the Host header as the client sends it.",
      },
    },
  },
  {
    title: "Availability and protection",
    fields: {
      "deletion_protection.enabled": {
        label: "Deletion protection",
        description: "The load balancer cannot be deleted while this is on.",
      },
      "load_balancing.cross_zone.enabled": {
        label: "Cross-zone load balancing",
        description: "Always on for Application Load Balancers; target groups may turn it off for themselves.",
      },
      "zonal_shift.config.enabled": { label: "Zonal shift integration" },
      "ipv6.deny_all_igw_traffic": { label: "Deny traffic of internet gateways over IPv6" },
    },
  },
  {
    title: "Monitoring",
    fields: {
      "access_logs.s3.enabled": { label: "Access logs" },
      "access_logs.s3.bucket": { label: "Bucket of access logs", ...LOGS },
      "access_logs.s3.prefix": { label: "Prefix of access logs", ...LOGS },
      "connection_logs.s3.enabled": { label: "Connection logs" },
      "connection_logs.s3.bucket": { label: "Bucket of connection logs", ...LOGS },
      "connection_logs.s3.prefix": { label: "Prefix of connection logs", ...LOGS },
      "health_check_logs.s3.enabled": { label: "Health check logs" },
      "health_check_logs.s3.bucket": { label: "Bucket of health check logs", ...LOGS },
      "health_check_logs.s3.prefix": { label: "Prefix of health check logs", ...LOGS },
    },
  },
];
