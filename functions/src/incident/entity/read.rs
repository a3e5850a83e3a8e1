//! Reading an entity out of JSON, in the REST interface's form and in the alert trigger's.

use super::super::InputError;
use super::super::address::parse_address;
use super::super::json::Json;
use super::super::read::{At, scalar};
use super::{
    Account, AzureResource, CloudApplication, Entity, EntityKind, File, FileHash, Host, Ip, MailMessage, Malware, Os,
    Process, RegistryEntry,
};
use crate::text::Text;

/// Longest name of an entity that is kept, in characters.
const NAME: usize = 200;
const COMMAND_LINE: usize = 600;
const COMMAND_LABEL: usize = 80;

/// An entity with what links it to others.
pub(in crate::incident) struct Linked {
    pub(in crate::incident) entity: Entity,
    /// Its own id, if it has one.
    pub(in crate::incident) id: Option<String>,
    /// Ids of addresses and addresses themselves that it says are its own.
    pub(in crate::incident) owns: Vec<String>,
    /// What people and machines are called besides, such as display names.
    pub(in crate::incident) also: Vec<Text>,
}

/// Reads an entity in REST form (`kind`, `properties`) or in the alert trigger's (`Type`, keys in Pascal case). None for an
/// alert, or for one that nothing names.
pub(in crate::incident) fn entity(at: &At) -> Result<Option<Linked>, InputError> {
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
    let kind = EntityKind::from_text(&given);
    let read = fields.entity(kind, &given).filter(|entity| !entity.label().is_empty());
    Ok(read.map(|entity| Linked { entity, id, owns: fields.owned(kind), also: fields.also(kind) }))
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
            return Account { name: Text::derived(bare, &[&name], NAME), upn: name.clone() };
        }
        let suffix = self.first(&["upnSuffix"], NAME);
        let upn = match suffix.as_str() {
            "" => Text::default(),
            _ => Text::derived(&format!("{name}@{suffix}"), &[&name, &suffix], NAME),
        };
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
            Some(short) if parse_address(&name).is_none() => (Text::derived(short, &[&name], NAME), name),
            _ if domain.is_empty() => (name, Text::default()),
            _ => {
                let fqdn = Text::derived(&format!("{name}.{domain}"), &[&name, &domain], NAME);
                (name, fqdn)
            }
        };
        Host { name, fqdn, os: system(&self.first(&["osFamily", "osVersion"], NAME)) }
    }

    fn ip(&self) -> Ip {
        let given = self.name(&["address"]);
        let parsed = parse_address(&given);
        // Logs hold addresses without port and brackets.
        let bare = parsed
            .map(|address| address.to_string())
            .filter(|bare| given.contains(['[', ':']) && !given.is_altered() && given.as_str() != bare);
        Ip { parsed, address: bare.map_or(given, |bare| Text::new(&bare, NAME)), is_own: false }
    }

    fn process(&self) -> Option<Process> {
        let command_line = self.first(&["commandLine"], COMMAND_LINE);
        let image = match self.0.get("imageFile").map(Fields) {
            Some(file) => file.first(&["fileName", "name"], COMMAND_LABEL),
            None => Text::default(),
        };
        let image = match image {
            image if !image.is_empty() => image,
            _ if !command_line.is_empty() => Text::derived(program(&command_line), &[&command_line], COMMAND_LABEL),
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
            _ if !sender.is_empty() => Text::derived(&format!("mail from {sender}"), &[&sender], NAME),
            _ => network_message_id.clone(),
        };
        MailMessage { subject, sender, recipient: self.first(&["recipient"], NAME), network_message_id }
    }

    fn registry(&self) -> RegistryEntry {
        let parts = [self.first(&["hive"], NAME), self.name(&["key"])];
        let key = parts.iter().filter(|part| !part.is_empty()).map(Text::as_str).collect::<Vec<_>>().join("\\");
        RegistryEntry {
            key: Text::derived(&key, &parts.each_ref(), NAME),
            value_name: self.first(&["valueName", "name"], NAME),
        }
    }

    /// Ids and addresses that this entity says are its own. Only a machine has addresses of its own: those of an account
    /// are where it came from.
    fn owned(&self, kind: EntityKind) -> Vec<String> {
        const OWN: &[&str] = &["IpAddress", "LastIpAddress", "LastExternalIpAddress", "PrivateIp", "PublicIp"];
        if !matches!(kind, EntityKind::Host | EntityKind::Nic | EntityKind::IoTDevice) {
            return Vec::new();
        }
        let extra = self.extra();
        let id = self.raw("ipAddressEntityId").map(|id| last_part(&id));
        let plain = OWN.iter().flat_map(|key| [extra.raw(key), self.raw(key)]).flatten();
        // The alert trigger refers to another entity, or has it inside.
        let inner = OWN.iter().filter_map(|key| self.0.get(key)).flat_map(|inner| {
            let inner = Fields(inner);
            [inner.raw("$ref"), inner.raw("address")]
        });
        id.into_iter().chain(plain).chain(inner.flatten()).collect()
    }

    fn also(&self, kind: EntityKind) -> Vec<Text> {
        const NAMES: &[&str] = &["displayName", "friendlyName", "netBiosName", "ntDomain"];
        if !matches!(kind, EntityKind::Account | EntityKind::Host | EntityKind::Mailbox) {
            return Vec::new();
        }
        NAMES.iter().map(|name| self.first(&[name], NAME)).filter(|name| !name.is_empty()).collect()
    }
}

/// The system that a family or version names.
fn system(family: &str) -> Option<Os> {
    const LINUX: &[&str] = &["linux", "ubuntu", "debian", "red hat", "rhel", "centos", "suse"];
    let family = family.to_ascii_lowercase();
    if family.contains("windows") {
        return Some(Os::Windows);
    }
    LINUX.iter().any(|name| family.contains(name)).then_some(Os::Linux)
}

/// The GUID at the end of an entity's ARM id, or what there is.
fn last_part(id: &str) -> String {
    id.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_lowercase()
}

fn last_segment(id: &Text) -> Text {
    Text::derived(id.trim_end_matches('/').rsplit('/').next().unwrap_or_default(), &[id], NAME)
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
    use super::super::super::json::parse;
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
