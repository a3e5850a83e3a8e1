//! The things an incident is about: accounts, hosts, addresses and so on.

use std::fmt;
use std::net::IpAddr;

use super::InputError;
use super::address::{is_public, parse_address};
use super::json::Json;
use super::read::{At, scalar};
use crate::text::Text;

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
    fn from_text(text: &str) -> Self {
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

/// Operating system family of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Os {
    /// Linux
    Linux,
    /// Windows
    Windows,
}

/// A user or service account.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// Name without domain.
    pub name: Text,
    /// `name@suffix`, if there is a suffix.
    pub upn: Text,
}

/// A machine.
#[derive(Debug, Clone, Default)]
pub struct Host {
    /// Short name.
    pub name: Text,
    /// Full name, if there is a domain.
    pub fqdn: Text,
    /// Operating system, if known.
    pub os: Option<Os>,
}

/// An address.
#[derive(Debug, Clone, Default)]
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
#[derive(Debug, Clone, Default)]
pub struct File {
    /// Name without folder.
    pub name: Text,
    /// Folder.
    pub directory: Text,
}

/// The hash of a file.
#[derive(Debug, Clone, Default)]
pub struct FileHash {
    /// `SHA256`, ...
    pub algorithm: Text,
    /// Hexadecimal.
    pub value: Text,
}

/// A process.
#[derive(Debug, Clone, Default)]
pub struct Process {
    /// Process id.
    pub pid: Text,
    /// Name of the program, from the command line if there is no image.
    pub image: Text,
    /// Command line.
    pub command_line: Text,
}

/// A resource in Azure.
#[derive(Debug, Clone, Default)]
pub struct AzureResource {
    /// ARM id.
    pub id: Text,
    /// Last part of it.
    pub name: Text,
}

/// A cloud application or service principal.
#[derive(Debug, Clone, Default)]
pub struct CloudApplication {
    /// Application id.
    pub app_id: Text,
    /// Name.
    pub name: Text,
}

/// Malware by name.
#[derive(Debug, Clone, Default)]
pub struct Malware {
    /// Name.
    pub name: Text,
    /// Category.
    pub category: Text,
}

/// A mail, as delivered or as submitted by a user.
#[derive(Debug, Clone, Default)]
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
#[derive(Debug, Clone, Default)]
pub struct RegistryEntry {
    /// Hive and key.
    pub key: Text,
    /// Name of the value, if it is one.
    pub value_name: Text,
}

/// An entity of an incident.
#[derive(Debug, Clone)]
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

/// Longest name of an entity that is kept, in characters.
const NAME: usize = 200;
const COMMAND_LINE: usize = 600;
const COMMAND_LABEL: usize = 80;

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

/// An entity with what links it to others.
pub(super) struct Linked {
    pub(super) entity: Entity,
    /// Its own id, if it has one.
    pub(super) id: Option<String>,
    /// Ids of addresses and addresses themselves that it says are its own.
    pub(super) owns: Vec<String>,
}

/// Reads an entity in REST form (`kind`, `properties`) or in the alert trigger's (`Type`, keys in Pascal case). None for an
/// alert, or for one that nothing names.
pub(super) fn entity(at: &At) -> Result<Option<Linked>, InputError> {
    if !matches!(at.json(), Json::Object(_)) {
        return at.expected("an entity object");
    }
    let given = match at.text("kind", NAME)? {
        kind if kind.is_empty() => at.text("type", NAME)?,
        kind => kind,
    };
    if given.eq_ignore_ascii_case("SecurityAlert") {
        return Ok(None);
    }
    let id = ["name", "$id", "id"].iter().find_map(|key| at.json().get(key).and_then(scalar));
    let fields = Fields(at.object("properties")?.map_or(at.json(), |properties| properties.json()));
    let read = fields.entity(EntityKind::from_text(&given), &given);
    Ok(read.filter(|entity| !entity.label().is_empty()).map(|entity| Linked { entity, id, owns: fields.owned() }))
}

/// The properties of an entity. Their types differ between producers, so what is no scalar counts as absent.
struct Fields<'a>(&'a Json);

