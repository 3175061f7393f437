//! The whole route table and the order of the layers, on one screen.

use std::{collections::HashMap, ops::Deref, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, Method, header, request::Parts},
    middleware,
    routing::{any, get, post},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowOrigin, CorsLayer},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Result, access, activity, automations, billing, clients,
    clock::Clock,
    config::Config,
    contracts, crew,
    db::Db,
    demo, documents, domains, embed,
    error::Error,
    events, forms,
    limits::Limits,
    mail, messages, notifications, openapi, ops, orders, papers, payments, portal, portal_editor,
    quotes, receivables, secrets,
    storage::Storage,
    studios,
    web::{self, admin, assets, origin::Origin, pages::Pages, request},
};

/// Everything a handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub struct Inner {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub keys: secrets::Keys,
    pub passwords: access::passwords::Hasher,
    pub limits: Limits,
    pub mail: mail::Transport,
    pub stripe: payments::stripe::Stripe,
    pub storage: Storage,
    pub pages: Pages,
    pub loader: Option<assets::Loader>,
    /// The host's own origin, from the configuration.
    pub origin: Origin,
    /// Each studio's list of websites, for five seconds.
    pub origins: moka::future::Cache<String, studios::Origins>,
    /// Pages of studios' websites that were noted within the hour.
    pub noted: embed::Noted,
    /// Who has a page open.
    pub live: messages::live::Hub,
    pub openapi: String,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// Everything but the listening: the database is connected and migrated by the caller.
    pub fn new(config: Config, db: Db, clock: Clock) -> Result<Self> {
        let origin = Origin::parse(&config.public_url)
            .ok_or_else(|| Error::internal("public_url is not an origin"))?;
        let http = http_client()?;
        let (_, api) = api_routes().split_for_parts();
        Ok(Self(Arc::new(Inner {
            keys: secrets::Keys::derive(&config.secret_key),
            passwords: access::passwords::Hasher::new(&config.argon2)?,
            limits: Limits::new(&config.limits),
            stripe: payments::stripe::Stripe::new(
                config.stripe_url.trim_end_matches('/').to_owned(),
                http.clone(),
            ),
            mail: mail::Transport::new(&config, http)
                .map_err(|e| Error::internal(e.to_string()))?,
            storage: Storage::open(&config.storage_url)
                .map_err(|e| Error::internal(e.to_string()))?,
            pages: Pages::new()?,
            loader: assets::Loader::prepare(&origin)?,
            origins: moka::future::Cache::builder()
                .max_capacity(10_000)
                .time_to_live(Duration::from_secs(5))
                .build(),
            noted: moka::sync::Cache::builder()
                .max_capacity(10_000)
                .time_to_live(Duration::from_hours(1))
                .build(),
            live: messages::live::Hub::default(),
            openapi: openapi::document(api, &origin)?,
            origin,
            config,
            db,
            clock,
        })))
    }
}

/// One client for all outgoing calls: short patience, no redirects, no proxy of the environment's.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that makes a client"
)]
fn http_client() -> Result<reqwest::Client> {
    // A second App in one process finds the provider installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(20))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(Error::internal)
}

