//! The shopping cart that `elbow demo` puts behind its load balancer, and that tests use as a target.
//!
//! It shows what sticky sessions are for. Three targets, each a real process with its sessions in its own
//! memory, answer for one shop. Send a visitor's requests to different targets and the cart loses items;
//! keep the visitor on one target and it does not.
//!
//! Three parts, each usable alone:
//!
//! 1. [`target::run`] is one target: the cart page and its JSON, in the process that calls it.
//! 2. [`Fleet`] starts targets as child processes, kills them with SIGKILL, brings them back on the same
//!    port, and leaves none behind.
//! 3. [`control::serve`] is the small HTTP server behind the page's buttons. It changes processes through
//!    the [`Fleet`] and the load balancer through a [`Balancer`], which the caller implements.
//!
//! A request's way through a target: `http` accepts and bounds it → `target::answer` picks the route →
//! [`Sessions`] reads or changes the cart → the answer says who answered, what was found and what the load
//! balancer said about stickiness.
//!
//! What it is not: it knows nothing about AWS APIs, cookies of the load balancer or routing.

pub mod control;
mod error;
pub mod fleet;
mod http;
pub mod sessions;
pub mod target;

pub use control::{Balancer, BalancerError, Stickiness};
pub use error::Error;
pub use fleet::Fleet;
pub use sessions::{SessionBackend, Sessions};
pub use target::TargetSettings;

/// Path that answers 200 as long as the target lives: the target group's health check path.
pub const HEALTH_PATH: &str = "/healthz";

/// Path that the load balancer answers with a redirect to the page over HTTPS; targets never see it.
pub const SECURE_PATH: &str = "/secure";

/// The application's own session cookie: the cookie name for stickiness of type `app_cookie`.
pub const SESSION_COOKIE: &str = "cart_session";
