//! The things an incident is about: accounts, hosts, addresses and so on.

mod kind;
mod read;

use std::net::IpAddr;

use super::address::is_public;
use crate::text::Text;

pub use kind::EntityKind;
pub(super) use read::{Linked, entity};

/// Operating system family of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Os {
    /// Linux
    Linux,
    /// Windows
    Windows,
}

/// A user or service account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Account {
    /// Name without domain.
    pub name: Text,
    /// `name@suffix`, if there is a suffix.
    pub upn: Text,
}

impl Account {
    /// True for an account that comes with the system, by name.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        const NAMES: &[&str] = &[
            "root",
            "system",
            "local service",
            "network service",
            "www-data",
            "nobody",
            "daemon",
            "anonymous logon",
            "nt authority",
        ];
        self.name.ends_with('$') || NAMES.iter().any(|name| self.name.eq_ignore_ascii_case(name))
    }
}

/// A machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Host {
    /// Short name.
    pub name: Text,
    /// Full name, if there is a domain.
    pub fqdn: Text,
    /// Operating system, if known.
    pub os: Option<Os>,
}

/// An address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Ip {
    /// As given.
    pub address: Text,
    /// Parsed; none for a range or anything else.
    pub parsed: Option<IpAddr>,
    /// True if it belongs to a network card, device or host of the incident.
    pub is_own: bool,
}

impl Ip {
    /// True if it may be an outsider's: reachable from the Internet and not our own.
    #[must_use]
    pub fn is_outside(&self) -> bool {
        !self.is_own && self.parsed.is_some_and(is_public)
    }
}

/// A file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct File {
    /// Name without folder.
    pub name: Text,
    /// Folder.
    pub directory: Text,
}

/// The hash of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct FileHash {
    /// `SHA256`, ...
    pub algorithm: Text,
    /// Hexadecimal.
    pub value: Text,
}

/// A process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Process {
    /// Process id.
    pub pid: Text,
    /// Name of the program, from the command line if there is no image.
    pub image: Text,
    /// Command line.
    pub command_line: Text,
}

/// A resource in Azure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct AzureResource {
    /// ARM id.
    pub id: Text,
    /// Last part of it.
    pub name: Text,
}

/// A cloud application or service principal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct CloudApplication {
    /// Application id.
    pub app_id: Text,
    /// Name.
    pub name: Text,
}

/// Malware by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Malware {
    /// Name.
    pub name: Text,
    /// Category.
    pub category: Text,
}

/// A mail, as delivered or as submitted by a user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct MailMessage {
    /// Subject.
    pub subject: Text,
    /// Sender.
    pub sender: Text,
    /// Recipient.
    pub recipient: Text,
    /// Exchange's network message id.
    pub network_message_id: Text,
}

/// A registry key or value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct RegistryEntry {
    /// Hive and key.
    pub key: Text,
    /// Name of the value, if it is one.
    pub value_name: Text,
}

/// An entity of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the kinds of Sentinel")]
pub enum Entity {
    Account(Account),
    Host(Host),
    Ip(Ip),
    Url(Text),
    File(File),
    FileHash(FileHash),
    Process(Process),
    AzureResource(AzureResource),
    CloudApplication(CloudApplication),
    DnsResolution(Text),
    Malware(Malware),
    Mailbox(Text),
    MailMessage(MailMessage),
    SubmissionMail(MailMessage),
    MailCluster(Text),
    RegistryKey(RegistryEntry),
    RegistryValue(RegistryEntry),
    SecurityGroup(Text),
    IoTDevice(Text),
    Nic(Text),
    Bookmark(Text),
    /// A kind this version does not know: its name and whatever names it.
    Other {
        kind: Text,
        name: Text,
    },
}

impl Entity {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> EntityKind {
        match self {
            Entity::Account(_) => EntityKind::Account,
            Entity::Host(_) => EntityKind::Host,
            Entity::Ip(_) => EntityKind::Ip,
            Entity::Url(_) => EntityKind::Url,
            Entity::File(_) => EntityKind::File,
            Entity::FileHash(_) => EntityKind::FileHash,
            Entity::Process(_) => EntityKind::Process,
            Entity::AzureResource(_) => EntityKind::AzureResource,
            Entity::CloudApplication(_) => EntityKind::CloudApplication,
            Entity::DnsResolution(_) => EntityKind::DnsResolution,
            Entity::Malware(_) => EntityKind::Malware,
            Entity::Mailbox(_) => EntityKind::Mailbox,
            Entity::MailMessage(_) => EntityKind::MailMessage,
            Entity::SubmissionMail(_) => EntityKind::SubmissionMail,
            Entity::MailCluster(_) => EntityKind::MailCluster,
            Entity::RegistryKey(_) => EntityKind::RegistryKey,
            Entity::RegistryValue(_) => EntityKind::RegistryValue,
            Entity::SecurityGroup(_) => EntityKind::SecurityGroup,
            Entity::IoTDevice(_) => EntityKind::IoTDevice,
            Entity::Nic(_) => EntityKind::Nic,
            Entity::Bookmark(_) => EntityKind::Bookmark,
            Entity::Other { .. } => EntityKind::Other,
        }
    }

    /// True for an account that comes with the system.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        matches!(self, Entity::Account(account) if account.is_built_in())
    }

    /// What a person calls it. Never empty.
    #[must_use]
    pub fn label(&self) -> &Text {
        match self {
            Entity::Account(account) if account.upn.is_empty() => &account.name,
            Entity::Account(account) => &account.upn,
            Entity::Host(host) => &host.name,
            Entity::Ip(ip) => &ip.address,
            Entity::File(file) => &file.name,
            Entity::FileHash(hash) => &hash.value,
            Entity::Process(process) => &process.image,
            Entity::AzureResource(resource) => &resource.name,
            Entity::CloudApplication(app) if app.name.is_empty() => &app.app_id,
            Entity::CloudApplication(app) => &app.name,
            Entity::Malware(malware) => &malware.name,
            Entity::MailMessage(mail) | Entity::SubmissionMail(mail) => &mail.subject,
            Entity::RegistryKey(entry) | Entity::RegistryValue(entry) if entry.value_name.is_empty() => &entry.key,
            Entity::RegistryKey(entry) | Entity::RegistryValue(entry) => &entry.value_name,
            Entity::Other { name, .. }
            | Entity::Url(name)
            | Entity::DnsResolution(name)
            | Entity::Mailbox(name)
            | Entity::MailCluster(name)
            | Entity::SecurityGroup(name)
            | Entity::IoTDevice(name)
            | Entity::Nic(name)
            | Entity::Bookmark(name) => name,
        }
    }
}
