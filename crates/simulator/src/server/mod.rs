//! Spotify's token service and Web API on loopback, at any moment of a world's history.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /api/token` | an access token for the refresh token of an account |
//! | `GET /v1/me` | the profile |
//! | `GET /v1/me/player/recently-played` | the newest 50 plays, in pages |
//! | `POST /_control/now` | moves the simulated clock: `{"now": "2024-05-01T18:30:00Z"}` |
//! | `GET /_control/now` | the simulated clock |
//! | `GET /_control/requests` | how often each endpoint was asked |
//! | `GET /_control/accounts` | the accounts and their refresh tokens |
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use simulator::server::{Options, Server};
//! use simulator::{Scenario, World, parse_instant};
//!
//! let world = World::build(&Scenario::default())?;
//! let server = Server::start(world, Options::default()).await?;
//! server.set_now(parse_instant("2023-07-01T12:00:00Z")?);
//! println!("{} {}", server.base_url(), server.refresh_token("alice").unwrap_or_default());
//! # Ok(())
//! # }
//! ```

mod control;
mod shapes;
mod state;
mod token;
mod web_api;

use std::collections::{BTreeMap, HashMap};
use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use self::state::Shared;
use crate::world::World;

/// Which fields Spotify's objects have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// All of them, as apps with extended quota get them.
    Extended,
    /// What is left for apps in development mode since February 2026.
    #[default]
    Development,
}

/// How a server behaves.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The shape of answers.
    pub shape: Shape,
    /// Accounts (by name) whose answers have another shape.
    pub shapes: HashMap<String, Shape>,
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The simulated clock at the start; the end of the world's history when absent.
    pub now: Option<DateTime<Utc>>,
    /// Whether access tokens expire after an hour of the simulated clock.
    pub tokens_expire: bool,
    /// The only client id and secret that the token service accepts; any when absent.
    pub client: Option<(String, String)>,
}

/// A running server. It stops when dropped.
pub struct Server {
    shared: Arc<Shared>,
    _stop: oneshot::Sender<()>,
}

impl Server {
    /// Starts a server as a task of the current Tokio runtime.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn start(world: impl Into<Arc<World>>, options: Options) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))
            .await
            .with_context(|| format!("listening on 127.0.0.1:{}", options.port))?;
        let root = format!("http://{}/", listener.local_addr()?);
        let shared = Arc::new(Shared::new(world.into(), options, root));
        let service = axum::serve(listener, router(Arc::clone(&shared)));
        let (stop, stopped) = oneshot::channel::<()>();
        let task = service.with_graceful_shutdown(async {
            // Either way the server was dropped.
            drop(stopped.await);
        });
        tokio::spawn(async { task.await });
        Ok(Self { shared, _stop: stop })
    }

    /// The root of the Web API, such as `http://127.0.0.1:40123/v1/`.
    pub fn base_url(&self) -> String {
        format!("{}v1/", self.shared.root)
    }

    /// The root of the token service, such as `http://127.0.0.1:40123/`.
    pub fn accounts_base_url(&self) -> String {
        self.shared.root.clone()
    }

    /// The refresh token of an account.
    pub fn refresh_token(&self, account: &str) -> Option<String> {
        self.shared.world.account(account).map(|account| account.refresh_token.clone())
    }

    /// Moves the simulated clock.
    pub fn set_now(&self, now: DateTime<Utc>) {
        self.shared.live().now = now;
    }

    /// The simulated clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.shared.live().now
    }

    /// How often each endpoint was asked since the start, such as
    /// `GET /v1/me/player/recently-played`.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.shared.live().requests.clone()
    }

    /// The world behind the server.
    pub fn world(&self) -> &World {
        &self.shared.world
    }
}

fn router(shared: Arc<Shared>) -> Router {
    let upstream = Router::new()
        .route("/api/token", post(token::grant))
        .route("/v1/me", get(web_api::me))
        .route("/v1/me/player/recently-played", get(web_api::recently_played))
        .fallback(web_api::no_such_service)
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), count_and_interrupt));
    Router::new()
        .route("/_control/now", get(control::now).post(control::set_now))
        .route("/_control/requests", get(control::requests))
        .route("/_control/accounts", get(control::accounts))
        .merge(upstream)
        .with_state(shared)
}

/// Every request to an upstream service passes here, before its token is looked at.
async fn count_and_interrupt(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let endpoint = format!("{} {}", request.method(), request.uri().path());
    *shared.live().requests.entry(endpoint.clone()).or_default() += 1;
    match shared.fault(&endpoint) {
        Some(fault) => fault,
        None => next.run(request).await,
    }
}
