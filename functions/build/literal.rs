//! Rust literals for the tables.

/// `&["a", "b"]`
pub(crate) fn strings<S: AsRef<str>>(values: &[S]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("{:?}", value.as_ref())).collect();
    format!("&[{}]", quoted.join(", "))
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
