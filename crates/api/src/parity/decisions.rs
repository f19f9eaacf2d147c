//! What Elbow does where AWS's behaviour cannot be known, as far as a user can notice it. Each place in the code is marked
//! `AWS: unknown`; a test finds every file that has such a mark here, and the other way round.

/// One decision.
#[derive(Debug)]
pub struct Decision {
    /// The file below `crates/` that has the mark.
    pub file: &'static str,
    /// What a user sees.
    pub what: &'static str,
}

/// All of them.
pub static DECISIONS: &[Decision] = &[
    decision(
        "api/src/v2/layers.rs",
        "A change after which a request would come back to a listener that it has passed, through target \
         groups of type `alb`, is refused. Through targets of type `ip` it can be made; such requests end \
         with 463, once 30 addresses are in `X-Forwarded-For`.",
    ),
    decision(
        "api/src/v2/layers.rs",
        "A listener whose load balancer is a target on its port cannot be deleted, as at AWS; neither can it \
         move to another port, nor its load balancer be deleted. Deregister the target first.",
    ),
    decision(
        "api/src/v2/actions/mod.rs",
        "A listener does not move to a port where one of its redirects would lead back to it, nor from HTTPS to HTTP \
         while it sends requests to a target group of version HTTP2 or GRPC.",
    ),
    decision(
        "routing/src/redirect.rs",
        "The `?` before the query of a redirect is added even if the query that was given begins with one.",
    ),
    decision("api/src/v2/load_balancers.rs", "ARNs and names in one DescribeLoadBalancers are refused."),
    decision(
        "api/src/v2/load_balancers.rs",
        "Creating what is there already succeeds even if the tags differ; the old tags stay.",
    ),
    decision(
        "api/src/v2/target_groups.rs",
        "DescribeTargetGroups takes one of load balancer, ARNs and names.",
    ),
    decision(
        "api/src/v2/health_checks.rs",
        "Of a matcher with codes of HTTP and of gRPC, those count that go with the version of the target group.",
    ),
    decision("api/src/v2/tags.rs", "A default rule has no tags of its own."),
    decision(
        "model/src/attribute/header_name.rs",
        "A header with a name of the listener's own cannot be called like one that frames or routes a request, or like \
         `X-Forwarded-*`.",
    ),
    decision(
        "model/src/listener.rs",
        "No two headers that targets are told something by can have one name on a listener. Names that were given before \
         there was such a rule stay until they are changed.",
    ),
    decision(
        "api/src/cloudformation/resources/parts.rs",
        "An attribute that leaves a template has its default again.",
    ),
    decision("api/src/v2/transforms.rs", "A transform has exactly one rewrite."),
    decision(
        "api/src/classic/load_balancers.rs",
        "Creating a Classic Load Balancer that is there already succeeds even if the tags differ; the old tags stay.",
    ),
    decision(
        "api/src/classic/listeners.rs",
        "Listeners of a Classic Load Balancer that reach one port of instances securely and in clear are refused with \
         `InvalidConfigurationRequest`.",
    ),
    decision(
        "api/src/classic/instances.rs",
        "Registering an instance that is draining takes its deregistration back: its sessions go on.",
    ),
    decision(
        "api/src/classic/instance_health.rs",
        "An instance of a Classic Load Balancer without listeners is `OutOfService`: registration is in progress.",
    ),
    decision(
        "telemetry/src/access_log/classic.rs",
        "In the access log of a Classic Load Balancer, a head that cannot be read is `- - - `; other than visible ASCII \
         characters, quotes and backslashes are `\\xHH`; a port in the Host header is left out; a TCP connection on which \
         one side says nothing has -1 for its time; a client that left before its answer has status 460; one with \
         which there was no agreement on TLS has no line.",
    ),
    decision(
        "model/src/classic/attributes.rs",
        "Slashes around the prefix of a Classic Load Balancer's access log are left out of the names of its files.",
    ),
    decision("api/src/classic/policies.rs", "Creating the same policy again succeeds."),
    decision(
        "api/src/classic/policies_in_force.rs",
        "A listener of HTTPS or SSL whose list of policies is emptied shows the default security policy. Two policies \
         of one kind on a listener, both kinds of stickiness being one, are refused with \
         `InvalidConfigurationRequest`.",
    ),
    decision(
        "api/src/classic/samples.rs",
        "The sample policies `ELBSample-…` switch on all but ciphers and protocols that have long been broken.",
    ),
    decision(
        "api/src/acm/certificates.rs",
        "A certificate or private key that Certificate Manager would not import is refused with \
         `ValidationException`, whatever is wrong with it.",
    ),
    decision(
        "api/src/iam/certificates.rs",
        "Listeners follow when a server certificate of IAM gets another path or name: they show it by its new \
         ARN.",
    ),
    decision(
        "api/src/v2/secure.rs",
        "A second certificate in one call for a listener is refused with `ValidationError`; `IsDefault` in a call \
         says nothing.",
    ),
    decision(
        "api/src/v2/account_limits.rs",
        "DescribeAccountLimits has no name for the quotas of trust stores, as AWS's reference has none.",
    ),
    decision(
        "api/src/v2/trust_stores.rs",
        "DescribeTrustStores takes ARNs or names. DescribeTrustStoreAssociations names listeners, and target groups \
         whose targets are checked with the trust store. ModifyTrustStore takes no bundle that the revocation lists \
         which are there do not go with.",
    ),
    decision("api/src/wire/form.rs", "A parameter that is given twice is refused."),
    decision("api/src/api.rs", "A request whose method is neither POST nor GET is refused."),
    decision("routing/src/action.rs", "When all weights of a forward action are zero, new clients get 503."),
    decision("routing/src/transform.rs", "A rewrite replaces the first match of its expression."),
    decision(
        "routing/src/rules/pattern.rs",
        "A `\\` makes `*` and `?` literal in values of header fields, too.",
    ),
    decision("routing/src/rules/request.rs", "A Host with a dot at its end is the host without."),
    decision(
        "routing/src/group/compile.rs",
        "A session stays on an unhealthy target while its group sends requests to all targets.",
    ),
    decision(
        "routing/src/health/anomaly.rs",
        "A target is anomalous compared with the median of its group; mitigation takes load away fast, gives \
         it back slowly and leaves a tenth.",
    ),
    decision(
        "routing/src/health/machine.rs",
        "A target that answers a health check of gRPC without `grpc-status` is unhealthy with the reason \
         `Target.FailedHealthChecks`.",
    ),
    decision(
        "routing/src/pick/outstanding.rs",
        "Of targets with equally few requests in progress any is taken.",
    ),
    decision("routing/src/pick/mod.rs", "A WebSocket is a request in progress for as long as it is open."),
    decision("routing/src/pick/round_robin.rs", "A slow start begins at no requests."),
    decision(
        "stickiness/src/decide.rs",
        "A group cookie that cannot be read is no error to the client: a target group is chosen anew.",
    ),
    decision(
        "stickiness/src/decide.rs",
        "A group cookie holds as long as the action names its target group, even at weight 0.",
    ),
    decision(
        "stickiness/src/decide.rs",
        "Of `AWSALBTG` and `AWSALBTGCORS` the latter wins, as of `AWSALB` and its twin.",
    ),
    decision(
        "stickiness/src/decide/twin.rs",
        "If only one of a cookie and its CORS twin can be used, that one is.",
    ),
    decision(
        "stickiness/src/decide/application.rs",
        "A request without the application's cookie is not sticky, but ends no session.",
    ),
    decision(
        "stickiness/src/bind.rs",
        "Stickiness cookies are on every final response of a target, 101 included, and on none of the load \
         balancer's own.",
    ),
    decision(
        "stickiness/src/bind/application.rs",
        "A target group that removes its own application session leaves those of other groups in the cookie.",
    ),
    decision(
        "stickiness/src/bind/chromium.rs",
        "`AWSALBAPP-n` has `SameSite=None` for browsers of Chromium's kind, on HTTPS.",
    ),
    decision("stickiness/src/token/session.rs", "A new duration holds for sessions that are there already."),
    decision("stickiness/src/cookie.rs", "Of two cookies with one name the first counts."),
    decision(
        "stickiness/src/standing.rs",
        "With no healthy target at all, a session stays with its unhealthy one.",
    ),
    decision(
        "proxy/src/forward.rs",
        "A request that waits for the answer of a target that turns unhealthy goes to another one, if it can \
         be sent twice.",
    ),
    decision(
        "proxy/src/request.rs",
        "A request in clear on a listener of HTTPS, and the other way round where both share a socket, is \
         answered with 400.",
    ),
    decision(
        "proxy/src/tls/certificates.rs",
        "A certificate that names the host goes before one with a wildcard.",
    ),
    decision(
        "proxy/src/grpc.rs",
        "A call of gRPC is a POST over HTTP/2 with the content type `application/grpc`, also with `+` and a suffix; \
         gRPC-Web is none.",
    ),
    decision(
        "proxy/src/grpc.rs",
        "An error of the load balancer other than 502 to a call has the status of gRPC that clients give its HTTP \
         status; 464 has none.",
    ),
    decision(
        "proxy/src/http2/response.rs",
        "A call of gRPC whose target breaks off after it has begun to answer ends with the status 14 \
         (`unavailable`), not with a reset.",
    ),
    decision("proxy/src/own_answer.rs", "`#{port}` in a redirect is the port that the client names."),
    decision("proxy/src/own_answer.rs", "A fixed response without a content type is `text/plain`."),
    decision("proxy/src/request.rs", "Who speaks HTTP in clear to an HTTPS listener is answered 400."),
    decision(
        "proxy/src/request.rs",
        "A request over a connection whose client was not asked for its certificate by this very listener is \
         answered 421 where the listener asks.",
    ),
    decision(
        "proxy/src/tls/clients.rs",
        "A client may send certificates of 16 KB together: four of them where they are verified, 16 where they are \
         passed through.",
    ),
    decision(
        "proxy/src/tls/tickets.rs",
        "A session of TLS goes on as long as the listener's certificates are the same, for twelve hours.",
    ),
    decision(
        "proxy/src/tls/trust.rs",
        "Every certificate of a trust store vouches for those that it has signed, be it a root or not; where the \
         trust store has the one above, that one has to be good, too. A certificate whose issuer has no \
         revocation list is not revoked. Where a client's expiry is ignored, those who vouch for it have to be \
         valid, and those on the way to the trust store also when its own validity ended.",
    ),
    decision(
        "proxy/src/worker.rs",
        "Connections that are passed on by a TCP or SSL listener end with it; requests in progress whose listener is \
         deleted may finish.",
    ),
    decision(
        "certificates/src/trust.rs",
        "A revocation list that would have all clients of an authority of the bundle refused, because another key has signed \
         it or it is not in force, is refused by AddTrustStoreRevocations.",
    ),
    decision(
        "routing/src/client_certificates.rs",
        "Headers about client certificates that a client sends itself are taken out where clients are asked for \
         certificates, under their usual names and under those that the listener gives them.",
    ),
    decision(
        "proxy/src/tls/certificates.rs",
        "Of certificates for a name, one that names it goes before one with a wildcard.",
    ),
    decision(
        "proxy/src/health/check.rs",
        "A health check over TLS takes the newest version that the target speaks, whatever the policy.",
    ),
    decision(
        "proxy/src/health/check/http2.rs",
        "A health check of gRPC is a call with an empty message, as gRPC has calls: `content-type: application/grpc` \
         and `te: trailers`.",
    ),
    decision(
        "proxy/src/health/record.rs",
        "A refused connection and an answer that is not HTTP are a `ConnectionReset` of a health check.",
    ),
];

const fn decision(file: &'static str, what: &'static str) -> Decision {
    Decision { file, what }
}
