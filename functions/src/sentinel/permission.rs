//! What Azure says that somebody may do: lists of allowed and excepted actions, with wildcards.

use serde::Deserialize;

/// One grant, as `Microsoft.Authorization/permissions` lists them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Permission {
    actions: Vec<String>,
    not_actions: Vec<String>,
}

/// True if one of the grants allows the action: it is among its actions, and not among its exceptions.
pub(crate) fn allows(permissions: &[Permission], action: &str) -> bool {
    let is_among = |patterns: &[String]| patterns.iter().any(|pattern| fits(pattern, action));
    permissions.iter().any(|grant| is_among(&grant.actions) && !is_among(&grant.not_actions))
}

/// True if an action fits a pattern, in any letter case; `*` stands for anything.
fn fits(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = action.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WRITE: &str = "Microsoft.SecurityInsights/incidents/comments/write";

    fn grant(actions: &[&str], not_actions: &[&str]) -> Permission {
        let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        Permission { actions: owned(actions), not_actions: owned(not_actions) }
    }

    #[test]
    fn roles_allow_what_azure_says() {
        // As Microsoft Sentinel Responder, Reader, Owner, and Contributor with an exception.
        for (permissions, is_allowed) in [
            (vec![grant(&["microsoft.securityinsights/incidents/*"], &[])], true),
            (vec![grant(&["Microsoft.SecurityInsights/*/read"], &[])], false),
            (vec![grant(&["*"], &[])], true),
            (vec![grant(&["*"], &["Microsoft.SecurityInsights/*/write"])], false),
            (vec![grant(&["*"], &["Microsoft.SecurityInsights/*"]), grant(&["*/write"], &[])], true),
            (vec![grant(&[], &[])], false),
            (vec![grant(&[WRITE], &[])], true),
            (Vec::new(), false),
        ] {
            assert_eq!(allows(&permissions, WRITE), is_allowed, "{permissions:?}");
        }
        assert!(!fits("a*bc", "abc*") && fits("a*b*c", "aXbYc") && !fits("ab*ba", "aba"));
    }

    proptest! {
        #[test]
        fn a_pattern_of_an_actions_own_pieces_fits(parts in prop::collection::vec("[a-z/.]{0,6}", 1..5)) {
            let action = parts.concat();
            prop_assert!(fits(&parts.join("*"), &action));
            prop_assert!(fits(&action, &action) && fits("*", &action));
        }
    }
}