/// The API, from which the OpenAPI description is made as well.
fn api_routes() -> OpenApiRouter<App> {
    let portal = OpenApiRouter::new()
        .routes(routes!(access::api::settings))
        .routes(routes!(embed::api::report_embed))
        .routes(routes!(access::api::codes::ask_code))
        .routes(routes!(access::api::codes::redeem_code))
        .routes(routes!(access::api::passwords::sign_in_by_password))
        .routes(routes!(access::api::passwords::choose_new_password))
        .routes(routes!(access::api::links::look_at_link))
        .routes(routes!(access::api::links::redeem_link))
        .routes(routes!(access::api::links::ask_reset))
        .routes(routes!(access::api::views::view_as))
        .routes(routes!(access::api::sessions::sign_out))
        .routes(routes!(access::api::sessions::list_devices))
        .routes(routes!(access::api::sessions::sign_out_device))
        .routes(routes!(access::api::proofs::ask_proof))
        .routes(routes!(access::api::proofs::prove))
        .routes(routes!(access::api::proofs::change_password))
        .routes(routes!(portal::get_home))
        .routes(routes!(activity::get_activity))
        .routes(routes!(clients::api::get_profile))
        .routes(routes!(
            forms::profile::get_profile_form,
            forms::profile::send_profile_form
        ))
        .routes(routes!(access::api::emails::ask_new_email))
        .routes(routes!(access::api::emails::confirm_new_email))
        .routes(routes!(forms::api::list_forms))
        .routes(routes!(forms::api::get_form))
        .routes(routes!(forms::api::save_form_draft))
        .routes(routes!(forms::api::submit_form))
        .routes(routes!(forms::api::get_questionnaire))
        .routes(routes!(forms::api::save_questionnaire_draft))
        .routes(routes!(forms::api::submit_questionnaire))
        .routes(routes!(forms::api::get_submission))
        .routes(routes!(forms::api::files::upload))
        .routes(routes!(forms::api::files::get_file))
        .routes(routes!(documents::api::list_documents))
        .routes(routes!(documents::api::zip_documents))
        .routes(routes!(
            documents::api::get_document,
            documents::api::remove_document
        ))
        .routes(routes!(documents::api::start_upload))
        .routes(routes!(
            documents::api::get_upload,
            documents::api::send_part,
            documents::api::cancel_upload
        ))
        .routes(routes!(messages::api::list_conversations))
        .routes(routes!(
            messages::api::get_conversation,
            messages::api::send_message
        ))
        .routes(routes!(messages::api::mark_seen))
        .routes(routes!(messages::api::begin_conversation))
        .routes(routes!(
            messages::live::ask_ticket,
            messages::live::open_stream
        ))
        .routes(routes!(messages::live::get_pulse))
        .routes(routes!(notifications::api::list_notifications))
        .routes(routes!(notifications::api::see_notifications))
        .routes(routes!(
            notifications::api::get_notification_form,
            notifications::api::send_notification_form
        ))
        .routes(routes!(contracts::api::get_contract))
        .routes(routes!(contracts::api::read_contract))
        .routes(routes!(contracts::api::sign_contract))
        .routes(routes!(contracts::api::decline_contract))
        .routes(routes!(quotes::api::list_quotes))
        .routes(routes!(quotes::api::get_quote))
        .routes(routes!(quotes::api::price_quote))
        .routes(routes!(quotes::api::accept_quote))
        .routes(routes!(quotes::api::decline_quote))
        .routes(routes!(orders::api::get_order))
        .routes(routes!(events::api::list_events, events::api::book_event))
        .routes(routes!(events::api::get_booking))
        .routes(routes!(
            events::prompts::get_booking_form,
            events::prompts::send_booking_form
        ))
        .routes(routes!(
            events::prompts::get_change_form,
            events::prompts::send_change_form
        ))
        .routes(routes!(events::api::get_event))
        .routes(routes!(events::api::ask_change))
        .routes(routes!(
            events::calendar::get_calendar,
            events::calendar::reset_calendar
        ))
        .routes(routes!(payments::api::list_invoices))
        .routes(routes!(payments::api::get_invoice))
        .routes(routes!(payments::api::list_payments_due))
        .routes(routes!(payments::api::list_payments))
        .routes(routes!(receivables::api::get_statement))
        .routes(routes!(
            payments::prompts::get_payment_form,
            payments::prompts::send_payment_form
        ))
        .routes(routes!(payments::api::start_checkout))
        .routes(routes!(payments::api::get_checkout))
        .routes(routes!(crew::api::get_certificate));
    OpenApiRouter::new().nest("/api/portal/v1/{studio}", portal)
}

