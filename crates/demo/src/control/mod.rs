//! The small HTTP server behind the page's buttons: what runs, kill a target, bring it back, switch
//! stickiness. It changes processes through the [`Fleet`] and the load balancer through a [`Balancer`].
//!
//! | request | meaning |
//! |---|---|
//! | `GET /state` | everything the page shows about the load balancer and its targets |
//! | `POST /stickiness` `{"mode": "off"}`, `lb_cookie` or `app_cookie` | switch stickiness |
//! | `POST /targets/<name>/kill` `{}` | SIGKILL |
//! | `POST /targets/<name>/revive` `{}` | start it again on its port |
//!
//! It can kill processes, so other websites must not reach it: see `guard`. Start at [`serve`].

mod balancer;
mod guard;
mod state;

use std::sync::Arc;

use http::{HeaderMap, Method, Request, StatusCode};
use hyper::body::Incoming;
use serde::Deserialize;
use tokio::net::TcpListener;

pub use balancer::{Balancer, BalancerError, BalancerView, HealthState, Stickiness, TargetHealth};
pub use guard::Origin;

use crate::http::{Answer, Failure, json, json_body};
use crate::{Error, Fleet, http as server};
use guard::Guard;

/// Serves until the caller drops the future. `origins` are the addresses under which browsers see the page;
/// only pages from there may use the server.
///
/// # Errors
/// [`Error::Listen`] if the listener has no address.
pub async fn serve<B: Balancer>(
    listener: TcpListener,
    origins: Vec<Origin>,
    fleet: Arc<Fleet>,
    balancer: Arc<B>,
) -> Result<(), Error> {
    let address = listener.local_addr();
    let address = address.map_err(|source| Error::Listen { address: ([127, 0, 0, 1], 0).into(), source })?;
    let control = Arc::new(Control { guard: Guard::new(address, origins), fleet, balancer });
    server::serve(listener, move |request| {
        let control = Arc::clone(&control);
        async move { control.guarded(request).await }
    })
    .await;
    Ok(())
}

struct Control<B> {
    guard: Guard,
    fleet: Arc<Fleet>,
    balancer: Arc<B>,
}

/// A request without details still has a body, so that a browser has to ask us before it sends it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    mode: Stickiness,
}

impl<B: Balancer> Control<B> {
    /// Every request passes the guard, and every answer says to whom it may be shown.
    async fn guarded(&self, request: Request<Incoming>) -> Answer {
        let headers: HeaderMap = request.headers().clone();
        let mut answer = match self.guard.check(request.method(), &headers) {
            Ok(()) if request.method() == Method::OPTIONS => self.guard.preflight(),
            Ok(()) => self.answer(request).await.unwrap_or_else(Failure::answer),
            Err(reason) => Failure::new(StatusCode::FORBIDDEN, reason).answer(),
        };
        self.guard.mark(&headers, &mut answer);
        answer
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Answer, Failure> {
        let path = request.uri().path().to_owned();
        let method = request.method().clone();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        match (segments.as_slice(), &method) {
            (["state"], &Method::GET) => {}
            (["state"], _) => return Err(Failure::method("GET", &method)),
            (["stickiness"] | ["targets", _, "kill" | "revive"], method) if method != Method::POST => {
                return Err(Failure::method("POST", method));
            }
            (["stickiness"], _) => {
                let wish: Wish = json_body(request).await?;
                self.balancer.set_stickiness(wish.mode).await.map_err(refused)?;
            }
            (["targets", name, "kill"], _) => {
                json_body::<Nothing>(request).await?;
                self.fleet.kill(name).await.map_err(failed)?;
            }
            (["targets", name, "revive"], _) => {
                json_body::<Nothing>(request).await?;
                self.fleet.revive(name).await.map_err(failed)?;
            }
            _ => return Err(Failure::not_found()),
        }
        let view = self.balancer.view().await;
        Ok(json(StatusCode::OK, &state::State::new(&self.fleet, &view)))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "used with map_err")]
fn refused(cause: BalancerError) -> Failure {
    Failure::new(StatusCode::BAD_GATEWAY, cause.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "used with map_err")]
fn failed(cause: Error) -> Failure {
    let status = match cause {
        Error::UnknownTarget(_) => StatusCode::NOT_FOUND,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Failure::new(status, cause.to_string())
}
