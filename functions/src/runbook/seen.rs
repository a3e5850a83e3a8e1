//! What is known of an incident from the honeypots: their own part in it, and what they saw.

use std::fmt::Write as _;

use crate::incident::Sighting;

use super::facts::Facts;
use super::fill::{listed, quoted};

/// Honeypots that are named.
const NAMED: usize = 3;
/// Sightings that are told.
const MOST: usize = 5;

/// One line each; nothing if no honeypot knows anything.
pub(super) fn lines(facts: &Facts) -> Vec<String> {
    let background = &facts.incident.background;
    let mut lines = Vec::new();
    if !background.honeypots.is_empty() {
        let names = listed(&background.honeypots, NAMED);
        let told = if background.honeypots.len() == 1 {
            "is a honeypot: attacks on it"
        } else {
            "are honeypots: attacks on them"
        };
        lines.push(format!("{names} {told} are expected, and worth what they teach."));
    }
    lines.extend(background.sightings.iter().take(MOST).map(told));
    let more = background.sightings.len().saturating_sub(MOST);
    if more > 0 {
        lines.push(format!("{more} more of its addresses, hashes and URLs were seen there."));
    }
    lines
}

/// One sentence; the indicator stands in backticks.
#[must_use]
pub fn told(sighting: &Sighting) -> String {
    let hits = if sighting.hits == 1 { "1 hit".to_owned() } else { format!("{} hits", sighting.hits) };
    let mut told = format!("{} had {hits} on the honeypot", quoted(&sighting.indicator));
    let honeypots = list(sighting.honeypots.iter().map(|one| one.word()));
    let commands = list(sighting.commands.iter().map(|one| one.word()));
    // Writing to a string does not fail.
    if !honeypots.is_empty() {
        let _ = write!(told, " ({honeypots})");
    }
    let (first, last) = (sighting.first.strftime("%F %H:%M"), sighting.last.strftime("%F %H:%M"));
    let _ = if sighting.first == sighting.last {
        write!(told, " at {first} UTC")
    } else {
        write!(told, " from {first} to {last} UTC")
    };
    if sighting.credentials > 0 {
        let pairs = if sighting.credentials == 1 { "pair" } else { "pairs" };
        let _ = write!(told, ", tried about {} {pairs} of name and password", sighting.credentials);
    }
    if !commands.is_empty() {
        let _ = write!(told, ", ran commands for {commands}");
    }
    told.push('.');
    told
}

fn list<'w>(words: impl Iterator<Item = &'w str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{CommandClass, Honeypot};
    use crate::text::Text;

    fn sighting() -> Sighting {
        Sighting {
            indicator: Text::new("203.0.113.7", 100),
            hits: 4213,
            first: "2026-11-24T01:02:03Z".parse().unwrap(),
            last: "2026-11-24T03:04:05Z".parse().unwrap(),
            honeypots: vec![Honeypot::Cowrie, Honeypot::Dionaea],
            credentials: 120,
            commands: vec![CommandClass::Download, CommandClass::Discovery],
        }
    }

    #[test]
    fn a_sighting_is_told_in_one_sentence() {
        assert_eq!(
            told(&sighting()),
            "`203.0.113.7` had 4213 hits on the honeypot (cowrie, dionaea) from 2026-11-24 01:02 to 2026-11-24 03:04 UTC, tried about 120 pairs of name and password, ran commands for download, discovery."
        );
        let once = Sighting { hits: 1, last: sighting().first, credentials: 0, commands: vec![], ..sighting() };
        assert_eq!(told(&once), "`203.0.113.7` had 1 hit on the honeypot (cowrie, dionaea) at 2026-11-24 01:02 UTC.");
    }
}
