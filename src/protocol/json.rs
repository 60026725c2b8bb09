//! JSON as the protocol needs it: objects without duplicate members, read field by field with errors that name the field.

use super::error::Finding;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// A JSON object whose members are all different, at every depth.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object(Map<String, Value>);

impl Object {
    /// Reads a text that must be one JSON object. A byte order mark, a duplicate member or any other top-level type is refused.
    pub(crate) fn parse(text: &str) -> Result<Self, Finding> {
        match serde_json::from_str::<Unique>(text) {
            Ok(Unique(Value::Object(members))) => Ok(Self(members)),
            Ok(Unique(other)) => Err(Finding::unexpected("document", "a JSON object", kind(&other))),
            // serde_json's message gives the position and what was expected, never the text around it.
            Err(error) => Err(Finding::invalid("document", format!("not acceptable JSON: {error}"))),
        }
    }

    /// An object that was built in code.
    pub(crate) const fn from_members(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// An object inside an object that was parsed here.
    pub(crate) fn from_value(value: &Value) -> Option<Self> {
        value.as_object().cloned().map(Self)
    }

    /// The members.
    pub(crate) fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Whether a member is present and not `null`.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.0.get(field).is_some_and(|value| !value.is_null())
    }

    /// A member as it is.
    pub(crate) fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    /// A string that must be there and not be empty.
    pub(crate) fn required_str(&self, field: &'static str) -> Result<&str, Finding> {
        self.optional_str(field)?.filter(|text| !text.is_empty()).ok_or_else(|| Finding::missing(field))
    }

    /// A string that may be absent.
    pub(crate) fn optional_str(&self, field: &'static str) -> Result<Option<&str>, Finding> {
        match self.0.get(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(Finding::unexpected(field, "a string", kind(other))),
        }
    }

    /// A finite number that may be absent.
    pub(crate) fn optional_number(&self, field: &'static str) -> Result<Option<f64>, Finding> {
        match self.0.get(field) {
            None => Ok(None),
            Some(Value::Number(number)) => match number.as_f64().filter(|n| n.is_finite()) {
                Some(number) => Ok(Some(number)),
                None => Err(Finding::invalid(field, "not a finite number")),
            },
            Some(other) => Err(Finding::unexpected(field, "a number", kind(other))),
        }
    }

    /// A boolean that may be absent.
    pub(crate) fn optional_bool(&self, field: &'static str) -> Result<Option<bool>, Finding> {
        match self.0.get(field) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(other) => Err(Finding::unexpected(field, "true or false", kind(other))),
        }
    }

    /// An array of strings that may be absent.
    pub(crate) fn optional_strings(&self, field: &'static str) -> Result<Option<Vec<String>>, Finding> {
        match self.0.get(field) {
            None => Ok(None),
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| {
                    item.as_str().map(str::to_owned).ok_or_else(|| Finding::unexpected(field, "an array of strings", "other items"))
                })
                .collect::<Result<_, _>>()
                .map(Some),
            Some(other) => Err(Finding::unexpected(field, "an array of strings", kind(other))),
        }
    }

    /// A string or an array of strings, as `aud` may be written.
    pub(crate) fn one_or_many(&self, field: &'static str) -> Result<Option<Vec<String>>, Finding> {
        match self.0.get(field) {
            Some(Value::String(one)) => Ok(Some(vec![one.clone()])),
            _ => self.optional_strings(field),
        }
    }
}

/// What a value is, in words for an error. The value itself is not shown: it could be a secret.
pub(crate) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A value in which no object has the same member twice. `serde_json::Value` alone would keep the last one.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Unique)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate members")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Unique(value))) = members.next_entry::<String, _>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("an object has the same member twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tr_05_duplicate_members_are_refused_at_every_depth() {
        for text in [r#"{"a":1,"a":2}"#, r#"{"x":{"a":1,"a":2}}"#, r#"{"x":[{"a":1,"a":2}]}"#] {
            let finding = Object::parse(text).unwrap_err();
            assert!(finding.to_string().contains("twice"), "{text}: {finding}");
        }
        assert!(Object::parse(r#"{"a":1,"x":{"a":2}}"#).is_ok());
    }

    #[test]
    fn tr_04_anything_but_one_object_is_refused() {
        for text in ["[]", "\"text\"", "1", "null", "{", "", "\u{feff}{}", "{} {}", "{\"a\":1e999}"] {
            assert!(Object::parse(text).is_err(), "{text}");
        }
        let deep = format!("{}{}", "{\"a\":".repeat(5000), "1");
        assert!(Object::parse(&deep).is_err());
    }

    #[test]
    fn everything_that_json_has_is_read_as_it_stands_there() {
        let text = r#"{"none":null,"yes":true,"below":-5,"whole":7,"part":0.5,"text":"a\u00e4","list":[1,[-2]],"inner":{"a":{}}}"#;
        let object = Object::parse(text).unwrap();
        assert_eq!(serde_json::to_value(object.members()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn errors_name_the_field_and_the_kind() {
        let object = Object::parse(r#"{"n":"1","s":2,"l":[1]}"#).unwrap();
        assert_eq!(object.optional_number("n").unwrap_err().to_string(), "n: unexpected a string, expected a number");
        assert_eq!(object.required_str("s").unwrap_err().to_string(), "s: unexpected a number, expected a string");
        assert_eq!(object.required_str("t").unwrap_err().to_string(), "t: missing");
        assert!(object.optional_strings("l").is_err());
    }
}
