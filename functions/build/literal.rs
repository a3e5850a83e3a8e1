//! Rust literals for the tables.

use std::cell::RefCell;
use std::collections::HashMap;

/// All strings of all tables, one after another, each once. The tables hold places in it and no addresses: a program with
/// many addresses in its data is slow to start, since the loader has to set each.
#[derive(Default)]
pub(crate) struct Pool {
    text: RefCell<String>,
    places: RefCell<HashMap<String, usize>>,
}

impl Pool {
    /// `Str::new(start, length)`
    pub(crate) fn string(&self, value: &str) -> String {
        let mut text = self.text.borrow_mut();
        let start = *self.places.borrow_mut().entry(value.to_owned()).or_insert_with(|| {
            let start = text.len();
            text.push_str(value);
            start
        });
        format!("Str::new({start}, {})", value.len())
    }

    /// `&[Str::new(..), ..]`
    pub(crate) fn strings<S: AsRef<str>>(&self, values: &[S]) -> String {
        let places: Vec<String> = values.iter().map(|value| self.string(value.as_ref())).collect();
        format!("&[{}]", places.join(", "))
    }

    /// The text, as a static.
    pub(crate) fn code(&self) -> String {
        format!("static TEXT: &str = {:?};\n", self.text.borrow())
    }
}

/// `&[Enum::A, Enum::B]`, each value's name written as the enum's variant.
pub(crate) fn variants<S: AsRef<str>>(name: &str, values: &[S]) -> String {
    let paths: Vec<String> = values.iter().map(|value| variant(name, value.as_ref())).collect();
    format!("&[{}]", paths.join(", "))
}

/// `Enum::CommandAndControl` for `command-and-control`; a name in camel case stays as it is.
pub(crate) fn variant(name: &str, value: &str) -> String {
    let camel: String = value
        .split('-')
        .map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_uppercase() + rest
        })
        .collect();
    format!("{name}::{camel}")
}
