//! The values that an incident's entities and alerts are known to hold.

use aho_corasick::AhoCorasick;

use crate::incident::{Account, Alert, Entity, EntityKind, Host, Incident, MailMessage, is_public, parse_address};
use crate::text::{Text, is_file_name};

use super::{Kind, Redaction};

/// Shortest value that is looked for in texts, in characters.
const SHORTEST: usize = 2;

/// Words that name nobody. An account that is called so leaves as it is: replaced everywhere, it would tell more than it hides.
const COMMON: &[&str] = &[
    "the",
    "and",
    "for",
    "exe",
    "high",
    "low",
    "medium",
    "account",
    "host",
    "user",
    "alert",
    "alerts",
    "entities",
    "title",
    "data",
    "true",
    "false",
    "none",
    "null",
    "unknown",
    "yes",
    "no",
    "password",
    "success",
    "failure",
    "interactive",
    "network",
    "local",
    "n/a",
    "public",
];

/// Where everybody may have a mail address: these domains are no secret.
const PROVIDERS: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "yahoo.com",
    "icloud.com",
    "proton.me",
    "protonmail.com",
    "aol.com",
    "gmx.net",
    "gmx.de",
    "web.de",
    "mail.ru",
    "qq.com",
];

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
    let lower = value.to_lowercase();
    let first: String = lower.chars().take(1).flat_map(char::to_uppercase).chain(lower.chars().skip(1)).collect();
    let mut all = vec![value.to_uppercase(), first, lower, value];
    all.sort();
    all.dedup();
    all.into_iter().map(|value| (value, item)).collect()
}

struct Values<'r> {
    redaction: &'r mut Redaction,
    list: Vec<(String, usize)>,
}