pub fn router(app: &App) -> Router {
    let (api, _) = api_routes().split_for_parts();
    let api = api
        .method_not_allowed_fallback(method_not_allowed)
        .layer(cors(app.clone()));

    let pages = Router::new()
        .route("/embed.js", get(assets::embed_js))
        .route("/assets/{build}/{file}", get(assets::asset))
        .route("/files/logos/{file}", get(studios::logo::show_logo))
        .route("/files/open/{sealed}", get(forms::files::open_file))
        .route(
            "/files/documents/{sealed}",
            get(documents::open::open_document),
        )
        .route("/files/zip/{sealed}", get(documents::zip::open_zip))
        .route("/files/papers/{sealed}", get(papers::files::open_paper))
        .route("/files/crew/{sealed}", get(crew::files::open_photo))
        .route(
            "/files/certificates/{sealed}",
            get(crew::files::open_certificate),
        )
        .route("/gate/{secret}", get(crew::gate::show_gate))
        .route(
            "/gate/{secret}/photos/{crew}",
            get(crew::gate::show_gate_photo),
        )
        .route("/files/events/{sealed}", get(events::calendar::open_event))
        .route("/calendar/{secret}", get(events::calendar::open_feed))
        .route("/static/{file}", get(assets::static_file))
        .route("/static/tokens.css", get(admin::tokens))
        .route("/favicon.ico", get(assets::favicon))
        .route("/api/openapi.json", get(openapi::serve))
        .route(
            "/verify",
            get(contracts::verify::show_verify)
                .post(contracts::verify::verify_file)
                .layer(DefaultBodyLimit::max(contracts::verify::BODY_LIMIT)),
        )
        .route(
            "/webhooks/stripe/{studio}",
            post(payments::webhook::stripe)
                .layer(DefaultBodyLimit::max(payments::webhook::BODY_LIMIT)),
        )
        .route(
            "/webhooks/stripe",
            post(billing::webhook::stripe)
                .layer(DefaultBodyLimit::max(payments::webhook::BODY_LIMIT)),
        )
        .route("/healthz", get(ops::healthz))
        .route("/readyz", get(ops::readyz))
        .route("/metrics", get(ops::metrics))
        .route("/tls/allowed", get(domains::allowed))
        .route("/{studio}", get(portal::hosted_root))
        .route("/{studio}/login", get(portal::hosted_page))
        .route("/{studio}/client-portal", get(portal::hosted_page))
        .route("/{studio}/preview", get(portal::framed_page));
    let pages = if app.mail.mailbox().is_some() {
        pages.merge(demo::mailbox::routes())
    } else {
        pages
    };

    let routes = Router::new()
        .merge(api)
        .merge(pages)
        .merge(admin_routes(app))
        .fallback(|| async { Error::not_found() })
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(web::body::JSON_LIMIT))
        .layer(CatchPanicLayer::custom(|_| {
            use axum::response::IntoResponse as _;
            Error::internal("a handler panicked").into_response()
        }))
        .layer(middleware::from_fn_with_state(app.clone(), request::outer))
        .with_state(app.clone());
    // Around the routes, because it decides which of them it is.
    Router::new()
        .fallback_service(routes)
        .layer(middleware::from_fn_with_state(app.clone(), domains::lead))
}

/// The hosted admin. Who may open a page stands in its handler's arguments.
fn admin_routes(app: &App) -> Router<App> {
    use crate::{
        staff::{admin as account, sign_in},
        studios::{admin as studio, logo, overview, website, website_help as help},
    };
    Router::new()
        .route("/admin", get(overview::show_overview))
        .route(
            "/admin/website/address",
            get(domains::admin::show_address).post(domains::admin::save_address),
        )
        .route(
            "/admin/website/address/check",
            post(domains::admin::check_address),
        )
        .route(
            "/admin/website/address/remove",
            post(domains::admin::remove_address),
        )
        .route(
            "/admin/settings",
            get(studio::show_settings).post(studio::save_settings),
        )
        .route(
            "/admin/website",
            get(website::show).post(website::save_look),
        )
        .route("/admin/website/sites", post(website::add_a_website))
        .route(
            "/admin/website/sites/remove",
            post(website::remove_a_website),
        )
        .route("/admin/website/preview", get(help::show_preview))
        .route("/admin/website/preview.css", get(help::show_sheet))
        .route("/admin/website/instructions", post(help::send_instructions))
        .route(
            "/admin/website/portico-wordpress.zip",
            get(help::save_plugin),
        )
        .route(
            "/admin/website/test",
            get(help::look_at_test).post(help::begin_test),
        )
        .route(
            "/admin/settings/logo",
            post(logo::upload_logo).layer(DefaultBodyLimit::max(web::upload::BODY_LIMIT)),
        )
        .route("/admin/settings/logo/remove", post(logo::remove_logo))
        .route("/admin/money", get(receivables::admin::show))
        .route("/admin/money/remind", post(receivables::admin::remind_now))
        .route(
            "/admin/settings/sales/reminders",
            post(receivables::admin::save_settings),
        )
        .route(
            "/admin/clients/{id}/statement",
            get(receivables::admin::show_statement),
        )
        .route("/admin/billing", get(billing::admin::show))
        .route("/admin/billing/renew", post(billing::admin::renew))
        .route("/admin/billing/update", post(billing::admin::update))
        .route(
            "/admin/papers/{kind}/{subject}/{edition}",
            get(papers::files::save_paper),
        )
        .merge(editor_routes())
        .merge(client_routes())
        .merge(import_routes())
        .route("/admin/account", get(account::show_account))
        .route("/admin/account/name", post(account::save_name))
        .route("/admin/account/password", post(account::change_password))
        .route(
            "/admin/account/factor",
            get(account::show_factor).post(account::begin_factor),
        )
        .route(
            "/admin/account/factor/confirm",
            post(account::confirm_factor),
        )
        .route("/admin/account/factor/change", post(account::change_factor))
        .route("/admin/studio", post(sign_in::look_at_studio))
        .route(
            "/admin/sign-in",
            get(sign_in::show_sign_in).post(sign_in::sign_in),
        )
        .route(
            "/admin/sign-in/code",
            get(sign_in::show_second_factor).post(sign_in::give_second_factor),
        )
        .route("/admin/sign-out", post(sign_in::sign_out))
        .route("/admin/{*path}", any(|| async { Error::not_found() }))
        .merge(reach_routes())
        .merge(automation_routes())
        .merge(mail_routes())
        .merge(form_routes())
        .merge(contract_routes())
        .merge(document_routes())
        .merge(sales_routes())
        .merge(invoice_routes())
        .merge(money_routes())
        .merge(crew_routes())
        .merge(event_routes())
        .merge(message_routes())
        .layer(middleware::from_fn_with_state(app.clone(), admin::layer))
}

