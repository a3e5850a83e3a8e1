//! What credentials look like.
//!
//! The patterns run over cleaned text, in which the only white space is the plain space, and they use ASCII classes only:
//! Unicode's make each of them many times slower to compile, and they are compiled when the first incident comes.

/// Without one of these no pattern can match: most values are names and plain sentences, and stop here.
pub(super) const HINTS: &[&str] = &[
    // a name with a value
    r#"(?:pass|pwd|secret|token|cred|key|auth|sig|signature|cookie|session|string)[a-z0-9_-]*\\?["']?\]? *[=:]"#,
    // an option whose name says it, and short options of tools
    r"[-/][a-z0-9_-]*(?:pass|pwd|secret|token|cred|key|string)",
    r" (?:--?(?:h?p|w|a|u|h|user|proxy-user|hash)|/r?p)|<<<|sqlplus|:[^ :@/]{3,}@[a-z0-9]",
    // said in words
    r"pass(?:word|wd|phrase)? |secret (?:is|was|of|['\x22])|securestring|networkcredential|pscredential|pass:|bearer|basic |net1?(?:\.exe)? +us|echo .*\|",
    r"://[^ /]*@|private-lines|-----begin",
    // forms of tokens
    r"eyj|akia|asia|aida|aroa|abia|acca|aiza|ya29|gocspx|gh[pousr]_|github_pat|gl[a-z]{2,5}-|xox|xapp|[srp]k[-_]|whsec_|hf_|gsk_|r8_|xai-|npm_|pypi-|do[opr]_v1|sg\.|dapi|hv[sbr]\.|dckr_|atatt|lin_api|shp[a-z]{2}_|nrak|sntry|q~|azdo|azfu|azse|azca|acdb|apim|aiot|acra|ast|jqqj99|hooks\.|webhook|:aa|=|\$[1256yga]|:[a-f0-9]{32}|[mno][0-9a-z_-]{23}|age-secret|pat-",
];

/// Names whose value is a secret, wherever they stand in a longer name (`AWS_SECRET_ACCESS_KEY`, `dbPassword`).
pub(super) const NAMES: &str = r"pass(?:word|wd|phrase|code|wort)?|pwd|secret|token|credentials?|api[_-]?key|access[_-]?key|account[_-]?key|shared[_-]?key|shared[_-]?access[_-]?(?:key|signature)|private[_-]?key|master[_-]?key|primary[_-]?key|secondary[_-]?key|subscription[_-]?key|functions?[_-]?key|host[_-]?key|storage[_-]?key|encryption[_-]?key|signing[_-]?key|auth[_-]?key|ssh[_-]?key|session[_-]?(?:id|key)|connection[_-]?string|signature";

