/** The words for each attribute of a listener: those of AWS's console. */
import type { Section, Words } from "./words";

const MTLS = "routing.http.request.x_amzn_mtls_clientcert";
const TLS = "routing.http.request.x_amzn_tls";
const RESPONSE = "routing.http.response";

function renamed(label: string, description: string): Words {
  return { label, description, constraint: "Empty for this name. Up to 40 letters, digits, hyphens and underscores." };
}

function added(label: string, description: string): Words {
  return { label, description, constraint: "Empty for the target's own. Up to 1024 characters." };
}

const REQUEST_HEADERS: Section = {
  title: "Modifiable mTLS/TLS header names",
  description: "What the headers are called with which targets are told about TLS and the client's certificate.",
  fields: {
    [`${MTLS}_serial_number.header_name`]: renamed(
      "X-Amzn-Mtls-Clientcert-Serial-Number",
      "The serial number of the client's certificate.",
    ),
    [`${MTLS}_issuer.header_name`]: renamed("X-Amzn-Mtls-Clientcert-Issuer", "Who issued it."),
    [`${MTLS}_subject.header_name`]: renamed("X-Amzn-Mtls-Clientcert-Subject", "Whom it was issued to."),
    [`${MTLS}_validity.header_name`]: renamed("X-Amzn-Mtls-Clientcert-Validity", "From when until when it is valid."),
    [`${MTLS}_leaf.header_name`]: renamed("X-Amzn-Mtls-Clientcert-Leaf", "The certificate itself, verified."),
    [`${MTLS}.header_name`]: renamed(
      "X-Amzn-Mtls-Clientcert",
      "The certificate with its chain, passed through without a check.",
    ),
    [`${TLS}_version.header_name`]: renamed("X-Amzn-Tls-Version", "The version of TLS."),
    [`${TLS}_cipher_suite.header_name`]: renamed("X-Amzn-Tls-Cipher-Suite", "The cipher suite."),
  },
};

const RESPONSE_HEADERS: Section = {
  title: "Add response headers",
  description: "Every response of this listener says these, whatever the target says.",
  fields: {
    [`${RESPONSE}.strict_transport_security.header_value`]: added(
      "Strict-Transport-Security",
      "For how long browsers come by HTTPS only.",
    ),
    [`${RESPONSE}.access_control_allow_origin.header_value`]: added(
      "Access-Control-Allow-Origin",
      "Which origins may read the response.",
    ),
    [`${RESPONSE}.access_control_allow_methods.header_value`]: added(
      "Access-Control-Allow-Methods",
      "Which methods requests of other origins may have.",
    ),
    [`${RESPONSE}.access_control_allow_headers.header_value`]: added(
      "Access-Control-Allow-Headers",
      "Which headers requests of other origins may have.",
    ),
    [`${RESPONSE}.access_control_allow_credentials.header_value`]: added(
      "Access-Control-Allow-Credentials",
      "Whether requests of other origins may carry cookies.",
    ),
    [`${RESPONSE}.access_control_expose_headers.header_value`]: added(
      "Access-Control-Expose-Headers",
      "Which headers scripts of other origins may read.",
    ),
    [`${RESPONSE}.access_control_max_age.header_value`]: added(
      "Access-Control-Max-Age",
      "For how many seconds a browser remembers all this.",
    ),
    [`${RESPONSE}.content_security_policy.header_value`]: added(
      "Content-Security-Policy",
      "What a page may load and run.",
    ),
    [`${RESPONSE}.x_content_type_options.header_value`]: added(
      "X-Content-Type-Options",
      "nosniff: browsers do not guess types.",
    ),
    [`${RESPONSE}.x_frame_options.header_value`]: added("X-Frame-Options", "Whether a page may be in a frame."),
  },
};

const SERVER_HEADER: Section = {
  title: "ALB server response header",
  fields: {
    [`${RESPONSE}.server.enabled`]: {
      label: "Server header",
      description: "Responses that the load balancer makes itself say Server: awselb/2.0.",
    },
  },
};

const ELBOW: Section = {
  title: "Elbow settings",
  description: "What AWS does not have.",
  fields: {
    "elbow.http2.cleartext": {
      label: "HTTP/2 without TLS",
      description: "Clients that know beforehand may speak HTTP/2 on this HTTP listener.",
    },
  },
};

/** Those that mean something for listeners of a protocol: TLS has its headers, and only what is in clear needs a leave. */
export function listenerSections(protocol: string | undefined): Section[] {
  return protocol === "HTTPS"
    ? [REQUEST_HEADERS, RESPONSE_HEADERS, SERVER_HEADER]
    : [RESPONSE_HEADERS, SERVER_HEADER, ELBOW];
}
