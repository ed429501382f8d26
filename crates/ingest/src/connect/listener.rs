//! Waits for a browser that comes back from Spotify, or for a person who pastes the address.

use std::io::{self, BufRead};
use std::net::Ipv4Addr;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use platform::Stop;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

/// How long to wait.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// How long the browser has to fetch its last page.
const GOODBYE: Duration = Duration::from_secs(1);

const AGREED: &str = "<!doctype html><meta charset=utf-8><title>Music Tracker</title>\
    <p>Spotify sent a login. You can close this window; the terminal says whether it is kept.";

const REFUSED: &str = "<!doctype html><meta charset=utf-8><title>Music Tracker</title>\
    <p>You are not logged in: Spotify sent you back without a login. You can close this window; the terminal says how \
    to try again.";

/// The address at which the browser ended up; it has `state` in it.
///
/// # Errors
/// A [`Stop::NeedsPerson`] when nobody came.
pub(super) fn wait(port: u16, state: String) -> anyhow::Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (came, mut comes) = mpsc::channel(1);
        pasted(came.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let server = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => {
                let server = Router::new().fallback(callback).with_state((came, state));
                let served = axum::serve(listener, server).with_graceful_shutdown(async move { drop(stopped.await) });
                Some(tokio::spawn(async move { served.await }))
            }
            Err(error) => {
                tracing::warn!(port, %error, "cannot listen there: paste the address that the browser ends up at");
                // Only a person can come now; when stdin ends, nobody will.
                drop(came);
                None
            }
        };
        let is_listening = server.is_some();
        let address = tokio::time::timeout(PATIENCE, comes.recv()).await.ok().flatten();
        // The browser still waits for its page; one that never fetches it is left.
        drop(stop);
        if let Some(server) = server {
            drop(tokio::time::timeout(GOODBYE, server).await);
        }
        address.ok_or_else(|| {
            Stop::NeedsPerson(if is_listening {
                "nobody came back from Spotify: begin again".to_owned()
            } else {
                format!(
                    "another program has the port {port}, so no browser can come back here, and nobody pasted an \
                     address: stop that program, or give another --port (the app's settings must list its redirect \
                     URI, too), or begin with --no-wait and end with --paste -"
                )
            })
            .into()
        })
    })
}

/// Any path will do: a proxy may have changed it.
async fn callback(State((came, state)): State<(mpsc::Sender<String>, String)>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    // Any web page can make a browser ask here: only the login that was begun counts.
    if !query.contains(&state) {
        return StatusCode::NOT_FOUND.into_response();
    }
    // One is enough; whoever comes later is told the same.
    drop(came.try_send(format!("?{query}")));
    let is_refused = url::form_urlencoded::parse(query.as_bytes()).any(|(key, _)| key == "error");
    Html(if is_refused { REFUSED } else { AGREED }).into_response()
}

/// Reads a line that a person pastes. The thread ends with the program.
fn pasted(came: mpsc::Sender<String>) {
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if line.contains("state=") && came.blocking_send(line).is_err() {
                return;
            }
        }
    });
}
