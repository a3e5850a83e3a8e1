//! What is known beyond the incident: which of its hosts are honeypots, and what these saw of its addresses, hashes and URLs.

use jiff::Timestamp;

use crate::text::Text;

use super::{Entity, Incident};

/// Where the incident meets a honeypot. Empty unless the settings or the honeypot's logs say so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Background {
    /// Hosts of the incident that are honeypots, as the incident calls them.
    pub honeypots: Vec<Text>,
    /// What the honeypots saw, most hits first.
    pub sightings: Vec<Sighting>,
}

/// What the honeypots saw of one address, hash or URL. Besides the indicator, which is the incident's, nothing in it is an
/// attacker's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// As the incident has it.
    pub indicator: Text,
    /// Log lines about it.
    pub hits: u64,
    /// First one.
    pub first: Timestamp,
    /// Last one.
    pub last: Timestamp,
    /// Honeypots that logged it.
    pub honeypots: Vec<Honeypot>,
    /// Different pairs of name and password that were tried.
    pub credentials: u64,
    /// What its commands were for.
    pub commands: Vec<CommandClass>,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the words say it")]
        pub enum $name { $($variant),+ }

        impl $name {
            /// All.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word for it, in the query and in the comment.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

words! {
    /// A honeypot of T-Pot whose log has addresses that a client cannot choose.
    Honeypot {
        Cowrie = "cowrie",
        Dionaea = "dionaea",
        Honeytrap = "honeytrap",
        Tanner = "tanner",
        Adbhoney = "adbhoney",
    }
}

words! {
    /// What commands were for.
    CommandClass {
        Download = "download",
        Persistence = "persistence",
        Credentials = "credentials",
        Discovery = "discovery",
        Mining = "mining",
        Hiding = "hiding traces",
        Other = "other",
    }
}

impl Incident {
    /// Notes which hosts are honeypots. `names` are short names or full ones; case does not count.
    pub fn note_honeypots(&mut self, names: &[String]) {
        let is_honeypot =
            |entity: &&Entity| called(entity).is_some_and(|name| names.iter().any(|one| is_same(one, name)));
        let found = self.entities.iter().filter(is_honeypot).map(|entity| entity.label().clone());
        self.background.honeypots = found.collect();
        self.background.honeypots.dedup();
    }

    /// True if this entity is a honeypot.
    #[must_use]
    pub fn is_honeypot(&self, entity: &Entity) -> bool {
        called(entity).is_some() && self.background.honeypots.contains(entity.label())
    }

    /// True if there are machines, and all of them are honeypots.
    #[must_use]
    pub fn is_about_honeypots(&self) -> bool {
        let mut machines = self.entities.iter().filter(|entity| called(entity).is_some()).peekable();
        machines.peek().is_some() && machines.all(|entity| self.is_honeypot(entity))
    }
}

/// The name of a machine, the full one if it has one: of a host, or of a virtual machine in Azure.
fn called(entity: &Entity) -> Option<&str> {
    let name: &str = match entity {
        Entity::Host(host) if host.fqdn.is_empty() => &host.name,
        Entity::Host(host) => &host.fqdn,
        Entity::AzureResource(resource) if resource.id.to_lowercase().contains("/virtualmachines/") => &resource.name,
        _ => return None,
    };
    Some(name)
}

/// `tpot-01` is `TPOT-01.contoso.com`, and the other way round.
fn is_same(setting: &str, name: &str) -> bool {
    let short = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
    let is_full = |name: &str| name.contains('.');
    if is_full(setting) && is_full(name) { setting.eq_ignore_ascii_case(name) } else { short(setting) == short(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honeypots_are_known_by_short_or_full_name() {
        let json = r#"{"title":"x","relatedEntities":[
            {"kind":"Host","properties":{"hostName":"TPOT-01","dnsDomain":"contoso.com"}},
            {"kind":"Host","properties":{"hostName":"web-01"}},
            {"kind":"Account","properties":{"accountName":"tpot-01"}}]}"#;
        let mut incident = Incident::from_bytes(json.as_bytes()).unwrap();
        for (names, expected) in [
            (vec![], 0),
            (vec!["tpot-01".to_owned()], 1),
            (vec!["tpot-01.contoso.com".to_owned()], 1),
            (vec!["tpot-01.fabrikam.com".to_owned()], 0),
            (vec!["tpot-01".to_owned(), "WEB-01".to_owned()], 2),
        ] {
            incident.note_honeypots(&names);
            assert_eq!(incident.background.honeypots.len(), expected, "{names:?}");
            assert_eq!(incident.is_about_honeypots(), expected == 2, "{names:?}");
        }
    }
}
