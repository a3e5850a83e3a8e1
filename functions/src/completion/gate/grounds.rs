//! What the input holds: only that may a model's words name.

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::incident::{Entity, Incident, is_public, parse_address};
use crate::text::{Text, is_file_name};

use super::tokens::{COPULAS, bare, host_of, tokens};
use super::{Slot, vocabulary, words};

/// Words in a row that make an echo: of what an attacker may have chosen, and of what the incident says at all.
const ECHO_OF_NAMES: usize = 5;
const ECHO_OF_TEXTS: usize = 7;

/// Names and numbers of an incident, and the runs of words in it.
#[derive(Default)]
pub(super) struct Grounds {
    tokens: HashSet<String>,
    /// Plain words of the incident's texts.
    spoken: HashSet<String>,
    /// Words that the incident's texts write with a capital: places, products, people. They count only so written.
    proper: HashSet<String>,
    /// Names of several words, in lower case: each counts only as a whole.
    names: BTreeSet<String>,
    /// Finds them.
    names_search: OnceLock<AhoCorasick>,
    /// Runs of words anywhere in the incident.
    said: HashSet<u64>,
    /// Runs of words in what an attacker may have chosen: names, details, command lines.
    chosen: HashSet<u64>,
}

impl Grounds {
    pub(super) fn of(incident: &Incident) -> Self {
        let mut grounds = Self::default();
        for entity in &incident.entities {
            grounds.entity(entity);
        }
        for alert in &incident.alerts {
            grounds.name(&alert.compromised);
            grounds.prose(&alert.name);
            grounds.prose(&alert.description);
            for (name, values) in &alert.details {
                grounds.chosen(name);
                for value in values {
                    grounds.name(value);
                }
            }
        }
        for sighting in &incident.background.sightings {
            sighting.honeypots.iter().for_each(|honeypot| grounds.owned(honeypot.word()));
        }
        grounds.prose(&incident.title);
        grounds.prose(&incident.description);
        for (_, name) in &incident.other_names {
            grounds.name(name);
        }
        incident.products.iter().for_each(|product| grounds.owned(product));
        grounds
    }

    /// True if the incident holds this name or number.
    pub(super) fn has(&self, token: &str) -> bool {
        self.tokens.contains(token)
    }

    /// True if a text of the incident has this word.
    pub(super) fn says(&self, word: &str) -> bool {
        self.spoken.contains(word)
    }

    /// True for a word that the incident writes with a capital, if the sentence does too.
    pub(super) fn has_proper(&self, word: &str, sentence: &str) -> bool {
        let capital: String = word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
        self.proper.contains(word) && sentence.contains(&capital)
    }

