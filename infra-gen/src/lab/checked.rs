//! Values that follow a rule: read once, right ever after. The rule stands in the JSON Schema too.

/// A text that follows a pattern. `expected` says the rule in words.
macro_rules! checked_text {
    ($(#[$about:meta])* $name:ident, $pattern:literal, $expected:literal $(, $extra:path)?) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schemars(extend("pattern" = $pattern))]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                static PATTERN: std::sync::LazyLock<Option<regex::Regex>> =
                    std::sync::LazyLock::new(|| regex::Regex::new($pattern).ok());
                let fits = PATTERN.as_ref().is_some_and(|pattern| pattern.is_match(&text)) $(&& $extra(&text))?;
                if fits { Ok(Self(text)) } else { Err($crate::lab::problem::not_as_expected(&text, $expected)) }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// A whole number between two others.
macro_rules! checked_number {
    ($(#[$about:meta])* $name:ident, $least:literal, $most:literal, $unit:literal) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(try_from = "i64")]
        #[schemars(extend("minimum" = $least, "maximum" = $most))]
        pub struct $name(u32);

        impl $name {
            /// The number.
            #[must_use]
            pub fn get(self) -> u32 {
                self.0
            }
        }

        impl TryFrom<i64> for $name {
            type Error = String;

            fn try_from(number: i64) -> Result<Self, Self::Error> {
                match u32::try_from(number) {
                    Ok(number @ $least..=$most) => Ok(Self(number)),
                    _ => Err(format!(concat!("{}: expected ", stringify!($least), " to ", stringify!($most), " ", $unit), number)),
                }
            }
        }
    };
}

pub(super) use {checked_number, checked_text};
