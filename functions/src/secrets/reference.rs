//! `env://NAME`, `keyvault://VAULT/NAME[/VERSION]`, `secretsmanager://NAME-OR-ARN[#json-key]`, or the secret itself.

use secrecy::SecretString;

/// Where a secret is.
#[derive(Debug, Clone)]
pub enum Reference {
    /// Here: given as it is, or by the name of a variable.
    Given(SecretString),
    /// In a variable that is not set: whoever needs the secret is told so, and nobody else.
    Unset,
    /// In a vault of Azure Key Vault.
    #[cfg(feature = "azure")]
    KeyVault(super::keyvault::Place),
    /// In AWS Secrets Manager.
    #[cfg(feature = "aws")]
    SecretsManager {
        /// Name or ARN.
        id: String,
        /// The member, if the secret is a JSON object.
        json_key: Option<String>,
    },
}

/// A reference to nothing. The text is not repeated: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReference {
    /// The parts are not those of a vault's secret.
    #[error("expected `keyvault://VAULT/NAME` or `keyvault://VAULT/NAME/VERSION`")]
    KeyVault,
    /// There is no name.
    #[error("expected `secretsmanager://NAME-OR-ARN` or `secretsmanager://NAME-OR-ARN#json-key`")]
    SecretsManager,
    /// A scheme that this build does not know.
    #[error("expected `env://`, {KNOWN}or the secret itself")]
    Scheme,
}

#[cfg(all(feature = "azure", feature = "aws"))]
const KNOWN: &str = "`entra://`, `keyvault://`, `secretsmanager://` ";
#[cfg(all(feature = "azure", not(feature = "aws")))]
const KNOWN: &str = "`entra://`, `keyvault://` (this build has no `secretsmanager://`) ";
#[cfg(all(feature = "aws", not(feature = "azure")))]
const KNOWN: &str = "`secretsmanager://` (this build has no `entra://` and no `keyvault://`) ";
#[cfg(not(any(feature = "azure", feature = "aws")))]
const KNOWN: &str = "";

impl Reference {
    /// Reads a reference; `variable` gives the value of a variable of the environment.
    ///
    /// # Errors
    /// [`InvalidReference`].
    pub fn parse(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, InvalidReference> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(Reference::Given(text.into()));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "env" => {
                let value = variable(rest).filter(|value| !value.trim().is_empty());
                Ok(value.map_or(Reference::Unset, |value| Reference::Given(value.into())))
            }
            #[cfg(feature = "azure")]
            "keyvault" => {
                super::keyvault::Place::parse(rest).map(Reference::KeyVault).ok_or(InvalidReference::KeyVault)
            }
            #[cfg(feature = "aws")]
            "secretsmanager" => {
                let (id, json_key) = rest.split_once('#').map_or((rest, None), |(id, key)| (id, Some(key.to_owned())));
                let is_id =
                    !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+=.@:-!".contains(&b));
                if is_id {
                    Ok(Reference::SecretsManager { id: id.to_owned(), json_key })
                } else {
                    Err(InvalidReference::SecretsManager)
                }
            }
            _ => Err(InvalidReference::Scheme),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Reference, InvalidReference> {
        Reference::parse(text, &|name| (name == "MY_KEY").then(|| "sk-1".to_owned()))
    }

    #[test]
    fn references_are_told_from_secrets() {
        assert!(matches!(parse("sk-1"), Ok(Reference::Given(_))));
        assert!(matches!(parse("env://MY_KEY"), Ok(Reference::Given(_))));
        assert!(matches!(parse("env://OTHER"), Ok(Reference::Unset)));
        assert_eq!(parse("vault://x/y").unwrap_err(), InvalidReference::Scheme);
    }

    #[cfg(feature = "azure")]
    #[test]
    fn vaults_have_a_name_and_a_secret() {
        for good in [
            "keyvault://kv-soc/model-key",
            "KEYVAULT://kv-soc/model-key/0123456789abcdef",
            "keyvault://127.0.0.1:8080/k",
        ] {
            assert!(matches!(parse(good), Ok(Reference::KeyVault(_))), "{good}");
        }
        for bad in [
            "keyvault://",
            "keyvault://kv-soc",
            "keyvault://kv-soc/",
            "keyvault://evil.example/k",
            "keyvault://kv@evil/k",
            "keyvault://kv-soc/a/b/c",
            "keyvault://kv-soc/a?b",
            "keyvault://127.0.0.1.evil.example:80/k",
        ] {
            assert_eq!(parse(bad).unwrap_err(), InvalidReference::KeyVault, "{bad}");
        }
    }

    #[cfg(feature = "aws")]
    #[test]
    fn secrets_manager_takes_names_arns_and_members() {
        let arn = "secretsmanager://arn:aws:secretsmanager:eu-central-1:111122223333:secret:model-AbCdEf#key";
        let Ok(Reference::SecretsManager { id, json_key }) = parse(arn) else { panic!() };
        assert_eq!((id.len(), json_key.as_deref()), (68, Some("key")));
        assert_eq!(parse("secretsmanager://").unwrap_err(), InvalidReference::SecretsManager);
        assert_eq!(parse("secretsmanager://a b").unwrap_err(), InvalidReference::SecretsManager);
    }

    #[test]
    fn secrets_are_not_shown() {
        assert!(!format!("{:?}", parse("sk-1")).contains("sk-1"));
    }
}