/// The inbox, and what staff are told of.
fn message_routes() -> Router<App> {
    use crate::{
        messages::admin::{act, inbox, live, replies, show, write},
        notifications::admin as told,
    };
    Router::new()
        .route("/admin/messages", get(inbox::show_inbox))
        .route("/admin/messages/live", get(live::look))
        .route(
            "/admin/messages/replies",
            get(replies::show).post(replies::add),
        )
        .route("/admin/messages/replies/{id}", post(replies::change))
        .route(
            "/admin/messages/{id}",
            get(show::show)
                .post(write::send)
                .layer(DefaultBodyLimit::disable()),
        )
        .route("/admin/messages/{id}/assign", post(act::assign))
        .route("/admin/messages/{id}/state", post(act::set_state))
        .route("/admin/clients/{id}/messages", post(act::begin))
        .route("/admin/notifications", get(told::show))
        .route("/admin/notifications/seen", post(told::see_all))
        .route("/admin/notifications/choices", post(told::choose))
}

/// Clients, their contacts, and what staff set up around them.
fn client_routes() -> Router<App> {
    use crate::clients::admin::{client, contact, edit, fields, groups, list, rights};
    Router::new()
        .route("/admin/clients", get(list::show_clients))
        .route(
            "/admin/clients/new",
            get(edit::show_new_client).post(edit::add_client),
        )
        .route("/admin/clients/{id}", get(client::show_client))
        .route(
            "/admin/clients/{id}/edit",
            get(edit::show_edit_client).post(edit::save_client),
        )
        .route("/admin/clients/{id}/portal", post(client::switch_portal))
        .route(
            "/admin/clients/{id}/undo/{entry}",
            post(client::undo_change),
        )
        .route(
            "/admin/clients/{id}/rights",
            get(rights::show_client_rights).post(rights::save_client_rights),
        )
        .route(
            "/admin/clients/{id}/contacts/new",
            get(contact::show_new_contact).post(contact::add_contact),
        )
        .route(
            "/admin/clients/contacts/{id}/edit",
            get(contact::show_edit_contact).post(contact::save_contact),
        )
        .route(
            "/admin/clients/contacts/{id}/rights",
            get(rights::show_contact_rights).post(rights::save_contact_rights),
        )
        .route(
            "/admin/fields",
            get(fields::show_fields).post(fields::add_field),
        )
        .route("/admin/fields/built-in", post(fields::save_built_in))
        .route(
            "/admin/fields/{id}",
            get(fields::show_field).post(fields::save_field),
        )
        .route("/admin/fields/{id}/move", post(fields::move_field))
        .route("/admin/fields/{id}/remove", post(fields::remove_field))
        .route(
            "/admin/groups",
            get(groups::show_groups).post(groups::add_group),
        )
        .route("/admin/groups/{id}", post(groups::save_group))
        .route("/admin/groups/{id}/delete", post(groups::delete_group))
}

/// Clients from a file and into one.
fn import_routes() -> Router<App> {
    use crate::clients::{admin::export, import::admin as import};
    Router::new()
        .route("/admin/clients/export.csv", get(export::export_clients))
        .route(
            "/admin/clients/import",
            get(import::show_start)
                .post(import::upload)
                .layer(DefaultBodyLimit::max(web::upload::BODY_LIMIT)),
        )
        .route("/admin/clients/import/{id}", get(import::show_import))
        .route(
            "/admin/clients/import/{id}/columns",
            get(import::columns::show_columns).post(import::columns::save_columns),
        )
        .route(
            "/admin/clients/import/{id}/check",
            post(import::columns::check_again),
        )
        .route("/admin/clients/import/{id}/begin", post(import::begin))
        .route("/admin/clients/import/{id}/discard", post(import::discard))
}

