//! The description of the API (OpenAPI 3.1), made from the code of its handlers.

use axum::{extract::State, http::header, response::IntoResponse};
use utoipa::openapi::{
    ContentBuilder, Info, OpenApi, RefOr, ResponseBuilder,
    schema::Ref,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    server::Server,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::{App, Result, web::origin::Origin};

/// What the handlers say, with the problem reply every operation can give.
pub fn document(mut api: OpenApi, host: &Origin) -> Result<String> {
    api.info = Info::new("Portico", env!("CARGO_PKG_VERSION"));
    api.servers = Some(vec![Server::new(host.as_str())]);
    let components = api.components.get_or_insert_default();
    components
        .schemas
        .insert("Problem".into(), portico_wire::Problem::schema());
    let mut more = Vec::new();
    portico_wire::Problem::schemas(&mut more);
    components.schemas.extend(more);
    components.security_schemes.insert(
        "session".into(),
        RefOr::T(SecurityScheme::Http(
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build(),
        )),
    );
    let problem = ResponseBuilder::new()
        .description("What went wrong (RFC 9457)")
        .content(
            "application/problem+json",
            ContentBuilder::new()
                .schema(Some(RefOr::Ref(Ref::from_schema_name("Problem"))))
                .build(),
        )
        .build();
    for item in api.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            operation
                .responses
                .responses
                .insert("default".into(), RefOr::T(problem.clone()));
        }
    }
    Ok(api.to_json()?)
}

pub async fn serve(State(app): State<App>) -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, "application/json"),
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        ],
        app.openapi.clone(),
    )
}
