//! What the input holds: only that may a model's words name.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::incident::{Entity, EntityKind, Incident};

use super::Slot;
use super::tokens::{host_of, tokens};

/// Words in a row that make an echo.
const ECHO: usize = 5;

/// Names and numbers of an incident, and the runs of words in it.
pub(super) struct Grounds {
    tokens: HashSet<String>,
    /// Runs of words anywhere in the incident.
    said: HashSet<u64>,
    /// Runs of words in what an attacker may have chosen: names, details, command lines.
    chosen: HashSet<u64>,
}

impl Grounds {
    pub(super) fn of(incident: &Incident) -> Self {
        let mut grounds = Self { tokens: HashSet::new(), said: HashSet::new(), chosen: HashSet::new() };
        for entity in &incident.entities {
            grounds.entity(entity);
        }
        for alert in &incident.alerts {
            grounds.prose(&alert.name);
            grounds.prose(&alert.description);
            grounds.name(&alert.compromised);
            grounds.prose(&alert.product);
            for (name, values) in &alert.details {
                grounds.chosen(name);
                for value in values {
                    grounds.name(value);
                }
            }
        }
        grounds.prose(&incident.title);
        grounds.prose(&incident.description);
        incident.products.iter().for_each(|product| grounds.prose(product));
        grounds
    }

    /// True if the incident holds this name or number.
    pub(super) fn has(&self, token: &str) -> bool {
        self.tokens.contains(token)
    }

    /// True if a sentence repeats an attacker's words; advice and questions may not repeat the incident's at all.
    pub(super) fn echoes(&self, slot: Slot, sentence: &str) -> bool {
        let said = match slot {
            Slot::Summary | Slot::Reason => &self.chosen,
            Slot::Question | Slot::OwnStep => &self.said,
        };
        runs(sentence).any(|run| said.contains(&run))
    }

    /// The names of an entity: each counts only as a whole, since a part of it may be an attacker's sentence.
    fn entity(&mut self, entity: &Entity) {
        self.name(entity.label());
        match entity {
            Entity::Account(account) => {
                self.name(&account.name);
                self.site(account.upn.split('@').nth(1).unwrap_or_default());
            }
            Entity::Host(host) => self.name(&host.fqdn),
            Entity::Url(url) => self.site(host_of(url)),
            Entity::Process(process) => self.chosen(&process.command_line),
            Entity::MailMessage(mail) | Entity::SubmissionMail(mail) => {
                self.name(&mail.sender);
                self.name(&mail.recipient);
                self.site(mail.sender.split('@').nth(1).unwrap_or_default());
            }
            Entity::File(file) => self.chosen(&file.directory),
            _ => {}
        }
        if entity.kind() == EntityKind::Mailbox {
            self.site(entity.label().split('@').nth(1).unwrap_or_default());
        }
    }

    fn site(&mut self, host: &str) {
        if !host.contains(char::is_whitespace) {
            self.tokens.extend(tokens(host));
        }
    }

    /// A name of one word is grounded; a longer one may hold anything.
    fn name(&mut self, name: &str) {
        if !name.contains(char::is_whitespace) {
            self.tokens.extend(tokens(name));
        }
        self.chosen(name);
    }

    fn chosen(&mut self, text: &str) {
        self.said.extend(runs(text));
        self.chosen.extend(runs(text));
    }

    /// Sentences ground plain words, such as the name of a tool. Addresses, hosts and the like must be entities or details: a
    /// sentence may be an attacker's.
    fn prose(&mut self, text: &str) {
        self.said.extend(runs(text));
        let is_plain = |token: &String| token.chars().all(|c| c.is_alphabetic() || c == '-');
        self.tokens.extend(tokens(text).filter(is_plain));
    }
}

/// Hashes of every run of [`ECHO`] words.
fn runs(text: &str) -> impl Iterator<Item = u64> {
    let words: Vec<String> = text.split_whitespace().map(plain).filter(|word| !word.is_empty()).collect();
    let hashes: Vec<u64> = words.windows(ECHO).map(hash).collect();
    hashes.into_iter()
}

fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn hash(words: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}
