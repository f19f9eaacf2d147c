//! Load for Elbow's benchmarks: HTTP/1.1 clients with a sticky session each, and the targets behind the proxy.
//!
//! One thread, one event loop, one exchange in flight on each connection: a request, a body, a WebSocket's message or
//! a TLS handshake with a request behind it. Closed loop (the next request as soon as an answer is there) measures the
//! peak and the CPU a request costs; constant rate measures latency from the moment a request was *due*, so that a proxy
//! that stalls pays for the requests it kept from being sent.
//!
//! Not a general tool: bodies with a length, TLS 1.3 only, no HTTP/2, loopback only.
//!
//! Start at [`run::Run`]; the programs are `load` (clients), `backend` (targets)
//! and `grpc_backend` (targets for `h2load`, which speaks HTTP/2 to the proxy). What is asked and how it is answered
//! is in [`work`] and [`target`].

pub mod arguments;
pub mod connection;
pub mod latency;
pub mod output;
pub mod response;
pub mod run;
pub mod settings;
pub mod target;
pub mod transport;
pub mod websocket;
pub mod work;