/// Who gets in and out.
fn reach_routes() -> Router<App> {
    use access::admin::{
        acts, duplicates, log, passwords, runs, show_contact, users::show_users, views,
    };
    Router::new()
        .route("/admin/portal-users", get(show_users))
        .route("/admin/portal-users/invite", post(runs::confirm_run))
        .route("/admin/portal-users/invitations", post(runs::start_run))
        .route("/admin/portal-users/invitations/{id}", get(runs::show_run))
        .route(
            "/admin/portal-users/duplicates",
            get(duplicates::show_duplicates),
        )
        .route("/admin/portal-users/log", get(log::show_log))
        .route("/admin/test-client", post(views::open_test_client))
        .route("/admin/contacts/{id}", get(show_contact))
        .route(
            "/admin/contacts/{id}/invite",
            get(acts::confirm_invite).post(acts::invite),
        )
        .route("/admin/contacts/{id}/link", post(acts::make_link))
        .route("/admin/contacts/{id}/link/revoke", post(acts::revoke_link))
        .route("/admin/contacts/{id}/access", post(acts::switch_access))
        .route(
            "/admin/contacts/{id}/devices/sign-out",
            post(acts::sign_out_devices),
        )
        .route("/admin/contacts/{id}/reset", post(passwords::reset))
        .route(
            "/admin/contacts/{id}/password",
            post(passwords::type_password),
        )
        .route(
            "/admin/contacts/{id}/credentials",
            post(passwords::send_credentials),
        )
        .route("/admin/contacts/{id}/view-as", post(views::view_as))
        .route(
            "/admin/contacts/{id}/email/clear",
            post(duplicates::clear_email),
        )
        .route(
            "/admin/contacts/{id}/merge/{other}",
            get(duplicates::compare).post(duplicates::merge_contacts),
        )
}

/// What the system does by itself.
fn automation_routes() -> Router<App> {
    use automations::admin::{edit, list, runs, try_out};
    Router::new()
        .route("/admin/automations", get(list::show_list))
        .route(
            "/admin/automations/new",
            get(edit::show_new).post(edit::create),
        )
        .route("/admin/automations/use", post(list::use_ready))
        .route("/admin/automations/quiet", post(list::save_quiet))
        .route("/admin/automations/pause", post(list::pause))
        .route("/admin/automations/runs", get(runs::show_runs))
        .route("/admin/automations/{id}", get(edit::show).post(edit::save))
        .route("/admin/automations/{id}/switch", post(list::switch))
        .route("/admin/automations/{id}/remove", post(list::remove))
        .route("/admin/automations/{id}/try", get(try_out::show_try))
        .route("/admin/automations/{id}/try/mail", get(try_out::show_mail))
}

/// Mails in the studio's own words.
fn mail_routes() -> Router<App> {
    use mail::letters::admin::{edit, list, preview, write};
    Router::new()
        .route("/admin/mail", get(list::show_list))
        .route("/admin/mail/new", get(edit::show_new).post(edit::create))
        .route("/admin/mail/preview", post(preview::preview))
        .route("/admin/mail/{id}", get(edit::show).post(edit::save))
        .route("/admin/mail/{id}/duplicate", post(edit::duplicate))
        .route("/admin/mail/{id}/delete", post(edit::delete))
        .route(
            "/admin/clients/{id}/mail",
            get(write::show_write).post(write::send_mail),
        )
}

/// What the studio asks, whom it asks, and what came back.
fn form_routes() -> Router<App> {
    use forms::admin::{ask, ask_many, build, export, list, look, submissions};
    Router::new()
        .route("/admin/forms", get(list::show_forms))
        .route("/admin/forms/new", get(build::show_new).post(build::create))
        .route("/admin/forms/preview", post(look::preview))
        .route("/admin/forms/{id}", get(build::show).post(build::save))
        .route("/admin/forms/{id}/duplicate", post(list::duplicate))
        .route("/admin/forms/{id}/archive", post(list::archive))
        .route("/admin/forms/{id}/asked", get(ask::show_asked))
        .route("/admin/forms/{id}/ask", get(ask::choose_client))
        .route("/admin/clients/{id}/ask", get(ask::show_ask).post(ask::ask))
        .route("/admin/questionnaires", post(ask_many::ask))
        .route("/admin/questionnaires/{id}/withdraw", post(ask::withdraw))
        .route("/admin/questionnaires/{id}/remind", post(ask::remind))
        .route("/admin/questionnaires/{id}/due", post(ask::change_due))
        .route("/admin/submissions", get(submissions::show_submissions))
        .route("/admin/submissions/export.csv", get(export::export))
        .route("/admin/submissions/{id}", get(submissions::show_submission))
        .route(
            "/admin/submissions/{id}/files/{file}",
            get(submissions::save_file),
        )
        .route(
            "/admin/submissions/{id}/files/{file}/small",
            get(submissions::show_small),
        )
}

