//! Credentials in incident text: recognised and masked before anybody, or any model, reads them.
//!
//! Command lines, connection strings, URLs and headers in alerts often hold live secrets. A mask that is too wide costs a
//! word; one that is too narrow leaks a key into a comment, so the patterns lean to the wide side.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands in a comment where a credential stood.
pub(super) const MASK: &str = "[masked]";

/// Without one of these no pattern can match: most values are short names and stop here.
const HINTS: &str = r"(?i)pass|pwd|secret|token|key|auth|bearer|basic\s|cred|cookie|sig=|signature|session|connection|://|private|eyJ|AKIA|ASIA|AIDA|AROA|ABIA|ACCA|AIza|ya29|GOCSPX|gh[pousr]_|github_pat|glpat|gl[a-z]{2,4}t-|xox|xapp|sk[-_]|rk_|whsec_|hf_|gsk_|r8_|xai-|npm_|pypi-|do[opr]_v1|SG\.|dapi|hvs\.|hvb\.|dckr_|ATATT|lin_api|AGE-|shp[a-z]{2}_|NRAK|sntry|Q~|AZDO|AzFu|AzSe|AzCa|ACDb|APIM|ASt|JQQJ99|hooks\.|webhook|\d:AA|==|\$[1256y]|[a-f0-9]{32}:[a-f0-9]{32}|\s[-/][a-z]{1,2}|user|[MNO][\w-]{23,}\.|PuTTY|%";

/// Names whose value is a secret, wherever they stand in a longer name (`AWS_SECRET_ACCESS_KEY`, `dbPassword`).
const NAMES: &str = r"pass(?:word|wd|phrase|code|wort)?|passw|pwd|secret|token|credentials?|api[_-]?key|access[_-]?key|account[_-]?key|shared[_-]?key|shared[_-]?access[_-]?(?:key|signature)|private[_-]?key|master[_-]?key|primary[_-]?key|secondary[_-]?key|subscription[_-]?key|functions?[_-]?key|host[_-]?key|storage[_-]?key|encryption[_-]?key|signing[_-]?key|auth[_-]?key|ssh[_-]?key|session[_-]?(?:id|key)|connection[_-]?string|signature|sshpass|mysql_pwd";

/// Ends of names that hold the word but no secret: `SecretsRead`, `PasswordPolicy`, `TokenCount`.
const NO_SECRET: &[&str] = &[
    "read",
    "reads",
    "get",
    "list",
    "count",
    "counts",
    "age",
    "policy",
    "policies",
    "length",
    "type",
    "types",
    "expiry",
    "expires",
    "reset",
    "resets",
    "change",
    "changes",
    "changed",
    "spray",
    "attempts",
    "attempt",
    "failed",
    "failure",
    "failures",
    "deleted",
    "theft",
    "issued",
    "lifetime",
    "protection",
    "name",
    "names",
    "uri",
    "vault",
    "enabled",
    "required",
];

/// A quoted string, or a word.
const VALUE: &str = r#"(?:\\?"(?:[^"\\]|\\.)*(?:"|$)|\\?'[^']*(?:'|$)|[^\s"';&,<>]+)"#;

/// Tools whose short options take a password, and those options.
const PASSWORD_TOOLS: &[(&str, &str)] = &[
    (r"mysql\w*|mariadb[\w-]*", "-p"),
    (
        r"sshpass|psexec\w*|paexec|evil-winrm|crackmapexec|netexec|nxc|hydra|medusa|rdesktop|winexe|ncrack|mongo\w*|cqlsh|7za?|rar|unrar|smbmap|bloodhound[\w-]*|(?:docker|podman|buildah|az|oc|helm|cf|skopeo|oras|nerdctl)(?:\s+[a-z-]+){0,2}\s+login",
        "-h?p",
    ),
    (r"plink|pscp|psftp|putty|kitty", "-pw"),
    (
        r"sqlcmd|bcp|osql|isql|zip|unzip|sqlplus|tsql|clickhouse-client|ldapmodify",
        "-P",
    ),
    (r"ldapsearch|ldapadd|ldapwhoami|ldapdelete|rclone", "-w"),
    (r"redis-cli", "-a"),
    (r"schtasks", "/r?p"),
    (r"xfreerdp\w*|wfreerdp|mstsc", "/p:?"),
];

