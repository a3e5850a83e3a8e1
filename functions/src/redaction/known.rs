//! The values that an incident's entities and alerts are known to hold.

use aho_corasick::AhoCorasick;

use crate::incident::{Account, Alert, Entity, EntityKind, Host, Incident, MailMessage, parse_address};
use crate::text::Text;

use super::{Kind, Redaction};

/// Shortest value that is looked for in texts, in characters.
const SHORTEST: usize = 2;

impl Redaction {
    pub(super) fn learn(&mut self, incident: &Incident) {
        let mut values = Values { redaction: self, list: Vec::new() };
        for entity in &incident.entities {
            values.entity(entity);
        }
        for (kind, name) in &incident.other_names {
            let kind = if *kind == EntityKind::Host { Kind::Host } else { Kind::Account };
            values.detail(kind, name);
        }
        for alert in &incident.alerts {
            values.alert(alert);
        }
        let list = values.list;
        let patterns: Vec<(String, usize)> =
            list.into_iter().flat_map(|(value, item)| spellings(value, item)).collect();
        if patterns.is_empty() {
            return;
        }
        self.known_items = patterns.iter().map(|(_, item)| *item).collect();
        let texts = patterns.iter().map(|(value, _)| value);
        self.known = AhoCorasick::builder().ascii_case_insensitive(true).build(texts).ok();
    }
}

/// ASCII is compared without regard to case; anything else is looked for in each case.
fn spellings(value: String, item: usize) -> Vec<(String, usize)> {
    if value.is_ascii() {
        return vec![(value, item)];
    }
    let mut all = vec![value.to_lowercase(), value.to_uppercase(), value];
    all.dedup();
    all.into_iter().map(|value| (value, item)).collect()
}

struct Values<'r> {
    redaction: &'r mut Redaction,
    list: Vec<(String, usize)>,
}

impl Values<'_> {
    /// Gives one item to all names of a thing. It is restored as the first.
    fn names(&mut self, kind: Kind, names: &[&str]) {
        let mut item = None;
        for name in names.iter().filter(|name| name.chars().count() >= SHORTEST) {
            let key = name.to_lowercase();
            let of_name = match (self.redaction.by_value.get(&key), item) {
                (Some(known), _) => *known,
                (None, Some(first)) => {
                    self.redaction.by_value.insert(key, first);
                    first
                }
                (None, None) => self.redaction.item(kind, name),
            };
            item.get_or_insert(of_name);
            self.list.push(((*name).to_owned(), of_name));
        }
    }

    fn entity(&mut self, entity: &Entity) {
        match entity {
            Entity::Account(account) => self.account(account),
            Entity::Host(host) => self.host(host),
            Entity::Ip(ip) if !ip.is_outside() && ip.parsed.is_some() => self.names(Kind::Address, &[&ip.address]),
            Entity::Mailbox(mailbox) => self.mail_address(mailbox),
            Entity::MailMessage(mail) | Entity::SubmissionMail(mail) => self.mail(mail),
            Entity::AzureResource(resource) => self.names(Kind::Resource, &[&resource.name, &resource.id]),
            Entity::SecurityGroup(name) => self.names(Kind::Id, &[name]),
            Entity::IoTDevice(name) | Entity::Nic(name) => self.names(Kind::Host, &[name]),
            Entity::CloudApplication(app) => self.names(Kind::Id, &[&app.app_id]),
            _ => {}
        }
    }

    fn account(&mut self, account: &Account) {
        if account.is_built_in() {
            return;
        }
        self.names(Kind::Account, &[&account.upn, &account.name]);
        self.domain_of(&account.upn);
    }

    fn host(&mut self, host: &Host) {
        self.names(Kind::Host, &[&host.name, &host.fqdn]);
        if let Some((_, domain)) = host.fqdn.split_once('.') {
            self.names(Kind::Domain, &[domain]);
        }
    }

    fn mail(&mut self, mail: &MailMessage) {
        // The sender's domain is an outsider's, and may be the indicator.
        self.names(Kind::Account, &[&mail.sender]);
        self.mail_address(&mail.recipient);
        self.names(Kind::Id, &[&mail.network_message_id]);
    }

    fn mail_address(&mut self, address: &str) {
        self.names(Kind::Account, &[address]);
        self.domain_of(address);
    }

    fn domain_of(&mut self, address: &str) {
        if let Some((_, domain)) = address.split_once('@') {
            self.names(Kind::Domain, &[domain]);
        }
    }

    /// What an alert calls compromised, and details that are named after people or machines.
    fn alert(&mut self, alert: &Alert) {
        const PEOPLE: &[&str] =
            &["user", "account", "upn", "principal", "caller", "owner", "mailbox", "identity", "person", "employee"];
        const MACHINES: &[&str] = &["host", "device", "computer", "machine", "server", "workstation"];
        const OTHERS: &[&str] =
            &["agent", "type", "status", "risk", "count", "enabled", "role", "address", "time", "country", "city"];
        self.detail(Kind::Host, &alert.compromised);
        for (name, values) in &alert.details {
            let name = name.to_lowercase();
            if OTHERS.iter().any(|word| name.contains(word)) {
                continue;
            }
            let names = |words: &[&str]| words.iter().any(|word| name.contains(word));
            let kind = match (names(PEOPLE), names(MACHINES)) {
                (true, _) => Kind::Account,
                (_, true) => Kind::Host,
                _ => continue,
            };
            for value in values {
                self.detail(kind, value);
            }
        }
    }

    /// A value that may be a name: no number, no address, no sentence.
    fn detail(&mut self, kind: Kind, value: &str) {
        const MOST_WORDS: usize = 4;
        const MOST_CHARACTERS: usize = 200;
        let account = Account { name: Text::new(value, MOST_CHARACTERS), ..Account::default() };
        let is_name = value.chars().any(char::is_alphabetic)
            && parse_address(value).is_none()
            && value.split(' ').count() <= MOST_WORDS
            && !account.is_built_in();
        if is_name {
            self.names(kind, &[value]);
            self.domain_of(value);
        }
    }
}