/// How the portal is arranged.
fn editor_routes() -> Router<App> {
    use portal_editor::{admin as editor, preview};
    Router::new()
        .route("/admin/portal", get(editor::show).post(editor::save))
        .route("/admin/portal/discard", post(editor::discard))
        .route("/admin/portal/versions/{number}", post(editor::go_back))
        .route("/admin/portal/preview", post(preview::open))
}

/// What clients sign.
fn contract_routes() -> Router<App> {
    use contracts::admin::{edit, list, new, preview, send, templates};
    Router::new()
        .route("/admin/contracts", get(list::show_contracts))
        .route("/admin/contracts/new", get(new::choose_client))
        .route("/admin/contracts/preview", post(preview::preview))
        .route("/admin/contracts/templates", get(templates::show_templates))
        .route(
            "/admin/contracts/templates/new",
            get(templates::show_new).post(templates::create),
        )
        .route(
            "/admin/contracts/templates/{id}",
            get(templates::show).post(templates::save),
        )
        .route(
            "/admin/contracts/templates/{id}/delete",
            post(templates::delete),
        )
        .route(
            "/admin/contracts/{id}",
            get(edit::show_contract).post(edit::save_contract),
        )
        .route("/admin/contracts/{id}/delete", post(edit::delete_contract))
        .route(
            "/admin/contracts/{id}/send",
            get(send::show_send).post(send::send_contract),
        )
        .route("/admin/contracts/{id}/remind", post(send::remind_signers))
        .route("/admin/contracts/{id}/void", post(send::void_contract))
        .route("/admin/contracts/{id}/version", post(send::new_version))
        .route("/admin/contracts/{id}/countersign", post(send::countersign))
        .route("/admin/contracts/{id}/pdf", get(send::save_pdf))
        .route(
            "/admin/clients/{id}/contract",
            get(new::choose_text).post(new::create),
        )
}

/// What studio and client share.
fn document_routes() -> Router<App> {
    use documents::admin::{ask, client, incoming, settings, show, upload};
    Router::new()
        .route("/admin/documents", get(incoming::show_incoming))
        .route("/admin/documents/{id}", get(show::show).post(show::save))
        .route("/admin/documents/{id}/share", post(show::share))
        .route("/admin/documents/{id}/remove", post(show::remove))
        .route("/admin/documents/{id}/file/{number}", get(show::save_file))
        .route("/admin/documents/{id}/look/{number}", get(show::look))
        .route(
            "/admin/documents/uploads/{id}",
            get(upload::look).post(upload::part),
        )
        .route("/admin/documents/folders/{id}", post(client::change_folder))
        .route("/admin/documents/requests/{id}/remind", post(ask::remind))
        .route(
            "/admin/documents/requests/{id}/withdraw",
            post(ask::withdraw),
        )
        .route("/admin/clients/{id}/documents", get(client::show_client))
        .route("/admin/clients/{id}/documents/begin", post(upload::start))
        .route(
            "/admin/clients/{id}/documents/upload",
            // Each file is limited by the studio's settings while it is stored.
            post(upload::upload_files).layer(DefaultBodyLimit::disable()),
        )
        .route(
            "/admin/clients/{id}/documents/folders",
            post(client::add_folder),
        )
        .route(
            "/admin/clients/{id}/documents/ask",
            get(ask::show_ask).post(ask::send_ask),
        )
        .route("/admin/events/{id}/documents", get(client::show_event))
        .route(
            "/admin/settings/documents",
            get(settings::show_settings).post(settings::save_settings),
        )
}

/// What the studio offers, what was bought, what is owed.
fn sales_routes() -> Router<App> {
    use crate::{
        orders::admin as orders,
        quotes::admin::{edit, list, show},
        sales::admin as settings,
    };
    Router::new()
        .route("/admin/quotes", get(list::show_quotes))
        .route("/admin/quotes/new", get(list::choose_client))
        .route(
            "/admin/clients/{id}/quotes/new",
            get(edit::show_new).post(edit::create),
        )
        .route("/admin/quotes/preview", post(edit::preview))
        .route("/admin/quotes/{id}", get(show::show))
        .route(
            "/admin/quotes/{id}/edit",
            get(edit::show_edit).post(edit::save),
        )
        .route(
            "/admin/quotes/{id}/send",
            get(show::confirm_send).post(show::send),
        )
        .route("/admin/quotes/{id}/void", post(show::void))
        .route("/admin/quotes/{id}/remind", post(show::remind))
        .route("/admin/quotes/{id}/duplicate", post(show::duplicate))
        .route("/admin/quotes/{id}/version", post(show::new_version))
        .route("/admin/quotes/{id}/delete", post(show::delete))
        .route("/admin/orders", get(orders::show_orders))
        .route("/admin/orders/{id}", get(orders::show_order))
        .route(
            "/admin/settings/sales",
            get(settings::show_settings).post(settings::save_settings),
        )
        .route("/admin/settings/sales/plans", post(settings::save_plan))
        .route(
            "/admin/settings/sales/plans/delete",
            post(settings::delete_plan),
        )
}

