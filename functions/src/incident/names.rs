//! Severity, status and classification. A cloud may add a value: `Other` keeps it.

use std::fmt;

use crate::text::Text;

/// Declares an enum of known names with an `Other` for the rest.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($variant:ident),+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = concat!("`", stringify!($variant), "`")] $variant,)+
            /// A value this version does not know.
            Other(Text),
        }

        impl $name {
            pub(super) fn from_text(text: &Text) -> Self {
                $(if text.eq_ignore_ascii_case(stringify!($variant)) {
                    return Self::$variant;
                })+
                Self::Other(text.clone())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant => f.write_str(stringify!($variant)),)+
                    Self::Other(text) => f.write_str(text),
                }
            }
        }
    };
}

names! {
    /// How bad Sentinel thinks it is.
    Severity { High, Medium, Low, Informational }
}

names! {
    /// Where the incident is in its life.
    Status { New, Active, Closed }
}

names! {
    /// What a closed incident turned out to be.
    Classification { TruePositive, BenignPositive, FalsePositive, Undetermined }
}

impl Default for Severity {
    fn default() -> Self {
        Self::Other(Text::default())
    }
}

impl Default for Status {
    fn default() -> Self {
        Self::Other(Text::default())
    }
}
