//! Which scenarios an incident matches.

use std::collections::BTreeSet;

use crate::pool::Str;

use super::facts::Facts;
use super::fill::fill;
use super::phrases::{affirms, scenarios_named};
use super::table::{SCENARIOS, Scenario};

/// A scenario that fits.
pub(super) struct Match {
    pub(super) scenario: &'static Scenario,
    pub(super) basis: Basis,
    score: u32,
}

/// What chose a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    /// The incident's title, or the name or type of an alert.
    Title,
    /// A title, and what a description adds.
    Description,
    /// Techniques alone.
    Techniques,
    /// The machines, all of which are honeypots.
    Machines,
    /// Nothing: the fall-back.
    None,
}

impl Match {
    /// True if a title had a part in it, or the settings, which weigh more.
    pub(super) fn is_by_title(&self) -> bool {
        matches!(self.basis, Basis::Title | Basis::Description | Basis::Machines)
    }
}

/// Points of a sign. A title or technique is needed; the rest only decides between those that have one.
const IN_TITLE: u32 = 60;
const IN_ALERT: u32 = 45;
const TECHNIQUE: u32 = 30;
const MORE_TECHNIQUES: u32 = 8;
const TACTIC: u32 = 6;
const PRODUCT: u32 = 4;
const ENTITY: u32 = 2;
/// A rank of 100 is worth this much.
const RANK: u32 = 10;

const MOST_SCENARIOS: usize = 3;
const MOST_QUESTIONS: usize = 4;

/// The scenarios that fit, best first; the fall-back if none does.
pub(super) fn matching(facts: &Facts) -> Vec<Match> {
    if facts.incident.is_about_honeypots() {
        return named("honeypot-hit", Basis::Machines).collect();
    }
    let said = Said { in_title: scenarios_named(&facts.title), in_alerts: scenarios_named(&facts.alert_names) };
    let mut found: Vec<Match> = SCENARIOS.iter().filter_map(|scenario| fits(scenario, &said, facts)).collect();
    if found.iter().any(Match::is_by_title) {
        found.retain(Match::is_by_title);
    }
    found.extend(grown(&found, facts));
    let hidden: Vec<Str> = found.iter().flat_map(|one| one.scenario.hides).copied().collect();
    found.retain(|one| !hidden.contains(&one.scenario.id));
    found.sort_by(|a, b| b.score.cmp(&a.score).then(a.scenario.id.cmp(&b.scenario.id)));
    // Without a title, techniques alone are weak: one guess is enough.
    found.truncate(if found.first().is_some_and(Match::is_by_title) { MOST_SCENARIOS } else { 1 });
    if found.is_empty() {
        found.extend(named("unclassified", Basis::None));
    }
    found
}

fn named(id: &str, basis: Basis) -> impl Iterator<Item = Match> {
    SCENARIOS.iter().filter(move |scenario| scenario.id == id).map(move |scenario| Match { scenario, basis, score: 0 })
}

/// The ids of the scenarios that the titles name.
struct Said {
    in_title: BTreeSet<Str>,
    in_alerts: BTreeSet<Str>,
}

fn fits(scenario: &'static Scenario, said: &Said, facts: &Facts) -> Option<Match> {
    let by_title = if said.in_title.contains(&scenario.id) {
        IN_TITLE
    } else if said.in_alerts.contains(&scenario.id) {
        IN_ALERT
    } else {
        0
    };
    let techniques = facts
        .techniques
        .iter()
        .filter(|technique| scenario.techniques.iter().any(|id| technique.is_covered_by(id)))
        .count();
    if by_title == 0 && techniques == 0 {
        return None;
    }
    let product = |name: &Str| facts.incident.products.iter().any(|product| product.eq_ignore_ascii_case(name));
    let mut score = by_title + RANK * u32::from(scenario.rank) / 100;
    score += if techniques > 0 { TECHNIQUE } else { 0 } + if techniques > 1 { MORE_TECHNIQUES } else { 0 };
    score += if scenario.tactics.iter().any(|tactic| facts.tactics.contains(tactic)) { TACTIC } else { 0 };
    score += if scenario.products.iter().any(product) { PRODUCT } else { 0 };
    score += if scenario.entities.iter().any(|kind| facts.has(*kind)) { ENTITY } else { 0 };
    Some(Match { scenario, basis: if by_title > 0 { Basis::Title } else { Basis::Techniques }, score })
}