/// What is owed.
fn invoice_routes() -> Router<App> {
    use crate::invoices::admin::{act, edit, list, new, show};
    Router::new()
        .route("/admin/invoices", get(list::show_invoices))
        .route("/admin/invoices/new", get(new::choose_client))
        .route(
            "/admin/clients/{id}/invoices/new",
            get(new::show_new).post(new::create),
        )
        .route("/admin/invoices/{id}", get(show::show_invoice))
        .route(
            "/admin/invoices/{id}/edit",
            get(edit::show_edit).post(edit::save),
        )
        .route("/admin/invoices/{id}/issue", post(act::issue_invoice))
        .route("/admin/invoices/{id}/mail", post(act::mail_again))
        .route("/admin/invoices/{id}/void", post(act::void))
        .route("/admin/invoices/{id}/credit", post(act::credit))
        .route("/admin/invoices/{id}/version", post(act::new_version))
        .route("/admin/invoices/{id}/delete", post(act::delete))
}

/// What came in.
fn money_routes() -> Router<App> {
    use crate::payments::admin::{account, act, list, record, show};
    Router::new()
        .route("/admin/payments", get(list::show_payments))
        .route("/admin/payments/{id}", get(show::show_payment))
        .route("/admin/payments/{id}/client", get(show::choose_client))
        .route("/admin/payments/{id}/refund", post(act::refund))
        .route("/admin/payments/{id}/reverse", post(act::reverse))
        .route("/admin/payments/{id}/use", post(act::use_credit))
        .route("/admin/payments/{id}/assign", post(act::assign))
        .route("/admin/payments/{id}/settle", post(act::settle))
        .route(
            "/admin/invoices/{id}/payment",
            get(record::show_record).post(record::record),
        )
        .route("/admin/invoices/{id}/use-credit", post(act::use_credit_for))
        .route(
            "/admin/settings/payments",
            get(account::show_account).post(account::save_limits),
        )
        .route("/admin/settings/payments/key", post(account::save_key))
        .route(
            "/admin/settings/payments/webhook",
            post(account::save_webhook),
        )
        .route(
            "/admin/settings/payments/webhook/end",
            post(account::end_webhook),
        )
        .route("/admin/settings/payments/switch", post(account::switch))
}

/// Who works at events.
fn crew_routes() -> Router<App> {
    use crew::admin::{edit, gate, held, kinds, list, require, roster, shifts, show, vehicles};
    let upload = || DefaultBodyLimit::max(web::upload::BODY_LIMIT);
    Router::new()
        .route("/admin/crew", get(list::show_crew))
        .route("/admin/crew/new", get(edit::show_new).post(edit::create))
        .route(
            "/admin/crew/qualifications",
            get(kinds::show).post(kinds::add),
        )
        .route("/admin/crew/qualifications/{id}", post(kinds::rename))
        .route("/admin/crew/qualifications/{id}/move", post(kinds::shift))
        .route(
            "/admin/crew/qualifications/{id}/remove",
            post(kinds::remove),
        )
        .route("/admin/crew/{id}", get(show::show_member))
        .route(
            "/admin/crew/{id}/edit",
            get(edit::show_edit).post(edit::save),
        )
        .route(
            "/admin/crew/{id}/photo",
            get(show::show_photo)
                .post(show::upload_photo)
                .layer(upload()),
        )
        .route("/admin/crew/{id}/photo/remove", post(show::remove_photo))
        .route(
            "/admin/crew/{id}/qualifications",
            post(held::add).layer(upload()),
        )
        .route(
            "/admin/crew/{id}/qualifications/{certificate}",
            post(held::save).layer(upload()),
        )
        .route(
            "/admin/crew/{id}/qualifications/{certificate}/remove",
            post(held::remove),
        )
        .route(
            "/admin/crew/{id}/certificates/{certificate}",
            get(held::download),
        )
        .route("/admin/crew/{id}/vehicles", post(vehicles::add))
        .route(
            "/admin/crew/{id}/vehicles/{vehicle}/remove",
            post(vehicles::remove),
        )
        .route(
            "/admin/events/{id}/roster",
            get(roster::show_roster).post(shifts::add),
        )
        .route("/admin/events/{id}/roster/leader", post(shifts::lead))
        .route("/admin/events/{id}/roster/required", post(require::add))
        .route(
            "/admin/events/{id}/roster/required/{requirement}/remove",
            post(require::remove),
        )
        .route("/admin/events/{id}/roster/{shift}", post(shifts::save))
        .route("/admin/events/{id}/roster/{shift}/copy", post(shifts::copy))
        .route(
            "/admin/events/{id}/roster/{shift}/remove",
            post(shifts::remove),
        )
        .route("/admin/events/{id}/gate", get(gate::show_gate))
        .route("/admin/events/{id}/gate.pdf", get(gate::save_pdf))
        .route("/admin/events/{id}/gate/links", post(gate::make_link))
        .route(
            "/admin/events/{id}/gate/links/{link}/end",
            post(gate::end_link),
        )
}