    /// The sentence in lower case with every name of several words made one sign, which stands for a name.
    pub(super) fn with_names_joined(&self, sentence: &str) -> String {
        let lower = sentence.to_lowercase();
        if self.names.is_empty() {
            return lower;
        }
        #[expect(clippy::expect_used, reason = "an incident is too small for more states than there may be")]
        let search = self.names_search.get_or_init(|| {
            let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&self.names);
            builder.expect("names of an incident compile")
        });
        let mut out = String::with_capacity(lower.len());
        search.replace_all_with(&lower, &mut out, |found, name, out| {
            let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let is_part =
                is_word(lower[..found.start()].chars().next_back()) || is_word(lower[found.end()..].chars().next());
            out.push_str(if is_part { name } else { NAME });
            true
        });
        out
    }

    /// True if a sentence repeats an attacker's words; advice and questions may not repeat the incident's at all.
    pub(super) fn echoes(&self, slot: Slot, sentence: &str) -> bool {
        let of_names = runs(sentence, ECHO_OF_NAMES).any(|run| self.chosen.contains(&run));
        let advises = matches!(slot, Slot::Question | Slot::OwnStep);
        of_names || advises && runs(sentence, ECHO_OF_TEXTS).any(|run| self.said.contains(&run))
    }

    /// The names of an entity: each counts only as a whole, since a part of it may be an attacker's sentence.
    fn entity(&mut self, entity: &Entity) {
        self.name(entity.label());
        match entity {
            Entity::Account(account) => {
                self.name(&account.name);
                // alice.aart is called Alice Aart
                self.proper
                    .extend(account.name.split(['.', '_', '-']).filter(|part| is_proper(part)).map(str::to_lowercase));
                self.site(account.upn.split('@').nth(1).unwrap_or_default());
            }
            Entity::Host(host) => self.name(&host.fqdn),
            Entity::Url(url) => self.site(host_of(url)),
            Entity::DnsResolution(domain) => self.site(domain),
            Entity::Process(process) => {
                self.chosen(&process.command_line);
                self.places(&process.command_line);
            }
            Entity::MailMessage(mail) | Entity::SubmissionMail(mail) => {
                self.name(&mail.sender);
                self.name(&mail.recipient);
                self.site(mail.sender.split('@').nth(1).unwrap_or_default());
            }
            Entity::File(file) => {
                self.name(&file.directory);
                let separator = if file.directory.contains('/') { '/' } else { '\\' };
                self.name(&Text::derived(
                    &format!("{}{separator}{}", file.directory, file.name),
                    &[&file.directory, &file.name],
                    400,
                ));
            }
            Entity::Mailbox(address) => self.site(address.split('@').nth(1).unwrap_or_default()),
            _ => {}
        }
    }

    /// A host, and the domains above it.
    fn site(&mut self, host: &str) {
        let mut rest = host;
        while rest.contains('.') && !rest.contains(char::is_whitespace) {
            self.tokens.extend(tokens(rest));
            rest = rest.split_once('.').map_or("", |(_, rest)| rest);
        }
    }

    /// A name of one word is grounded; one of a few words as a whole, unless it steers.
    fn name(&mut self, name: &str) {
        const MOST_WORDS: usize = 4;
        let words = name.split_whitespace().count();
        if words == 1 {
            self.tokens.extend(tokens(name));
        } else if (2..=MOST_WORDS).contains(&words) && !says_something(name) {
            self.names.insert(name.to_lowercase());
        }
        self.chosen(name);
    }

    /// What the owners of the workspace named: each word counts.
    fn owned(&mut self, name: &str) {
        self.tokens.extend(tokens(name));
    }

    fn chosen(&mut self, text: &str) {
        self.said.extend(runs(text, ECHO_OF_TEXTS));
        self.chosen.extend(runs(text, ECHO_OF_NAMES));
    }

    /// Files, paths and addresses of a network of our own: they lead nowhere else, so an attacker may write of them.
    fn places(&mut self, text: &str) {
        let words = text.split_whitespace().map(bare);
        let places = words.filter(|word| is_file_name(word) || is_local_path(word) || is_own_address(word));
        self.tokens.extend(places.map(str::to_lowercase).collect::<Vec<_>>());
    }

    /// A text may be an attacker's. It grounds places and names, and nothing that leads somewhere.
    fn prose(&mut self, text: &str) {
        self.said.extend(runs(text, ECHO_OF_TEXTS));
        self.places(text);
        self.spoken.extend(tokens(text).filter(|token| token.chars().all(char::is_alphabetic)));
        let words: Vec<&str> = text.split_whitespace().collect();
        let names = words.windows(2).filter(|pair| !pair[0].ends_with('.')).map(|pair| bare(pair[1]));
        let names = names.filter(|word| word.starts_with(char::is_uppercase) && is_proper(word));
        self.proper.extend(names.map(str::to_lowercase));
        let endings =
            words.iter().filter(|word| word.starts_with('.') && word.len() < MOST_ENDING).map(|word| bare(word));
        self.tokens.extend(endings.map(str::to_lowercase).collect::<Vec<_>>());
    }
}

/// An address, or a range of them, that the Internet cannot reach.
fn is_own_address(word: &str) -> bool {
    let address = word.split('/').next().unwrap_or(word);
    parse_address(address).is_some_and(|address| !is_public(address))
}

/// True for a name that steers or judges: its words count one by one.
fn says_something(name: &str) -> bool {
    let judges = |word: &str| COPULAS.has(word) || vocabulary::forbids(word);
    words::gives_orders(name)
        || words::looks_away(name)
        || name.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(judges)
}

/// True for a word that may be a name, and that no list forbids.
fn is_proper(word: &str) -> bool {
    const SHORTEST: usize = 3;
    let lower = word.to_lowercase();
    word.chars().count() >= SHORTEST && word.chars().all(char::is_alphabetic) && !vocabulary::forbids(&lower)
}

/// Longest ending of a file, with its dot and what follows, in bytes.
const MOST_ENDING: usize = 12;

/// `/var/tmp/.cache` or `C:\\Shares`: a path on a machine, which leads nowhere else.
fn is_local_path(word: &str) -> bool {
    let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "/\\:._-".contains(c)) && !word.contains("//");
    let drive = word.get(1..3) == Some(":\\") && !word[3..].contains(':');
    is_plain && (drive || word.starts_with('/') && !word.contains(['\\', ':']))
}

/// What stands for a name of several words.
pub(super) const NAME: &str = "\u{1}name\u{1}";

/// Hashes of every run of `length` words.
fn runs(text: &str, length: usize) -> impl Iterator<Item = u64> {
    let words: Vec<String> = text.split_whitespace().map(plain).filter(|word| !word.is_empty()).collect();
    let hashes: Vec<u64> = words.windows(length).map(hash).collect();
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