/// Scenarios that a description turns a found one into: a password spray of which it says that one sign-in succeeded.
fn grown(found: &[Match], facts: &Facts) -> Vec<Match> {
    let mut told: Option<Vec<String>> = None;
    let is_found = |id: &str| found.iter().find(|one| one.scenario.id == id);
    let mut says = |scenario: &Scenario| {
        let told = told.get_or_insert_with(|| facts.descriptions());
        scenario.signs.iter().any(|sign| told.iter().any(|text| affirms(text, sign)))
    };
    SCENARIOS
        .iter()
        .filter(|scenario| is_found(&scenario.id).is_none())
        .filter_map(|scenario| Some((scenario, is_found(&scenario.grows_from)?)))
        .filter(|(scenario, _)| says(scenario))
        .map(|(scenario, from)| Match {
            scenario,
            basis: if from.is_by_title() { Basis::Description } else { from.basis },
            score: from.score + 1,
        })
        .collect()
}

/// The scenarios' questions, filled.
pub(super) fn questions(facts: &Facts, scenarios: &[Match]) -> Vec<String> {
    let mut questions: Vec<String> = Vec::new();
    for question in scenarios.iter().flat_map(|one| one.scenario.questions) {
        let question = fill(question, facts);
        if !questions.contains(&question) {
            questions.push(question);
        }
    }
    questions.truncate(MOST_QUESTIONS);
    questions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Incident;

    fn leads(title: &str, techniques: &[&str]) -> String {
        let json = serde_json::json!({"title": title, "additionalData": {"techniques": techniques}});
        let incident = Incident::from_bytes(json.to_string().as_bytes()).unwrap();
        let found = matching(&Facts::of(&incident));
        found[0].scenario.id.to_string()
    }

    #[test]
    fn titles_choose_the_scenario() {
        for (title, scenario) in [
            ("Password spray attack against Azure AD application", "password-spray"),
            ("Impossible travel activity involving one user", "impossible-travel"),
            ("MFA fatigue (OKTA)", "mfa-fatigue"),
            ("Suspicious inbox forwarding rule", "inbox-rule"),
            ("Ransomware activity on one endpoint", "ransomware"),
            ("Possible web shell on IIS server", "web-shell"),
            ("Digital currency mining related behavior detected", "cryptominer"),
            ("Unusual volume of Key Vault secrets retrieved: key vault access", "key-vault-access"),
            ("Attack on honeypot tpot-01", "honeypot-hit"),
            ("DNS tunneling detected", "dns-tunnelling"),
            ("Something nobody has heard of", "unclassified"),
        ] {
            assert_eq!(leads(title, &[]), scenario, "{title}");
        }
    }

    #[test]
    fn techniques_choose_where_titles_do_not() {
        assert_eq!(leads("Alert 17", &["T1486"]), "ransomware");
        assert_eq!(leads("Alert 17", &["T1110.003"]), "password-spray");
    }

    #[test]
    fn a_user_name_in_the_title_does_not_choose() {
        let json = r#"{"title":"Password spray against honeypot phishing test","relatedEntities":[
            {"kind":"Account","properties":{"accountName":"honeypot phishing test"}}]}"#;
        let incident = Incident::from_bytes(json.as_bytes()).unwrap();
        let found = matching(&Facts::of(&incident));
        assert_eq!(found.iter().map(|one| one.scenario.id).collect::<Vec<_>>(), ["password-spray"]);
    }

    #[test]
    fn a_description_turns_a_spray_into_one_that_succeeded() {
        let lead = |description: &str| {
            let json = serde_json::json!({"title": "Password spray attack", "description": description});
            let incident = Incident::from_bytes(json.to_string().as_bytes()).unwrap();
            matching(&Facts::of(&incident))[0].scenario.id.as_str()
        };
        assert_eq!(lead("120 sign-ins failed; one later sign-in succeeded."), "password-spray-success");
        assert_eq!(lead("120 sign-ins failed, none succeeded."), "password-spray");
        assert_eq!(lead("Reports whether any sign-in succeeded."), "password-spray");
        assert_eq!(lead("120 unsuccessful sign-ins."), "password-spray");
    }
}