impl Values<'_> {
    /// Gives one item to all names of a thing; the first one new decides. It is restored as `shown`.
    fn names(&mut self, kind: Kind, shown: &str, names: &[&str]) {
        let is_long = |name: &&&str| name.chars().count() >= SHORTEST;
        let mut item = None;
        for name in names.iter().filter(is_long).filter(|name| !COMMON.contains(&name.to_lowercase().as_str())) {
            let key = name.to_lowercase();
            let known = self.redaction.by_value.get(&key).copied();
            let of_name = known.or(item).unwrap_or_else(|| self.redaction.item_as(kind, name, shown));
            self.redaction.by_value.entry(key).or_insert(of_name);
            item.get_or_insert(of_name);
            self.list.push(((*name).to_owned(), of_name));
        }
    }

    fn name(&mut self, kind: Kind, name: &str) {
        self.names(kind, name, &[name]);
    }

    fn entity(&mut self, entity: &Entity) {
        match entity {
            Entity::Account(account) => self.account(account),
            Entity::Host(host) => self.host(host),
            Entity::Ip(ip) if !ip.is_outside() && ip.parsed.is_some() => self.name(Kind::Address, &ip.address),
            Entity::Mailbox(mailbox) => {
                self.mail_addresses(mailbox);
                self.domain_of(mailbox);
            }
            Entity::MailMessage(mail) | Entity::SubmissionMail(mail) => self.mail(mail),
            Entity::AzureResource(resource) => {
                self.names(Kind::Resource, &resource.name, &[&resource.id, &resource.name]);
            }
            Entity::SecurityGroup(name) => self.group(name),
            Entity::IoTDevice(name) | Entity::Nic(name) => self.name(Kind::Host, name),
            Entity::CloudApplication(app) => self.name(Kind::Id, &app.app_id),
            _ => {}
        }
    }

    fn account(&mut self, account: &Account) {
        if account.is_built_in() {
            return;
        }
        // alice.aart@contoso.com is alice_aart_contoso_com in paths of SharePoint.
        let path = account.upn.replace(['.', '@'], "_");
        let shown = if account.upn.is_empty() { &account.name } else { &account.upn };
        self.names(Kind::Account, shown, &[&account.upn, &account.name, &path]);
        self.domain_of(&account.upn);
    }

    fn host(&mut self, host: &Host) {
        /// Longest NetBIOS name.
        const NETBIOS: usize = 15;
        let short = host.name.get(..NETBIOS).unwrap_or_default();
        self.names(Kind::Host, &host.name, &[&host.fqdn, &host.name, short]);
        self.domain(host.fqdn.split_once('.').map_or("", |(_, domain)| domain));
    }

    fn group(&mut self, name: &str) {
        let common = name.split(',').next().and_then(|first| first.split_once('=')).map_or("", |(_, common)| common);
        self.names(Kind::Id, name, &[name, common]);
    }

    /// The domains of a mail are outsiders', or those of accounts that are entities too.
    fn mail(&mut self, mail: &MailMessage) {
        self.mail_addresses(&mail.sender);
        self.mail_addresses(&mail.recipient);
        self.name(Kind::Id, &mail.network_message_id);
    }

    /// `a@x; Alice Aart <alice@contoso.com>`
    fn mail_addresses(&mut self, list: &str) {
        for one in list.split([';', ',']).map(str::trim) {
            let (display, address) = one.split_once('<').unwrap_or(("", one));
            let address = address.trim_end_matches('>').trim();
            let local = address.split('@').next().unwrap_or_default();
            self.names(Kind::Account, address, &[address, display.trim_matches(['"', ' ']), local]);
        }
    }

    fn domain_of(&mut self, address: &str) {
        self.domain(address.split_once('@').map_or("", |(_, domain)| domain.trim_end_matches('>')));
    }

    /// A domain of ours, and its own label, by which tenants and networks are called: `contoso.onmicrosoft.com`, `CONTOSO\alice`.
    fn domain(&mut self, domain: &str) {
        const SHORTEST_LABEL: usize = 4;
        if !domain.contains('.') || PROVIDERS.contains(&domain.to_lowercase().as_str()) {
            return;
        }
        self.name(Kind::Domain, domain);
        let labels: Vec<&str> = domain.split('.').collect();
        let own = labels.len().checked_sub(2).map_or("", |at| labels[at]);
        if own.len() >= SHORTEST_LABEL {
            self.name(Kind::Domain, own);
        }
    }

    /// What an alert calls compromised, and details that are named after people, machines or things of ours.
    fn alert(&mut self, alert: &Alert) {
        self.detail(Kind::Host, &alert.compromised);
        for (name, values) in &alert.details {
            let Some(kind) = kind_of_detail(name) else { continue };
            for value in values.iter().flat_map(|value| value.split([';', ',', '|', '[', ']', '"'])) {
                self.detail(kind, value.trim());
            }
        }
    }

    /// A value that may be a name: no number, no public address, no URL, no file, no sentence.
    fn detail(&mut self, kind: Kind, value: &str) {
        const MOST_WORDS: usize = 4;
        const MOST_CHARACTERS: usize = 200;
        let account = Account { name: Text::new(value, MOST_CHARACTERS), ..Account::default() };
        let is_outside = parse_address(value).is_some_and(is_public);
        let is_name = value.chars().any(char::is_alphabetic)
            && !is_outside
            && !value.contains("://")
            && !is_file_name(value)
            && value.split(' ').count() <= MOST_WORDS
            && !account.is_built_in();
        if is_name {
            self.name(kind, value);
        }
    }
}

/// What the values of a detail are, by the words of its name: `SuccessUser`, `host_name`, `VaultName`.
fn kind_of_detail(name: &str) -> Option<Kind> {
    const PEOPLE: &str = "user users username upn account accounts principal caller owner mailbox identity person employee actor initiated \
        initiator sender recipient recipients manager created modified requestor requester member login logon operator admin administrator \
        sam display full customer";
    const MACHINES: &str = "host hosts hostname device devices computer machine server workstation vm node instance endpoint dvc fqdn asset";
    const THINGS: &str = "group tenant vault storage resource workspace subscription database";
    const OTHERS: &str = "agent type status state risk level count counts enabled role country city region location time os version kind protocol port";
    let words = words_of(name);
    let has = |list: &str| words.iter().any(|word| list.split_whitespace().any(|one| one == word));
    let ends_otherwise = words.last().is_some_and(|last| OTHERS.split_whitespace().any(|one| one == last));
    match () {
        () if ends_otherwise => None,
        () if has(PEOPLE) => Some(Kind::Account),
        () if has(MACHINES) => Some(Kind::Host),
        () if has(THINGS) => Some(Kind::Resource),
        () => None,
    }
}

/// The words of a name in camel or snake case, in lower case.
fn words_of(name: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(name.len() + 8);
    for c in name.chars() {
        if c.is_uppercase() && spaced.ends_with(|before: char| before.is_lowercase()) {
            spaced.push(' ');
        }
        spaced.push(if c.is_alphanumeric() { c } else { ' ' });
    }
    spaced.split_whitespace().map(str::to_lowercase).collect()
}
