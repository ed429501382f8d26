//! Which path leads where.

use std::sync::Arc;

use axum::routing::{delete, get, post};
use axum::{Router, middleware};

use super::state::Shared;
use super::{
    authorize, catalogue, control, journal, lastfm, listenbrainz, musicbrainz, nominatim, openweather, token, web_api,
    wikidata,
};

pub(super) fn router(shared: Arc<Shared>) -> Router {
    let listenbrainz = Router::new()
        .route("/1/validate-token", get(listenbrainz::validate_token))
        .route("/1/user/{name}/listens", get(listenbrainz::listens))
        .route("/1/user/{name}/listen-count", get(listenbrainz::listen_count))
        .route("/1/metadata/lookup/", get(listenbrainz::metadata::lookup).post(listenbrainz::metadata::lookups))
        .route(
            "/1/metadata/recording/",
            get(listenbrainz::metadata::recordings).post(listenbrainz::metadata::recordings_posted),
        )
        .route("/1/metadata/artist/", get(listenbrainz::metadata::artists))
        .route("/1/popularity/{kind}", post(listenbrainz::metadata::popularity))
        .fallback(listenbrainz::not_found);
    let lastfm = Router::new()
        .route("/2.0/", get(lastfm::recent_tracks))
        .route("/2.0", get(lastfm::recent_tracks))
        .fallback(lastfm::not_found);
    let upstream = Router::new()
        .route("/authorize", get(authorize::authorize))
        .route("/api/token", post(token::grant))
        .route("/v1/me", get(web_api::me))
        .route("/v1/me/player/recently-played", get(web_api::recently_played))
        .route("/v1/tracks", get(catalogue::tracks))
        .route("/v1/tracks/{id}", get(catalogue::track))
        .route("/v1/albums", get(catalogue::albums))
        .route("/v1/albums/{id}", get(catalogue::album))
        .route("/v1/artists", get(catalogue::artists))
        .route("/v1/artists/{id}", get(catalogue::artist))
        .nest("/listenbrainz", listenbrainz)
        .nest("/lastfm", lastfm)
        .nest("/musicbrainz", musicbrainz::routes())
        .nest("/wikidata", wikidata::routes())
        .nest("/nominatim", nominatim::routes())
        .nest("/openweather", openweather::routes())
        .fallback(web_api::no_such_service)
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), journal::attend));
    Router::new()
        .route("/_control/now", get(control::now).post(control::set_now))
        .route("/_control/requests", get(control::requests))
        .route("/_control/requests/log", get(control::request_log))
        .route("/_control/broken-rules", get(control::broken_rules))
        .route("/_control/accounts", get(control::accounts))
        .route("/_control/login", post(control::login))
        .route("/_control/revoke", post(control::revoke))
        .route("/_control/faults", get(control::faults).post(control::switch_on).delete(control::clear))
        .route("/_control/faults/{id}", delete(control::switch_off))
        .route("/_control/served", get(control::served))
        .route("/_control/fates", get(control::fates))
        .merge(upstream)
        .with_state(shared)
}