impl Fields<'_> {
    fn raw(&self, key: &str) -> Option<String> {
        self.0.get(key).and_then(scalar).filter(|text| !text.is_empty())
    }

    fn first(&self, keys: &[&str], limit: usize) -> Text {
        let raw = keys.iter().find_map(|key| self.raw(key));
        raw.map(|raw| Text::new(&raw, limit)).unwrap_or_default()
    }

    fn name(&self, keys: &[&str]) -> Text {
        match self.first(keys, NAME) {
            text if text.is_empty() => self.first(&["friendlyName", "displayName"], NAME),
            text => text,
        }
    }

    fn extra(&self) -> Fields<'_> {
        Fields(self.0.get("additionalData").unwrap_or(&Json::Null))
    }

    fn entity(&self, kind: EntityKind, given: &Text) -> Option<Entity> {
        Some(match kind {
            EntityKind::Account => Entity::Account(self.account()),
            EntityKind::Host => Entity::Host(self.host()),
            EntityKind::Ip => Entity::Ip(self.ip()),
            EntityKind::Url => Entity::Url(self.name(&["url"])),
            EntityKind::File => Entity::File(File {
                name: self.name(&["fileName", "name"]),
                directory: self.first(&["directory"], NAME),
            }),
            EntityKind::FileHash => Entity::FileHash(FileHash {
                algorithm: self.first(&["algorithm"], NAME),
                value: self.name(&["hashValue", "value"]),
            }),
            EntityKind::Process => Entity::Process(self.process()?),
            EntityKind::AzureResource => Entity::AzureResource(self.azure_resource()),
            EntityKind::CloudApplication => Entity::CloudApplication(CloudApplication {
                app_id: self.first(&["appId"], NAME),
                name: self.name(&["appName", "name", "instanceName"]),
            }),
            EntityKind::DnsResolution => Entity::DnsResolution(self.name(&["domainName"])),
            EntityKind::Malware => Entity::Malware(Malware {
                name: self.name(&["malwareName", "name"]),
                category: self.first(&["category"], NAME),
            }),
            EntityKind::Mailbox => Entity::Mailbox(self.name(&["mailboxPrimaryAddress", "upn"])),
            EntityKind::MailMessage => Entity::MailMessage(self.mail()),
            EntityKind::SubmissionMail => Entity::SubmissionMail(self.mail()),
            EntityKind::MailCluster => {
                Entity::MailCluster(self.name(&["query", "clusterQueryStartTime", "clusterSourceIdentifier"]))
            }
            EntityKind::RegistryKey => Entity::RegistryKey(self.registry()),
            EntityKind::RegistryValue => Entity::RegistryValue(self.registry()),
            EntityKind::SecurityGroup => Entity::SecurityGroup(self.name(&["name", "distinguishedName", "sid"])),
            EntityKind::IoTDevice => Entity::IoTDevice(self.name(&["deviceName", "deviceId"])),
            EntityKind::Nic => Entity::Nic(self.name(&["macAddress"])),
            EntityKind::Bookmark => Entity::Bookmark(self.name(&["displayName", "name"])),
            EntityKind::Other => {
                Entity::Other { kind: given.clone(), name: self.name(&["name", "displayName", "value", "id"]) }
            }
        })
    }

    fn account(&self) -> Account {
        let extra = self.extra();
        let mut name = self.first(&["accountName", "name"], NAME);
        if name.is_empty() {
            name = match extra.first(&["UserPrincipalName", "MailAddress"], NAME) {
                text if text.is_empty() => self.name(&["displayName", "sid", "aadUserId", "objectGuid", "puid"]),
                text => text,
            };
        }
        if let Some((bare, _)) = name.split_once('@') {
            return Account { name: Text::new(bare, NAME), upn: name.clone() };
        }
        let suffix = self.first(&["upnSuffix"], NAME);
        let upn = if suffix.is_empty() { Text::default() } else { Text::new(&format!("{name}@{suffix}"), NAME) };
        Account { name, upn }
    }

    fn host(&self) -> Host {
        let mut name = self.first(&["hostName", "netBiosName"], NAME);
        if name.is_empty() {
            name = match self.extra().first(&["FQDN"], NAME) {
                text if text.is_empty() => last_segment(&self.name(&["azureID", "omsAgentID"])),
                text => text,
            };
        }
        let domain = self.first(&["dnsDomain"], NAME);
        let short = name.split('.').next().filter(|short| *short != name.as_str() && !short.is_empty());
        let (name, fqdn) = match short {
            Some(short) if parse_address(&name).is_none() => (Text::new(short, NAME), name),
            _ if domain.is_empty() => (name, Text::default()),
            _ => {
                let fqdn = Text::new(&format!("{name}.{domain}"), NAME);
                (name, fqdn)
            }
        };
        let family = self.first(&["osFamily", "osVersion"], NAME).to_ascii_lowercase();
        let os = match family.as_str() {
            family if family.contains("windows") => Some(Os::Windows),
            family
                if ["linux", "ubuntu", "debian", "red hat", "rhel", "centos", "suse"]
                    .iter()
                    .any(|l| family.contains(l)) =>
            {
                Some(Os::Linux)
            }
            _ => None,
        };
        Host { name, fqdn, os }
    }

    fn ip(&self) -> Ip {
        let address = self.name(&["address"]);
        Ip { parsed: parse_address(&address), address, is_own: false }
    }

    fn process(&self) -> Option<Process> {
        let command_line = self.first(&["commandLine"], COMMAND_LINE);
        let image = match self.0.get("imageFile").map(Fields) {
            Some(file) => file.first(&["fileName", "name"], COMMAND_LABEL),
            None => Text::default(),
        };
        let image = match image {
            image if !image.is_empty() => image,
            _ if !command_line.is_empty() => Text::new(program(&command_line), COMMAND_LABEL),
            _ => self.name(&["processName"]),
        };
        let pid = self.first(&["processId"], NAME);
        let image =
            if image.is_empty() && !pid.is_empty() { Text::new(&format!("process {pid}"), NAME) } else { image };
        (!image.is_empty()).then_some(Process { pid, image, command_line })
    }

    fn azure_resource(&self) -> AzureResource {
        let id = self.name(&["resourceId"]);
        AzureResource { name: last_segment(&id), id }
    }

    fn mail(&self) -> MailMessage {
        let network_message_id = self.first(&["networkMessageId"], NAME);
        let sender = self.first(&["p2Sender", "sender", "p1Sender"], NAME);
        let subject = match self.name(&["subject"]) {
            subject if !subject.is_empty() => subject,
            _ if !sender.is_empty() => Text::new(&format!("mail from {sender}"), NAME),
            _ => network_message_id.clone(),
        };
        MailMessage { subject, sender, recipient: self.first(&["recipient"], NAME), network_message_id }
    }

    fn registry(&self) -> RegistryEntry {
        let parts = [self.first(&["hive"], NAME), self.name(&["key"])];
        let key = parts.iter().filter(|part| !part.is_empty()).map(Text::as_str).collect::<Vec<_>>().join("\\");
        RegistryEntry { key: Text::new(&key, NAME), value_name: self.first(&["valueName", "name"], NAME) }
    }

    /// Ids and addresses that this entity says are its own.
    fn owned(&self) -> Vec<String> {
        let mut owned: Vec<String> = self.raw("ipAddressEntityId").into_iter().collect();
        if let Some(Json::Object(extra)) = self.0.get("additionalData") {
            let addresses = extra.iter().filter(|(key, _)| key.to_ascii_lowercase().contains("ip"));
            owned.extend(addresses.filter_map(|(_, value)| scalar(value)));
        }
        owned
    }
}