/// What has a date.
fn event_routes() -> Router<App> {
    use events::admin::{
        answer,
        catalogue::{self, kinds, of_client, rows},
        edit, list, sheet, show,
    };
    Router::new()
        .route("/admin/events", get(list::show_events))
        .route("/admin/events/month", get(sheet::show_month))
        .route("/admin/events/week", get(sheet::show_week))
        .route("/admin/events/new", get(list::choose_client))
        .route(
            "/admin/clients/{id}/events/new",
            get(edit::show_new).post(edit::create),
        )
        .route("/admin/events/{id}", get(show::show_event))
        .route(
            "/admin/events/{id}/edit",
            get(edit::show_edit).post(edit::save),
        )
        .route("/admin/events/{id}/clients", get(edit::choose_client))
        .route(
            "/admin/events/{id}/move",
            get(answer::show_move).post(answer::move_event),
        )
        .route("/admin/events/{id}/confirm", post(answer::confirm))
        .route("/admin/events/{id}/complete", post(answer::complete))
        .route("/admin/events/{id}/cancel", post(answer::cancel))
        .route("/admin/events/{id}/reopen", post(answer::reopen))
        .route("/admin/event-requests/{id}", post(answer::answer_request))
        .route(
            "/admin/settings/events",
            get(catalogue::show_settings).post(catalogue::save_settings),
        )
        .route("/admin/settings/events/roles", post(rows::save_roles))
        .route(
            "/admin/settings/events/resources",
            post(rows::save_resources),
        )
        .route(
            "/admin/settings/events/types/new",
            get(kinds::show_new).post(kinds::create),
        )
        .route(
            "/admin/settings/events/types/{id}",
            get(kinds::show).post(kinds::save),
        )
        .route(
            "/admin/clients/{id}/event-types",
            get(of_client::show).post(of_client::save),
        )
}

async fn method_not_allowed() -> Error {
    Error::refused(
        portico_wire::Code::MethodNotAllowed,
        "This address does not answer this method.",
    )
}

/// Pages of the studio's own list, and the host's own, exactly. Where there is no such studio anybody
/// may read so; and any page may read what is said to its report, which tells nothing of anybody.
fn cors(app: App) -> CorsLayer {
    let allow = AllowOrigin::async_predicate(move |origin: HeaderValue, parts: &Parts| {
        let mut path = parts.uri.path().split('/').skip(4);
        let slug = path.next().unwrap_or("").to_owned();
        let reports = path.eq(["embed-report"]);
        let app = app.clone();
        async move {
            if reports {
                return true;
            }
            let Some(origin) = origin.to_str().ok().and_then(Origin::parse) else {
                return false;
            };
            if origin == app.origin {
                return true;
            }
            match studios::origins(&app, &slug).await {
                Ok(Some(list)) => list.contains(origin.as_str()),
                Ok(None) => true,
                Err(_) => false,
            }
        }
    });
    CorsLayer::new()
        .allow_origin(allow)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([
            request::TOKEN_HEADER.clone(),
            request::REFERENCE_HEADER.clone(),
            header::RETRY_AFTER,
        ])
        .max_age(Duration::from_secs(7200))
}

/// Every route of the API with its methods, for the test that walks them.
pub fn operations() -> HashMap<String, Vec<String>> {
    let (_, api) = api_routes().split_for_parts();
    let methods = |item: &utoipa::openapi::PathItem| {
        [
            ("GET", item.get.is_some()),
            ("POST", item.post.is_some()),
            ("PUT", item.put.is_some()),
            ("PATCH", item.patch.is_some()),
            ("DELETE", item.delete.is_some()),
        ]
        .into_iter()
        .filter(|(_, there)| *there)
        .map(|(name, _)| name.to_owned())
        .collect()
    };
    api.paths
        .paths
        .iter()
        .map(|(path, item)| (path.clone(), methods(item)))
        .collect()
}
