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

const DONE: &str = "<!doctype html><meta charset=utf-8><title>Music Tracker</title>\
    <p>Thank you. You can close this window and go back to the terminal.";

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
                None
            }
        };
        let address = tokio::time::timeout(PATIENCE, comes.recv()).await.ok().flatten();
        // The browser still waits for its page; one that never fetches it is left.
        drop(stop);
        if let Some(server) = server {
            drop(tokio::time::timeout(GOODBYE, server).await);
        }
        address.ok_or_else(|| Stop::NeedsPerson("nobody came back from Spotify: begin again".into()).into())
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
    Html(DONE).into_response()
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
