//! What only the server needs of answers: their OpenAPI schema, written out because an answer is an object of
//! exactly one name, and the database's view.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{
            AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder,
            SchemaFormat, Type,
        },
    },
};

use super::{Answer, Answers, Chosen, FileAnswer, Signature, limits};
use crate::clients::Address;

fn text(longest: usize) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.max_length(Some(longest)).into()
}

fn whole(min: i64, max: i64) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(min))
        .maximum(Some(max))
        .into()
}

fn only(name: &str, value: RefOr<Schema>) -> RefOr<Schema> {
    ObjectBuilder::new()
        .property(name, value)
        .required(name)
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        .into()
}

impl PartialSchema for Answer {
    fn schema() -> RefOr<Schema> {
        let yes = ObjectBuilder::new().schema_type(Type::Boolean);
        let files = ArrayBuilder::new()
            .items(FileAnswer::schema())
            .max_items(Some(usize::from(limits::FILES)));
        [
            ("text", text(limits::LONG_TEXT as usize)),
            ("number", text(40)),
            ("money", whole(-limits::MONEY, limits::MONEY)),
            ("date", text(40)),
            ("time", text(40)),
            ("address", Address::schema()),
            ("choices", Chosen::schema()),
            ("yes_no", yes.into()),
            ("rating", whole(0, limits::RATING.into())),
            ("files", files.into()),
            ("signature", Signature::schema()),
        ]
        .into_iter()
        .fold(OneOfBuilder::new(), |all, (name, value)| {
            all.item(only(name, value))
        })
        .into()
    }
}

impl PartialSchema for Signature {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .item(only("typed", text(limits::SIGNED_NAME)))
            .item(only("drawn", text(limits::DRAWING)))
            .into()
    }
}

impl PartialSchema for Answers {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .additional_properties(Some(Answer::schema()))
            .max_properties(Some(limits::FIELDS))
            .into()
    }
}

macro_rules! named {
    ($($name:ident),*) => {$(
        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )*};
}
named!(Answer, Signature, Answers);