fn last_segment(id: &Text) -> Text {
    Text::new(id.trim_end_matches('/').rsplit('/').next().unwrap_or_default(), NAME)
}

/// The program's name at the start of a command line.
fn program(command_line: &str) -> &str {
    let path = match command_line.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or(quoted),
        None => command_line.split(' ').next().unwrap_or(command_line),
    };
    path.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::super::json::parse;
    use super::*;

    fn read(text: &str) -> Entity {
        entity(&At::root(&parse(text).unwrap())).unwrap().unwrap().entity
    }

    #[test]
    fn both_spellings_give_the_same() {
        for text in [
            r#"{"kind":"Account","name":"11111111-0000-0000-0000-000000000000","properties":{"accountName":"alice","upnSuffix":"contoso.com"}}"#,
            r#"{"$id":"3","Type":"account","Name":"alice","UPNSuffix":"contoso.com"}"#,
            r#"{"Type":"account","Name":"alice@contoso.com"}"#,
        ] {
            let Entity::Account(account) = read(text) else { panic!("{text}") };
            assert_eq!((account.name.as_str(), account.upn.as_str()), ("alice", "alice@contoso.com"));
        }
    }

    #[test]
    fn every_kind_is_read_by_its_name() {
        for kind in EntityKind::KNOWN {
            let text = format!(r#"{{"kind":"{kind}","properties":{{"friendlyName":"x"}}}}"#);
            assert_eq!(read(&text).kind(), *kind);
            assert_eq!(read(&text).label().as_str(), "x", "{kind}");
        }
        assert_eq!(EntityKind::from_text("azure-resource"), EntityKind::AzureResource);
        assert_eq!(EntityKind::from_text("dns"), EntityKind::DnsResolution);
        let Entity::Other { kind, name } = read(r#"{"kind":"Pod","properties":{"name":"p-1"}}"#) else { panic!() };
        assert_eq!((kind.as_str(), name.as_str()), ("Pod", "p-1"));
    }

    #[test]
    fn hosts_and_processes() {
        let Entity::Host(host) =
            read(r#"{"kind":"Host","properties":{"hostName":"web-01.contoso.com","osFamily":"Linux"}}"#)
        else {
            panic!()
        };
        assert_eq!(
            (host.name.as_str(), host.fqdn.as_str(), host.os),
            ("web-01", "web-01.contoso.com", Some(Os::Linux))
        );
        let Entity::Process(process) =
            read(r#"{"kind":"Process","properties":{"commandLine":"\"C:\\Windows\\cmd.exe\" /c x"}}"#)
        else {
            panic!()
        };
        assert_eq!(process.image.as_str(), "cmd.exe");
    }
}
