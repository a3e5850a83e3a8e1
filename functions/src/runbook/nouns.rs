//! What people call the kinds of entities.

use crate::incident::EntityKind;

/// The word for one of a kind, or for many.
pub(super) fn noun(kind: EntityKind, count: usize) -> &'static str {
    let (one, many) = match kind {
        EntityKind::Account => ("account", "accounts"),
        EntityKind::Host => ("host", "hosts"),
        EntityKind::Ip => ("address", "addresses"),
        EntityKind::Url => ("URL", "URLs"),
        EntityKind::File => ("file", "files"),
        EntityKind::FileHash => ("file hash", "file hashes"),
        EntityKind::Process => ("process", "processes"),
        EntityKind::AzureResource => ("resource", "resources"),
        EntityKind::CloudApplication => ("application", "applications"),
        EntityKind::DnsResolution => ("domain", "domains"),
        EntityKind::Malware => ("malware", "malware"),
        EntityKind::Mailbox => ("mailbox", "mailboxes"),
        EntityKind::MailMessage => ("mail", "mails"),
        EntityKind::MailCluster => ("mail cluster", "mail clusters"),
        EntityKind::SubmissionMail => ("reported mail", "reported mails"),
        EntityKind::RegistryKey => ("registry key", "registry keys"),
        EntityKind::RegistryValue => ("registry value", "registry values"),
        EntityKind::SecurityGroup => ("group", "groups"),
        EntityKind::IoTDevice => ("device", "devices"),
        EntityKind::Nic => ("network card", "network cards"),
        EntityKind::Bookmark => ("bookmark", "bookmarks"),
        EntityKind::Other => ("entity of another kind", "entities of other kinds"),
    };
    if count == 1 { one } else { many }
}