/// Ends of names that hold such a word but no secret: `SecretsRead`, `PasswordPolicy`, `TokenCount`.
pub(super) const NO_SECRET: &[&str] = &[
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
pub(super) const VALUE: &str = r#"(?:\\?"(?:[^"\\]|\\.)*(?:"|$)|\\?'[^']*(?:'|$)|[^ "';]+)"#;

/// Tools whose short options take a password, and those options.
pub(super) const PASSWORD_TOOLS: &[(&str, &str)] = &[
    (r"mysql[a-z_]*|mariadb[a-z-]*", "-p"),
    (r"evil-winrm|crackmapexec|netexec|nxc|impacket-[a-z]+|[a-z]+\.py", "-(?:H|hashes|hash)"),
    (
        r"sshpass|psexec[a-z0-9]*|paexec|evil-winrm|crackmapexec|netexec|nxc|hydra|medusa|rdesktop|winexe|ncrack|mongo[a-z]*|cqlsh|7za?|rar|unrar|smbmap|bloodhound[a-z-]*|(?:docker|podman|buildah|az|oc|helm|cf|skopeo|oras|nerdctl)(?: +[a-z-]+){0,2} +login",
        "-(?:h?p|u [^ ]+ -p)",
    ),
    (r"plink|pscp|psftp|putty|kitty", "-(?i:pw)"),
    (r"sqlcmd|bcp|osql|isql|zip|unzip|sqlplus|tsql|clickhouse-client|ldapmodify", "-P"),
    (r"ldapsearch|ldapadd|ldapwhoami|ldapdelete|rclone", "-w"),
    (r"redis-cli", "-a"),
    (r"schtasks", "/(?i:r?p)"),
    (r"xfreerdp[0-9]?|wfreerdp|mstsc", "/(?i:p):?"),
];

/// Whole credentials: keys and tokens that show by their form.
pub(super) const TOKENS: &[&str] = &[
    r"(?s:-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?(?:-----END [A-Z0-9 ]*-----|$))",
    r"eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){1,4}|eyJ[A-Za-z0-9_-]{24,}=*",
    r"\b(?:AKIA|ASIA|AIDA|AROA|ABIA|ACCA)[A-Z0-9]{12,}",
    r"(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{16,}",
    r"\b(?:glpat|gldt|glrt|glcbt|glptt|glft|glsoat|glimt|glagent)-[A-Za-z0-9_.-]{12,}",
    r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{8,}",
    r"(?:hooks\.slack\.com/(?:services|workflows)|[a-z0-9.-]*webhook\.office\.com/webhookb2|discord(?:app)?\.com/api/webhooks)/[^ \x22']+",
    r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
    r"[0-9]{8,10}:AA[A-Za-z0-9_-]{30,}",
    // A run of letters and digits: `sk-webserver-01` is a name.
    r"\b[srp]k[-_][A-Za-z0-9_-]*[A-Za-z0-9]{16,}[A-Za-z0-9_-]*",
    r"\b(?:whsec_|hf_|gsk_|r8_|xai-|npm_|lin_api_|dckr_[op]at_|shp[a-z]{2}_|sntry[su]_|do[opr]_v1_|pypi-|GOCSPX-|hv[sbr]\.|NRAK-|AGE-SECRET-KEY-1|ATATT3|dapi)[A-Za-z0-9_=+/.-]{16,}",
    r"\bAIza[A-Za-z0-9_-]{30,}|\bya29\.[A-Za-z0-9_-]{10,}",
    r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{20,}",
    r"[A-Za-z0-9+/_-]{20,}(?:AZDO|AzFu|AzSe|AzCa|ACDb|APIM|\+?ASt|AIoT|ACRA|JQQJ99)[A-Za-z0-9+/_-]{4,}={0,2}",
    r"[A-Za-z0-9+/]{40,}={1,2}",
    r"\$(?:1|2[abxy]?|5|6|7|y|gy|sha1|argon2[a-z]*)\$[A-Za-z0-9./$,=+]{16,}",
    r"\b[A-Fa-f0-9]{32}:[A-Fa-f0-9]{32}\b",
];

/// Credentials with words before them that stay, and what takes their place.
pub(super) const IN_CONTEXT: &[(&str, &str)] = &[
    (r"(?is)(Private-Lines: *[0-9]+).*?(?:Private-MAC|$)", "${1} [masked]"),
    // user:password@ and token@ in URLs
    (r#"(?i)(://[^ /?#:@"'<>]*:)[^ "'<>]+@"#, "${1}[masked]@"),
    (r#"(?i)(://)[^ /?#:@"'<>]{16,}@"#, "${1}[masked]@"),
    // headers
    (
        r#"(?i)(authorization\\?["']? *[:=] *\\?["']?)(?:(bearer|basic|token|digest|negotiate|ntlm|apikey|sharedkey[a-z]*|aws4-hmac-sha256|key) +)?[^ "']+"#,
        "${1}${2} [masked]",
    ),
    (r"(?i)\b(credential|signature)=[^ ,]+", "${1}=[masked]"),
    (r#"(?i)((?:set-)?cookie\\?["']? *: *)[^"']+"#, "${1}[masked]"),
    (r#"(?i)\b(bearer|basic) +["']?[A-Za-z0-9._~+/=-]{8,}"#, "${1} [masked]"),
    // curl -u user:password, --user user:password; smbclient -U user%password
    (
        r"(?i)( (?:-u|--user|--proxy-user|-U)[= ]*[\x22']?[^ :\x22'%]+[:%])(?:\x22[^\x22]*\x22|'[^']*'|[^ \x22']+)",
        "${1}[masked]",
    ),
    // impacket and others: domain/user:password@host
    (r"(?i)\b([a-z0-9_.$-]+:)[^ :@/\x22']{3,}(@[a-z0-9])", "${1}[masked]${2}"),
    (r"(?i)\b(sqlplus +(?:-[a-z]+ +)*[^ /]+/)[^ @]+", "${1}[masked]"),
    (
        r"(?i)\b((?:chpasswd|passwd|sudo|su|kinit|cryptsetup|gpg|openssl)\b[^|;]*<<< *)(?:\x22[^\x22]*\x22|'[^']*'|[^ ]+)",
        "${1}[masked]",
    ),
    // <password>x</password>
    (r"(?i)(<[a-z:_-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|apikey)[a-z]*>)[^<]+", "${1}[masked]"),
    // net user NAME PASSWORD /add; net use SHARE PASSWORD
    (r"(?i)(\bnet1?(?:\.exe)? +user +[^ /]+ +)[^ /][^ ]*", "${1}[masked]"),
    (r"(?i)(\bnet1?(?:\.exe)? +use +(?:[a-z*]:? +)?\\\\[^ ]+ +)[^ /][^ ]*", "${1}[masked]"),
    (r"(?i)(\bnet1?(?:\.exe)? +use +.*?/user:[^ ]+ +)[^ /][^ ]*", "${1}[masked]"),
    (r"(?i)(/(?:p|pass|password|rp):)[^ ]+", "${1}[masked]"),
    // echo user:password | chpasswd; echo password | sudo -S
    (
        r"(?i)(\becho +(?:-[a-z]+ +)?)[^|]+(\| *(?:[^ ]*/)?(?:sudo +)?(?:chpasswd|passwd|sudo +-S|su)\b)",
        "${1}[masked] ${2}",
    ),
    (
        r"(?i)\b((?:password|passwd|passphrase|secret)(?: +(?:is|was|of))? +)(?:\x22[^\x22]+\x22|'[^']+')",
        "${1}[masked]",
    ),
    (r"(?i)\b((?:password|passwd|passphrase) +(?:is|was) +)[^ ]+", "${1}[masked]"),
    (r"(?i)\b(pass(?:in|out)? +pass:|pass:)[^ ]+", "${1}[masked]"),
    (r#"(?i)((?:NetworkCredential|PSCredential) *\( *["'][^"']*["'] *, *)["'][^"']*["']"#, "${1}[masked]"),
    // sig=... of a shared access signature
    (r"(?i)([?&; ]sig(?:nature)?=)[^& \x22';]+", "${1}[masked]"),
];
