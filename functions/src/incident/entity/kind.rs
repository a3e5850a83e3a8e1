//! The kinds of entities.

use std::fmt;

/// Declares [`EntityKind`]; the names are those of the SDK's `EntityKind`.
macro_rules! kinds {
    ($($kind:ident),+) => {
        /// Kinds of entities, by the names of Sentinel's REST interface. Compared without regard to case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EntityKind {
            $(#[doc = concat!("`", stringify!($kind), "`")] $kind,)+
            /// A kind this version does not know.
            Other,
        }

        impl EntityKind {
            /// The kinds that are known.
            pub const KNOWN: &[EntityKind] = &[$(EntityKind::$kind),+];

            /// The name as Sentinel writes it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(EntityKind::$kind => stringify!($kind),)+
                    EntityKind::Other => "Other",
                }
            }
        }
    };
}

kinds!(
    Account,
    Host,
    Ip,
    Url,
    File,
    FileHash,
    Process,
    AzureResource,
    CloudApplication,
    DnsResolution,
    Malware,
    Mailbox,
    MailMessage,
    MailCluster,
    SubmissionMail,
    RegistryKey,
    RegistryValue,
    SecurityGroup,
    IoTDevice,
    Nic,
    Bookmark
);

impl EntityKind {
    /// `Ip`, `ip`, `azure-resource`, `mailMessage` and the other spellings that the triggers use.
    pub(in crate::incident) fn from_text(text: &str) -> Self {
        let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        match plain.to_ascii_lowercase().as_str() {
            "dns" => EntityKind::DnsResolution,
            "ipaddress" => EntityKind::Ip,
            "user" => EntityKind::Account,
            "iotdevice" => EntityKind::IoTDevice,
            name => {
                let same = |kind: &&EntityKind| kind.name().eq_ignore_ascii_case(name);
                EntityKind::KNOWN.iter().find(same).copied().unwrap_or(EntityKind::Other)
            }
        }
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_triggers() {
        assert_eq!(EntityKind::from_text("azure-resource"), EntityKind::AzureResource);
        assert_eq!(EntityKind::from_text("mailMessage"), EntityKind::MailMessage);
        assert_eq!(EntityKind::from_text("dns"), EntityKind::DnsResolution);
        assert_eq!(EntityKind::from_text("Pod"), EntityKind::Other);
        assert!(EntityKind::KNOWN.iter().all(|kind| EntityKind::from_text(kind.name()) == *kind));
    }
}
