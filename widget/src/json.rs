//! Replies and requests by serde, but through the browser's own JSON: its parser is there
//! already, and a general one would be a fifth of this module's bytes.
//!
//! Only what the wire types use is covered; anything else is an error, never a guess.

use js_sys::{Array, JSON, Reflect};
use serde::{
    Serialize,
    de::{
        DeserializeSeed, Deserializer, EnumAccess, SeqAccess, VariantAccess, Visitor,
        value::StringDeserializer,
    },
    forward_to_deserialize_any,
    ser::{Impossible, SerializeStruct, Serializer},
};
use wasm_bindgen::JsValue;

/// Not of the expected shape. Nobody reads which part: the server's tests compare the shapes.
#[derive(Debug)]
pub struct Unfit;

impl std::fmt::Display for Unfit {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}
impl std::error::Error for Unfit {}
impl serde::de::Error for Unfit {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }
}
impl serde::ser::Error for Unfit {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }
}

/// A part of a parsed reply.
#[derive(Clone)]
pub struct Part(JsValue);

impl Part {
    pub fn parse(text: &str) -> Result<Self, Unfit> {
        JSON::parse(text).map(Self).map_err(|_| Unfit)
    }
    pub fn field(&self, name: &str) -> Self {
        Self(Reflect::get(&self.0, &name.into()).unwrap_or(JsValue::UNDEFINED))
    }
    pub fn text(&self) -> Option<String> {
        self.0.as_string()
    }
    pub fn read<T: serde::de::DeserializeOwned>(self) -> Result<T, Unfit> {
        T::deserialize(self)
    }
}

/// The fields of a struct in the order it declares them, or the items of an array.
enum Parts {
    Fields(Part, std::slice::Iter<'static, &'static str>),
    Items(Array, u32),
}

impl<'de> SeqAccess<'de> for Parts {
    type Error = Unfit;
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unfit> {
        let next = match self {
            Parts::Fields(whole, names) => names.next().map(|name| whole.field(name)),
            Parts::Items(array, at) if *at < array.length() => {
                *at += 1;
                Some(Part(array.get(*at - 1)))
            }
            Parts::Items(..) => None,
        };
        next.map(|part| seed.deserialize(part)).transpose()
    }
}

impl<'de> EnumAccess<'de> for Part {
    type Error = Unfit;
    type Variant = Self;
    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Unfit> {
        let name = self.text().ok_or(Unfit)?;
        Ok((
            seed.deserialize(StringDeserializer::<Unfit>::new(name))?,
            self,
        ))
    }
}

impl<'de> VariantAccess<'de> for Part {
    type Error = Unfit;
    fn unit_variant(self) -> Result<(), Unfit> {
        Ok(())
    }
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, Unfit> {
        Err(Unfit)
    }
    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Unfit> {
        Err(Unfit)
    }
    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Unfit> {
        Err(Unfit)
    }
}

impl Part {
    fn number<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, Unfit> {
        match self.0.as_f64() {
            Some(number) if number.fract() == 0.0 && number < 0.0 => {
                visitor.visit_i64(number as i64)
            }
            Some(number) if number.fract() == 0.0 => visitor.visit_u64(number as u64),
            _ => Err(Unfit),
        }
    }
}

impl<'de> Deserializer<'de> for Part {
    type Error = Unfit;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        if !self.0.is_object() {
            return Err(Unfit);
        }
        visitor.visit_seq(Parts::Fields(self, fields.iter()))
    }
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if !Array::is_array(&self.0) {
            return Err(Unfit);
        }
        visitor.visit_seq(Parts::Items(Array::from(&self.0), 0))
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.0.is_undefined() || self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_enum(self)
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unfit)?)
    }
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_string(self.text().ok_or(Unfit)?)
    }
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_str(visitor)
    }
    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.number(visitor)
    }
    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.number(visitor)
    }
    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.number(visitor)
    }
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.number(visitor)
    }
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unfit> {
        Err(Unfit)
    }
    forward_to_deserialize_any! {
        i8 i16 i32 u8 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct map identifier ignored_any
    }
}

/// Writes a request.
pub fn write<B: Serialize>(body: &B) -> Option<String> {
    let mut text = String::new();
    body.serialize(Writer(&mut text)).ok()?;
    Some(text)
}

struct Writer<'a>(&'a mut String);

impl<'a> Writer<'a> {
    fn string(&mut self, value: &str) -> Result<(), Unfit> {
        let quoted = JSON::stringify(&value.into()).map_err(|_| Unfit)?;
        self.0.push_str(&String::from(quoted));
        Ok(())
    }
    fn open(self) -> Fields<'a> {
        self.0.push('{');
        Fields {
            into: self.0,
            first: true,
        }
    }
}

struct Fields<'a> {
    into: &'a mut String,
    first: bool,
}

impl SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = Unfit;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        if !std::mem::take(&mut self.first) {
            self.into.push(',');
        }
        Writer(self.into).string(key)?;
        self.into.push(':');
        value.serialize(Writer(self.into))
    }
    fn end(self) -> Result<(), Unfit> {
        self.into.push('}');
        Ok(())
    }
}

macro_rules! refused {
    ($($name:ident($($type:ty),*);)*) => {$(
        fn $name(self, $(_: $type),*) -> Result<(), Unfit> {
            Err(Unfit)
        }
    )*};
}

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = Unfit;
    type SerializeSeq = Impossible<(), Unfit>;
    type SerializeTuple = Impossible<(), Unfit>;
    type SerializeTupleStruct = Impossible<(), Unfit>;
    type SerializeTupleVariant = Impossible<(), Unfit>;
    type SerializeMap = Impossible<(), Unfit>;
    type SerializeStruct = Fields<'a>;
    type SerializeStructVariant = Impossible<(), Unfit>;

    fn serialize_bool(self, value: bool) -> Result<(), Unfit> {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }
    fn serialize_str(mut self, value: &str) -> Result<(), Unfit> {
        self.string(value)
    }
    fn serialize_none(self) -> Result<(), Unfit> {
        self.0.push_str("null");
        Ok(())
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unfit> {
        value.serialize(self)
    }
    fn serialize_unit_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Unfit> {
        self.string(variant)
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'a>, Unfit> {
        Ok(self.open())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        value.serialize(self)
    }

    refused! {
        serialize_i8(i8); serialize_i16(i16); serialize_i32(i32); serialize_i64(i64);
        serialize_u8(u8); serialize_u16(u16); serialize_u32(u32); serialize_u64(u64);
        serialize_f32(f32); serialize_f64(f64); serialize_char(char); serialize_bytes(&[u8]);
        serialize_unit(); serialize_unit_struct(&'static str);
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Unfit> {
        Err(Unfit)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Unfit> {
        Err(Unfit)
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Unfit> {
        Err(Unfit)
    }
    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Unfit> {
        Err(Unfit)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unfit> {
        Err(Unfit)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Unfit> {
        Err(Unfit)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unfit> {
        Err(Unfit)
    }
}
