//! What is allowed and still not wise: findings about a lab, each with its reason and what mends it.

mod cost;
mod exposure;
mod machine;
mod soc;

use serde::Serialize;

use crate::lab::Lab;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It will not work, or it is dangerous.
    Error,
    /// It may not be what is wanted.
    Warning,
    /// Good to know.
    Info,
}

/// A rule that looks at a lab.
pub struct Rule {
    /// Stable name, such as `management-open-to-all`.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Why it matters.
    pub why: &'static str,
    /// What mends it.
    pub fix: &'static str,
    /// What was found; none if all is well.
    find: fn(&Lab) -> Option<String>,
}

/// What a rule found in a lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What was found.
    pub found: String,
    /// Why it matters.
    pub why: &'static str,
    /// What mends it.
    pub fix: &'static str,
}

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [exposure::RULES, machine::RULES, cost::RULES, soc::RULES].into_iter().flatten()
}

/// What the rules find, the gravest first.
#[must_use]
pub fn findings(lab: &Lab) -> Vec<Finding> {
    let found = |rule: &Rule| {
        let found = (rule.find)(lab)?;
        Some(Finding { id: rule.id, severity: rule.severity, found, why: rule.why, fix: rule.fix })
    };
    let mut findings: Vec<Finding> = rules().filter_map(found).collect();
    findings.sort_by_key(|finding| finding.severity);
    findings
}

#[cfg(test)]
mod tests;
