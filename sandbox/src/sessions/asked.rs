//! What a checkout session is asked for with.

use crate::params::{ANY_INT, EXPAND, Field, ID, Kind, may, must};

const PRODUCT_DATA: &[Field] = &[
    must("name", Kind::Text(1500)),
    may("description", Kind::Text(40_000)),
    may("images", Kind::List(&Kind::Text(2048))),
    may("metadata", Kind::Metadata),
    may("tax_code", ID),
    may("unit_label", Kind::Text(12)),
];

const RECURRING: &[Field] = &[
    must("interval", Kind::OneOf(&["day", "week", "month", "year"])),
    may("interval_count", Kind::Int(1, 36)),
];

const PRICE_DATA: &[Field] = &[
    must("currency", Kind::Currency),
    may("product", ID),
    may("product_data", Kind::Object(PRODUCT_DATA)),
    may("recurring", Kind::Object(RECURRING)),
    may(
        "tax_behavior",
        Kind::OneOf(&["exclusive", "inclusive", "unspecified"]),
    ),
    may("unit_amount", ANY_INT),
    may("unit_amount_decimal", Kind::NotPlayed),
];

const LINE_ITEM: Kind = Kind::Object(&[
    may("adjustable_quantity", Kind::NotPlayed),
    may("dynamic_tax_rates", Kind::NotPlayed),
    may("price", ID),
    may("price_data", Kind::Object(PRICE_DATA)),
    may("quantity", Kind::Int(1, 999_999)),
    may("tax_rates", Kind::NotPlayed),
]);

const INTENT_DATA: &[Field] = &[
    may("application_fee_amount", Kind::NotPlayed),
    may(
        "capture_method",
        Kind::OneOf(&["automatic", "automatic_async"]),
    ),
    may("description", Kind::Text(1000)),
    may("metadata", Kind::Metadata),
    may("on_behalf_of", Kind::NotPlayed),
    may("receipt_email", Kind::Email),
    may(
        "setup_future_usage",
        Kind::OneOf(&["off_session", "on_session"]),
    ),
    may("shipping", Kind::NotPlayed),
    may("statement_descriptor", Kind::Text(22)),
    may("statement_descriptor_suffix", Kind::Text(22)),
    may("transfer_data", Kind::NotPlayed),
    may("transfer_group", Kind::Text(500)),
];

const SUBSCRIPTION_DATA: &[Field] = &[
    may("application_fee_percent", Kind::NotPlayed),
    may("billing_cycle_anchor", Kind::NotPlayed),
    may("default_tax_rates", Kind::NotPlayed),
    may("description", Kind::Text(500)),
    may("invoice_settings", Kind::NotPlayed),
    may("metadata", Kind::Metadata),
    may("proration_behavior", Kind::NotPlayed),
    may("trial_end", Kind::NotPlayed),
    may("trial_period_days", Kind::NotPlayed),
    may("trial_settings", Kind::NotPlayed),
];

const CUSTOM_TEXT: &[Field] = &[
    may(
        "after_submit",
        Kind::Object(&[must("message", Kind::Text(1200))]),
    ),
    may("submit", Kind::Object(&[must("message", Kind::Text(1200))])),
    may("shipping_address", Kind::NotPlayed),
    may("terms_of_service_acceptance", Kind::NotPlayed),
];

/// `POST /v1/checkout/sessions`
pub const CREATE: &[Field] = &[
    may(
        "adaptive_pricing",
        Kind::Object(&[may("enabled", Kind::Flag)]),
    ),
    may("after_expiration", Kind::NotPlayed),
    may("allow_promotion_codes", Kind::Flag),
    may(
        "automatic_tax",
        Kind::Object(&[must("enabled", Kind::Flag)]),
    ),
    may(
        "billing_address_collection",
        Kind::OneOf(&["auto", "required"]),
    ),
    may("cancel_url", Kind::Url),
    may("client_reference_id", Kind::Text(200)),
    may("consent_collection", Kind::NotPlayed),
    may("currency", Kind::Currency),
    may("custom_fields", Kind::NotPlayed),
    may("custom_text", Kind::Object(CUSTOM_TEXT)),
    may("customer", ID),
    may("customer_creation", Kind::OneOf(&["always", "if_required"])),
    may("customer_email", Kind::Email),
    may("customer_update", Kind::NotPlayed),
    may("discounts", Kind::NotPlayed),
    EXPAND,
    may("expires_at", Kind::Int(0, i64::MAX)),
    may("invoice_creation", Kind::NotPlayed),
    may("line_items", Kind::List(&LINE_ITEM)),
    may("locale", Kind::Text(10)),
    may("metadata", Kind::Metadata),
    must("mode", Kind::OneOf(&["payment", "setup", "subscription"])),
    may("optional_items", Kind::NotPlayed),
    may("origin_context", Kind::NotPlayed),
    may("payment_intent_data", Kind::Object(INTENT_DATA)),
    may(
        "payment_method_collection",
        Kind::OneOf(&["always", "if_required"]),
    ),
    may("payment_method_configuration", ID),
    may("payment_method_data", Kind::NotPlayed),
    may("payment_method_options", Kind::NotPlayed),
    may(
        "payment_method_types",
        Kind::List(&Kind::OneOf(&[
            "card",
            "us_bank_account",
            "sepa_debit",
            "bacs_debit",
            "au_becs_debit",
            "acss_debit",
        ])),
    ),
    may("permissions", Kind::NotPlayed),
    may("phone_number_collection", Kind::NotPlayed),
    may("redirect_on_completion", Kind::NotPlayed),
    may("return_url", Kind::NotPlayed),
    may("saved_payment_method_options", Kind::NotPlayed),
    may("setup_intent_data", Kind::NotPlayed),
    may("shipping_address_collection", Kind::NotPlayed),
    may("shipping_options", Kind::NotPlayed),
    may(
        "submit_type",
        Kind::OneOf(&["auto", "book", "donate", "pay", "subscribe"]),
    ),
    may("subscription_data", Kind::Object(SUBSCRIPTION_DATA)),
    may("success_url", Kind::Url),
    may("tax_id_collection", Kind::NotPlayed),
    may("ui_mode", Kind::OneOf(&["hosted"])),
    may("wallet_options", Kind::NotPlayed),
];