struct Rule {
    pattern: Regex,
    replacement: &'static str,
}

static HINT: LazyLock<Regex> = LazyLock::new(|| compiled(HINTS));
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(rules);

/// `text` with every credential replaced by `[masked]`.
pub(super) fn masked(text: String) -> String {
    if !HINT.is_match(&text) {
        return text;
    }
    let mut text = text;
    for rule in RULES.iter() {
        let replaced = rule
            .pattern
            .replace_all(&text, |found: &Captures| expand(rule.replacement, found));
        if let Cow::Owned(new) = replaced {
            text = new;
        }
    }
    text
}

fn expand(replacement: &str, found: &Captures) -> String {
    if let Some(name) = found.name("name") {
        let name = name.as_str().to_ascii_lowercase();
        if NO_SECRET.iter().any(|end| name.ends_with(end)) {
            return found[0].to_owned();
        }
    }
    let mut out = String::new();
    found.expand(replacement, &mut out);
    out
}

fn compiled(pattern: &str) -> Regex {
    #[expect(
        clippy::expect_used,
        reason = "the patterns are constants, and a test compiles them all"
    )]
    Regex::new(pattern).expect("pattern compiles")
}

fn rules() -> Vec<Rule> {
    let mut rules = vec![
        rule(
            r"(?is)-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?(?:-----END [A-Z0-9 ]*-----|$)",
            MASK,
        ),
        rule(r"(?is)(Private-Lines:\s*\d+).*?(?:Private-MAC|$)", "${1} [masked]"),
        rule(r#"(?i)(://[^\s/?#:@"'<>]*:)[^\s"'<>]+@"#, "${1}[masked]@"),
        rule(r#"(?i)(://)[^\s/?#:@"'<>]{16,}@"#, "${1}[masked]@"),
        rule(
            r#"(?i)(authorization\\?["']?\s*[:=]\s*\\?["']?)(?:(bearer|basic|token|digest|negotiate|ntlm|apikey|sharedkey\w*|aws4-hmac-sha256|key)\s+)?[^\s"']+"#,
            "${1}${2} [masked]",
        ),
        rule(r"(?i)\b(credential|signature)=[^\s,]+", "${1}=[masked]"),
        rule(r#"(?i)((?:set-)?cookie\\?["']?\s*:\s*)[^"']+"#, "${1}[masked]"),
        rule(r#"(?i)\b(bearer|basic)\s+["']?[A-Za-z0-9._~+/=-]{8,}"#, "${1} [masked]"),
    ];
    rules.extend(TOKENS.iter().map(|pattern| rule(pattern, MASK)));
    // The tools come before the names: a name's value may be a tool (`credentials: mysql -pX`).
    rules.extend(tool_options());
    rules.extend(named_values());
    rules
}

/// Keys and tokens that show by their form.
const TOKENS: &[&str] = &[
    r"\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){1,4}|\beyJ[A-Za-z0-9_-]{24,}=*",
    r"\b(?:AKIA|ASIA|AIDA|AROA|ABIA|ACCA)[A-Z0-9]{12,}",
    r"\b(?:gh[pousr]_|github_pat|github_pat_)[A-Za-z0-9_]{16,}",
    r"\b(?:glpat|gldt|glrt|glcbt|glptt|glft|glsoat|glimt|glagent)-[A-Za-z0-9_.-]{12,}",
    r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp|xoxe)-[A-Za-z0-9-]{8,}",
    r"(?i)(?:hooks\.slack\.com/(?:services|workflows)|[\w.-]*webhook\.office\.com/webhookb2|discord(?:app)?\.com/api/webhooks)/[^\s\x22']+",
    r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
    r"\d{8,10}:AA[A-Za-z0-9_-]{30,}",
    r"\b(?:sk|rk|pk)[-_][A-Za-z0-9_-]{12,}",
    r"\b(?:whsec_|hf_|gsk_|r8_|xai-|npm_|lin_api_|dckr_pat_|dckr_oat_|shp[a-z]{2}_|sntry[su]_|dop_v1_|doo_v1_|dor_v1_|pypi-|GOCSPX-|hv[sbr]\.|NRAK-|AGE-SECRET-KEY-1|ATATT3|dapi|pat-)[A-Za-z0-9_=+/.-]{16,}",
    r"\bAIza[A-Za-z0-9_-]{30,}|\bya29\.[A-Za-z0-9_-]{10,}",
    r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{20,}",
    r"[A-Za-z0-9+/_-]{20,}(?:AZDO|AzFu|AzSe|AzCa|ACDb|APIM|\+?ASt|AIoT|ACRA|JQQJ99)[A-Za-z0-9+/_-]{4,}={0,2}",
    r"[A-Za-z0-9+/]{40,}={1,2}",
    r"\$(?:1|2[abxy]?|5|6|7|y|gy|sha1|argon2\w*)\$[A-Za-z0-9./$,=+]{16,}",
    r"(?i)\b[a-f0-9]{32}:[a-f0-9]{32}\b",
];

fn named_values() -> Vec<Rule> {
    vec![
        // `sig=...` of a shared access signature.
        rule(r"(?i)([?&;\s]sig(?:nature)?=)[^&\s\x22';]+", "${1}[masked]"),
        // --password hunter2, -Password "x", --client-secret=x, /pass:x
        rule(
            &format!(
                r"(?i)((?:^|\s|[\x22'`(])(?:--?|/)[a-z0-9_-]*(?:{NAMES})[a-z0-9_-]*(?:\s*[=:]\s*|\s+))(?:{VALUE})"
            ),
            "${1}[masked]",
        ),
        // password=x, "clientSecret": "x", AccountKey=x, DB_PASSWORD := x
        rule(
            &format!(r#"(?i)((?<name>(?:{NAMES})[a-z0-9_-]*)\\?["']?\]?\s*(?::=|=>|=|:)\s*)(?:{VALUE})"#),
            "${1}[masked]",
        ),
        // password 'x', password is x
        rule(
            &format!(
                r"(?i)\b((?:password|passwd|passphrase|secret)(?:\s+(?:is|was|of))?\s+)(?:\x22[^\x22]+\x22|'[^']+')"
            ),
            "${1}[masked]",
        ),
        rule(
            r"(?i)\b((?:password|passwd|passphrase)\s+(?:is|was)\s+)\S+",
            "${1}[masked]",
        ),
        rule(r"(?i)\b(pass(?:in|out)?\s+pass:|pass:)\S+", "${1}[masked]"),
        rule(
            &format!(r"(?i)(ConvertTo-SecureString\s+(?:-(?:String|AsPlainText|Force)\s+)*)(?:{VALUE})"),
            "${1}[masked]",
        ),
        rule(
            r#"(?i)((?:NetworkCredential|PSCredential)\s*\(\s*["'][^"']*["']\s*,\s*)["'][^"']*["']"#,
            "${1}[masked]",
        ),
    ]
}

fn tool_options() -> Vec<Rule> {
    let mut rules: Vec<Rule> = PASSWORD_TOOLS
        .iter()
        .map(|(tools, option)| {
            let case = if *option == "-P" { "" } else { "(?i)" };
            rule(
                &format!(r"{case}(\b(?:{tools})(?:\.exe)?\b[^|;&]*?\s{option})(?:\s*)(?:{VALUE})"),
                "${1}[masked]",
            )
        })
        .collect();
    rules.extend([
        // curl -u user:password, --user user:password, --proxy-user
        rule(
            r"(?i)(\s(?:-u|--user|--proxy-user|-U)[=\s]*[\x22']?[^\s:\x22'%]+[:%])[^\s\x22']+",
            "${1}[masked]",
        ),
        // net user NAME PASSWORD /add; net use SHARE PASSWORD
        rule(r"(?i)(\bnet1?(?:\.exe)?\s+user\s+[^\s/]+\s+)[^\s/]\S*", "${1}[masked]"),
        rule(
            r"(?i)(\bnet1?(?:\.exe)?\s+use\s+(?:[a-z*]:?\s+)?\\\\\S+\s+)[^\s/]\S*",
            "${1}[masked]",
        ),
        rule(r"(?i)(/(?:p|pass|password|rp):)\S+", "${1}[masked]"),
        // echo user:password | chpasswd; echo password | sudo -S
        rule(
            r"(?i)(\becho\s+(?:-[a-z]+\s+)?)[^|]+(\|\s*(?:\S*/)?(?:sudo\s+)?(?:chpasswd|passwd|sudo\s+-S|su)\b)",
            "${1}[masked] ${2}",
        ),
    ]);
    rules
}

fn rule(pattern: &str, replacement: &'static str) -> Rule {
    Rule {
        pattern: compiled(pattern),
        replacement,
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[track_caller]
    fn hides(text: &str, secrets: &[&str]) {
        let out = masked(text.to_owned());
        for secret in secrets {
            assert!(!out.contains(secret), "`{secret}` is still in `{out}`");
        }
        assert!(out.contains(super::MASK), "nothing masked in `{out}`");
    }

    #[test]
    fn options() {
        for text in [
            "mysql -u root -pS3cr3tValue db",
            "line holds credentials: mysql -u root -pS3cr3tValue db",
            "mysqldump --password=S3cr3tValue db",
            "mysql --password S3cr3tValue",
            "sshpass -p S3cr3tValue ssh root@10.0.0.4",
            "sshpass -pS3cr3tValue ssh root@10.0.0.4",
            "plink.exe -ssh root@h -pw S3cr3tValue",
            "psexec \\\\web-02 -u admin -p S3cr3tValue cmd",
            "sqlcmd -S db -U sa -P S3cr3tValue",
            "redis-cli -h cache -a S3cr3tValue keys *",
            "curl -u admin:S3cr3tValue host",
            "curl --user 'admin:S3cr3tValue' host",
            "smbclient //h/s -U admin%S3cr3tValue",
            "az login --service-principal -u APP -p S3cr3tValue --tenant T",
            "docker login -u me -p S3cr3tValue registry",
            "net user backdoor S3cr3tValue /add",
            "net use \\\\dc\\c$ S3cr3tValue /user:admin",
            "net use Z: \\\\dc\\c$ S3cr3tValue /user:admin",
            "schtasks /create /ru admin /rp S3cr3tValue /tn x",
            "cmdkey /add:h /user:u /pass:S3cr3tValue",
            "xfreerdp /v:h /u:u /p:S3cr3tValue",
            "Connect-X -Password 'S3cr3tValue'",
            "ConvertTo-SecureString 'S3cr3tValue' -AsPlainText -Force",
            "ConvertTo-SecureString -String \"S3cr3tValue\" -AsPlainText",
            "openssl enc -aes-256-cbc -k x -pass pass:S3cr3tValue",
            "echo root:S3cr3tValue | chpasswd",
            "echo S3cr3tValue | sudo -S id",
            "7z a -pS3cr3tValue out.7z dir",
            "gpg --batch --passphrase S3cr3tValue -c f",
            "tool --api-key S3cr3tValue --client-secret=S3cr3tValue --token \"S3cr3tValue x\"",
            "new-object System.Net.NetworkCredential('u','S3cr3tValue')",
        ] {
            hides(text, &["S3cr3tValue"]);
        }
    }

    #[test]
    fn named_values_and_connection_strings() {
        for text in [
            "Server=db;User Id=sa;Password=S3cr3tValue;Encrypt=true",
            "Server=db;Pwd='S3cr3t;Value';",
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=S3cr3tValue==;EndpointSuffix=core.windows.net",
            "Endpoint=sb://ns/;SharedAccessKeyName=Root;SharedAccessKey=S3cr3tValue=",
            "export AWS_SECRET_ACCESS_KEY=S3cr3tValue",
            "PGPASSWORD=S3cr3tValue psql",
            "SSHPASS=S3cr3tValue sshpass -e",
            "{\"clientSecret\": \"S3cr3tValue\"}",
            "{\\\"password\\\":\\\"S3cr3tValue\\\"}",
            "client_secret=S3cr3tValue&grant_type=client_credentials",
            "https://a.blob.example/c?sv=2024&sig=S3cr3tValue%3D&se=x",
            "the password is S3cr3tValue",
            "password 'S3cr3tValue'",
            "x-api-key: S3cr3tValue",
            "$env:TOKEN = 'S3cr3tValue'",
        ] {
            hides(text, &["S3cr3t"]);
        }
    }

    #[test]
    fn urls_and_headers() {
        for text in [
            "git clone https://me:S3cr3tValue@git.example/r",
            "postgres://u:S3cr3t@Value@db:5432/x",
            "https://S3cr3tValueS3cr3tValue@git.example/r",
            "curl -H 'Authorization: Bearer S3cr3tValue' h",
            "curl -H \"Authorization: Basic UzNjcjN0VmFsdWU=\" h",
            "Authorization: S3cr3tValue",
            "bearer S3cr3tValue.abc",
            "Cookie: sid=S3cr3tValue; theme=dark",
            "Authorization: AWS4-HMAC-SHA256 Credential=S3cr3tValue/20260101, Signature=S3cr3tValue",
        ] {
            hides(text, &["S3cr3tValue", "UzNjcjN0VmFsdWU"]);
        }
    }

    #[test]
    fn tokens_by_their_form() {
        let long = "EXAMPLE".repeat(8);
        for text in [
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiJFWEFNUExFIn0.EXAMPLE".to_owned(),
            "AKIAEXAMPLEEXAMPLE12".to_owned(),
            format!("ghp_{}", &long[..36]),
            format!("github_pat_{long}"),
            format!("glpat-{}", &long[..20]),
            "xoxb-EXAMPLE-EXAMPLE-EXAMPLE".to_owned(),
            format!("sk-proj-{}", &long[..40]),
            format!("AIza{}", &long[..35]),
            format!("hf_{}", &long[..34]),
            format!("npm_{}", &long[..36]),
            format!("{}EXAM==", "EXAMPLE+".repeat(10)),
            format!("abc8Q~{}", &long[..34]),
            "123456789:AAEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMP".to_owned(),
            "root:$6$EXAMPLEEXAMPLE$EXAMPLEEXAMPLEEXAMPLE/:".to_owned(),
            "aad3b435b51404eeaad3b435b51404ee:31d6cfe0d16ae931b73c59d7e0c089c0".to_owned(),
            "-----BEGIN OPENSSH PRIVATE KEY----- EXAMPLE EXAMPLE -----END OPENSSH PRIVATE KEY-----".to_owned(),
            "-----BEGIN RSA PRIVATE KEY----- EXAMPLE EXAMPLE".to_owned(),
        ] {
            hides(
                &format!("run {text}"),
                &[
                    "EXAMPLEEXAMPLE",
                    "EXAMPLE-EXAMPLE",
                    "EXAMPLE+",
                    "eyJzdWIi",
                    "31d6cfe0",
                    "EXAMPLE EXAMPLE",
                ],
            );
        }
    }

    #[test]
    fn ordinary_text_stays() {
        for text in [
            "4,213 failed SSH logins in 31 min from 203.0.113.7, then one success for `deploy`",
            "Failed password for root from 203.0.113.7 port 22 ssh2",
            "ssh -p 2222 deploy@web-01",
            "nmap -p 80 10.0.0.0/8",
            "mkdir -p /var/www && tar -xzf x.tgz",
            "powershell -NoProfile -ExecutionPolicy Bypass -File a.ps1",
            "Suspicious Key Vault access by a service principal",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv",
            "Attempted logon with 3 user names",
            "Token theft: anomalous token",
            "SecretsRead: 64; SecretList: 1, PasswordPolicy=strict TokenCount: 5",
        ] {
            assert_eq!(masked(text.to_owned()), text);
        }
    }
}
