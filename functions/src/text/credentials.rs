//! What credentials look like.
//!
//! The patterns run over cleaned text, in which the only white space is the plain space. Every pattern has a hint beside
//! it: a cheap one without which it cannot match, so that a text costs only the patterns it needs. What a pattern's groups
//! hold is masked, or, if it has none, the [`VALUE`] that follows. Three groups have names: `name` is checked against
//! [`NO_SECRET`], `field` against [`MAIL_FIELDS`], and `word` is masked unless it is a plain word. `@KEY` stands for [`KEY`].

/// Names whose value is a secret, wherever they stand in a longer name (`AWS_SECRET_ACCESS_KEY`, `dbPassword`).
pub(super) const KEY: &str = r"(?:pass(?:word|wd|[_-]?phrase|code|wort)|pwd|secret|token|credentials?|(?:api|access|account|shared|shared[_-]?access|private|master|primary|secondary|subscription|functions?|host|storage|encryption|signing|auth|ssh|session|license|service)[_-]?key|shared[_-]?access[_-]?signature|key[_-]?data|connection[_-]?string|client[_-]?assertion)";

/// Ends of names that hold such a word but no secret: `SecretsRead`, `PasswordPolicy`, `TokenCount`, `compass`.
pub(super) const NO_SECRET: &str = "pscredential networkcredential read reads get list count counts age policy policies length type types expiry expires expired reset resets \
    change changes changed spray attempts attempt failed failure failures deleted theft issued lifetime protection \
    name names uri url vault enabled required lastset endpoint issuer status provider compass bypass trespass sync \
    secretary secretaries secretariat tokenizer tokenizers tokenization tokenized";

/// Values that say there is no secret.
pub(super) const NO_VALUE: &str = "none null nil true false yes no missing unknown empty n/a success succeeded failed required expired exposed \
    rotated revoked leaked stolen found";

/// Names before a mail address: `to:alice@contoso.com` is not a user with a password at a host.
pub(super) const MAIL_FIELDS: &str = "to from cc by id im urn upn sip smtp user mail name xmpp acct mailto replyto actor owner sender caller target \
    member account address subject identity recipient requester principal initiator";

/// What is masked already, a list, a quoted string with what a shell joins to it, or a word.
pub(super) const VALUE: &str = r#"(?:\[masked\]|\[ *\\?["'][^\]]*\]?|\\"(?:[^"\\]|\\[^"])*(?:\\?"|$)|"(?:[^"\\]|\\.)*(?:"|$)|\\?'[^']*(?:'|$)(?:\\''[^']*(?:'|$))*|[^ "';]+(?:["'][A-Za-z0-9][^ "';]*)*)"#;

/// A command: to the next `|`, `;` or `&` outside of quotes.
pub(super) const SEGMENT: &str = r#"(?:"[^"]*"|'[^']*'|[^|;&])+"#;

/// An option, or a word that stands for one: sentences have none, and are not searched for tools.
pub(super) const TOOL_HINT: &str =
    r#" ["']?(?:-[a-zA-Z-]|/[rR]?[pP][: ]|(?i:passwd|add_user|change_password|put|patch|write) )"#;

/// Tools, and their options that a password follows.
pub(super) const TOOLS: &[(&str, &str)] = &[
    // With a space, -p asks for the password.
    ("mysql[a-z_]*|mariadb[a-z-]*|7z[az]{0,2}|rar|unrar", "-h?p"),
    ("sshpass|hydra|medusa|rdesktop|ncrack|mongo[a-z]*|cqlsh", "-p *"),
    // -p starts the names of other options.
    (
        r"winexe|certutil|twine|cypher-shell|useradd|usermod|smbmap|bloodhound[a-z-]*|ncftp[a-z]*|(?:docker|podman|buildah|oc|helm|cf|skopeo|oras|nerdctl)(?: +[a-z-]+){0,2} +login|az(?: +[a-z-]+){0,3} +(?:login|create|update)",
        r"-p(?:\b *|=)",
    ),
    (
        "psexec[a-z0-9]*|paexec|tasklist|taskkill|systeminfo|schtasks|driverquery|getmac|openfiles",
        r"[-/](?i:p\b|rp\b) *",
    ),
    ("winrs|xfreerdp[0-9]?|wfreerdp|mstsc|sdl-freerdp", "[-/](?i:p):? *"),
    ("evil-winrm|crackmapexec|netexec|nxc|impacket-[a-z]+", r"-(?:p|H|hashes)\b *"),
    (r"[a-z]+\.py", r"-(?:H|hashes|hash|aesKey)\b *"),
    ("plink|pscp|psftp|putty|kitty", "-(?i:pw) *"),
    ("sqlcmd|bcp|osql|isql|zip|unzip|sqlplus|tsql|clickhouse-client|ipmitool|mosquitto_[a-z]+", "-P *"),
    ("ssh-keygen", "-[NP] *"),
    ("ldappasswd", "-[aws] *"),
    ("ldap[a-z]+", "-w *"),
    ("redis-cli", "-a *"),
    ("openssl", r"(?:-(?:k|K|kfile)|passwd(?: +-[a-z0-9]+)*) +"),
    ("htpasswd", "-[a-zA-Z]*(?:nb|bn)[a-zA-Z]* +[^ ]+ +|-[a-zA-Z]*b[a-zA-Z]* +(?:-[a-zA-Z]+ +)*[^ ]+ +[^ ]+ +"),
    ("rabbitmqctl", "(?:add_user|change_password) +[^ ]+ +"),
    ("swaks|sendemail", "-[ax]p +"),
    ("snmp[a-z]+", "-[AX] *"),
    ("curl", r#"-[a-zA-Z]*b *["']?[^ ="'|;]+=|--cookie[ =]+["']?[^ ="'|;]+=|-E *["']?[^ :"']+:"#),
    ("lftp", r#"-u *["']?[^ ,]+,"#),
    (r"mount(?:\.cifs)?", "-o *[^ %]*user(?:name)?=[^ ,%]+%"),
    (r"vault +(?:kv +(?:put|patch)|write)", "[a-zA-Z0-9_-]+="),
    ("az +keyvault +secret +set|aws +ssm +put-parameter", "--value(?: +|=)"),
    (r"nuget +push", "-k +"),
];

/// Whole credentials: keys and tokens that show by their form.
pub(super) const TOKENS: &[(&str, &str)] = &[
    (
        "---- ?BEGIN",
        r"(?s:-{4,5} ?BEGIN[ +][A-Z0-9 +]*PRIVATE[ +]KEY[A-Z +]*-{4,5}.*?(?:-{4,5} ?END[ +][A-Z0-9 +]*-{4,5}|$)|---- ?BEGIN SSH2 ENCRYPTED.*?(?:---- ?END|$))",
    ),
    // the same in base64
    ("LS0tLS1CRUdJTi", "LS0tLS1CRUdJTi[A-Za-z0-9+/=_-]*"),
    ("eyJ", r"eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){1,4}|eyJ[A-Za-z0-9_-]{24,}=*"),
    ("AKIA|ASIA|AIDA|AROA|ABIA|ACCA", r"\b(?:AKIA|ASIA|AIDA|AROA|ABIA|ACCA)[A-Z0-9]{16,}"),
    ("gh[pousr]_|github_pat", "(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{16,}"),
    ("gl[a-z]{2,5}-", r"\b(?:glpat|gldt|glrt|glcbt|glptt|glft|glsoat|glimt|glagent)-[A-Za-z0-9_.-]{12,}"),
    ("xox|xapp", r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{8,}"),
    (
        "(?i:hooks|webhook)",
        r"(?i:hooks\.slack\.com/(?:services|workflows)|webhook\.office\.com/webhookb2|discord(?:app)?\.com/api/webhooks)/[^ \x22']+",
    ),
    (r"\b[MNO][A-Za-z0-9_-]{23}", r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}"),
    (":AA", "[0-9]{8,10}:AA[A-Za-z0-9_-]{30,}"),
    // A run of letters and digits: `sk-webserver-01` is a name.
    (r"\b[srp]k[-_]", r"\b[srp]k[-_][A-Za-z0-9_-]*[A-Za-z0-9]{16,}[A-Za-z0-9_-]*"),
    (
        r"\b(?:whsec|hf|gsk|r8|npm|lin_api|shp[a-z]{2}|do[opr]_v1)_|NRAK|\bdapi",
        r"\b(?:whsec_|hf_|gsk_|r8_|npm_|lin_api_|shp[a-z]{2}_|do[opr]_v1_|NRAK-|dapi)[A-Za-z0-9]{16,}",
    ),
    (
        r"xai-|dckr_|sntry|pypi-|GOCSPX|\bhv[sbr]\.|AGE-SECRET|ATATT3",
        r"\b(?:xai-|dckr_[op]at_|sntry[su]_|pypi-|GOCSPX-|hv[sbr]\.|AGE-SECRET-KEY-1|ATATT3)[A-Za-z0-9_=+/.-]{16,}",
    ),
    ("AIza|ya29", r"\bAIza[A-Za-z0-9_-]{30,}|\bya29\.[A-Za-z0-9_-]{10,}"),
    (r"\bSG\.", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    // Vault before 1.10
    (r"\bs\.[A-Za-z0-9]", r"\bs\.[A-Za-z0-9]{24,}"),
    ("Q~", r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{20,}"),
    (
        "AZDO|AzFu|AzSe|AzCa|ACDb|APIM|ASt|AIoT|ACRA|JQQJ99",
        r"[A-Za-z0-9+/_-]{20,}(?:AZDO|AzFu|AzSe|AzCa|ACDb|APIM|\+?ASt|AIoT|ACRA|JQQJ99)[A-Za-z0-9+/_-]{4,}={0,2}",
    ),
    (r"[A-Za-z0-9+/]==?(?:[^A-Za-z0-9=]|$)", "[A-Za-z0-9+/]{40,}={1,2}"),
    (r"\$[1256yga]", r"\$(?:1|2[abxy]?|5|6|7|y|gy|sha1|argon2[a-z]*)\$[A-Za-z0-9./$,=+]{16,}"),
    // LM and NT hashes, and an answer to an NTLM challenge
    (":[A-Fa-f0-9]{8}", r"\b[A-Fa-f0-9]{32}:[A-Fa-f0-9]{32}\b|:[A-Fa-f0-9]{16}:[A-Fa-f0-9]{32}:[A-Fa-f0-9]+"),
];

/// Credentials with words before them that stay.
pub(super) const FORMS: &[(&str, &str)] = &[
    // password=x, "clientSecret": "x", AccountKey=x, DB_PASSWORD := x, password -> x
    (
        r#"(?:pass|pwd|secret|token|cred|key|cookie|string|signature|assertion|data)[a-z0-9_-]*\\?["']?[\])]? *(?:[=:]|->)"#,
        r#"(?<name>[a-z0-9_.$-]*(?:@KEY[a-z0-9_-]*|pass(?:[0-9_-][a-z0-9_-]*)?))\\?["']?[\])]? *(?::=|=>|=|->|::?) *"#,
    ),
    ("password: ", r#"password: [^ "';]{1,3} +([a-z]+[0-9][a-z0-9]{4,})"#),
    // --password hunter2, -Password "x", --client-secret=x, /pass:x
    (
        "[-/][a-z0-9_.-]*(?:pass|pwd|secret|token|cred|key|string|cookie|bearer)",
        r"(?:^|[ \x22'`(;,])(?:--?|/)(?<name>[a-z0-9_.-]*(?:@KEY|pass|bearer)[a-z0-9_-]*)(?: *[=:] *| +)",
    ),
    // names too short to be looked for within others: .npmrc, docker's config.json, $pw, AZURE_DEVOPS_EXT_PAT
    (r#"(?:\bpw|auth|_pat)\\?["']? *[=:]"#, r#"(?:\bpw\\?["']?|_pat|_auth|"auth\\?") *[=:] *"#),
    (r"session", r#"session(?:[_-]?(?:id|key))?\\?["']? *[=:] *\\?["']?([a-z0-9%._~+/-]{12,})"#),
    (r"signature", r#"signature\\?["']? *[=:] *\\?["']?([a-z0-9%+/=_-]{20,})"#),
    // sig=... of a shared access signature
    (r"[?&; ]sig", r"[?&; ]sig(?:nature)?=([^& \x22';]+)"),
    // user:password@ and token@ in URLs; `h:443/x?to=a@b` has a port
    ("://[^ ]*@", r#"://[^ /?#:@"'<>]*:([0-9]{0,5}[^0-9 /"'<>][^ "'<>]*|[0-9]+)@|://([^ /?#:@"'<>]{16,})@"#),
    // impacket and others: domain/user:password@host; `image:tag@sha256` is none
    (
        r":[^ :@]+@",
        r#"(?:[a-z0-9_.-]+[/\\][a-z0-9_.$-]+|(?<field>[a-z0-9_.$-]+)):('[^']+'|"[^"]+"|[^ :/'"\\@][^ :/'"]{2,})@(?:[a-rt-z0-9]|s(?:[^h]|h(?:[^a]|a[^0-9])))"#,
    ),
    (r":[^ :@]+@[0-9]", r#"\b[a-z0-9_.$-]+:('[^']+'|"[^"]+"|[^ :/'"\\@][^ :'"]{2,})@[0-9]{1,3}\.[0-9]"#),
    // headers
    (
        "authorization",
        r#"authorization\\?["']? *[=:] *\\?["']?(?:(?:bearer|basic|token|negotiate|ntlm|apikey|key) +([^ "']+)|(?:digest|oauth|aws4|sharedkey|hmac)[^ ]* +([^']+)|(?<word>[^ "']+))"#,
    ),
    ("credential=", "credential=([^ ,&]*[0-9][^ ,&]*)"),
    ("cookie", r#"cookie\\?["']? *[=:] *\\?["']?([^"' =]+=[^"']+|[a-z0-9%._~+/-]{16,})"#),
    ("(?:bearer|basic) ", r#"\b(?:bearer|basic) +["']?(?<word>[a-z0-9._~+/=-]{8,})"#),
    // curl -u user:password, --user user:password; smbclient -U user%password; `-u 0:0` are numbers of users
    (
        r" (?:-[a-z]{0,5}u|--user|--proxy-user)",
        r#" (?:-[a-z]{0,5}u|--user|--proxy-user)[ =]*(?:'[^ :'%]+[:%]([^'/][^']*)|"[^ :"%]+[:%]([^"/][^"]*)|[^ :"'%+]+[:%](?:("[^"]*"|'[^']*')|([0-9]*[^0-9 '"/\\][^ '"]*|[0-9]{6,})))"#,
    ),
    (" (?:-a|--auth)", r#"\bhttps? +[^|;]*?(?:-a|--auth)[ =]*["']?[^ :"']+:([^ "']+)"#),
    ("smbclient", r"\bsmbclient +(?:-[^ ]+ +)*[\x22']?(?://|\\\\)[^ ]+ +([^ -][^ ]*)"),
    // Oracle
    ("sqlplus", r"\bsqlplus +(?:-[a-z]+ +)*[^ /]+/([^ @]+)"),
    ("jdbc:oracle", r"jdbc:oracle:[a-z]+:[^ /@]+/([^ @]+)@"),
    // here-strings, pipes
    ("<<<", r"\b(?:chpasswd|passwd|sudo|su|kinit|cryptsetup|gpg|openssl)\b[^|;]*<<< *"),
    (
        r"(?:echo|printf) .*\|",
        r"\b(?:echo|printf) +(?:-[a-z]+ +)?([^|]*[^| ]) *\| *(?:[^ ]*/)?(?:sudo +)?(?:chpasswd|passwd|sudo +-S|kinit|smbpasswd|[a-z0-9]+ [^|;&]*-(?:pass(?:word)?-stdin|passphrase-fd))",
    ),
    (r"\| *su\b", r"\b(?:echo|printf) +(?:-[a-z]+ +)?[\x22']?(?<word>[^| \x22']+)[\x22']? *\| *su\b"),
    ("assword.*send", r#"assword[^a-z ]*;? *send(?: +--)? +\\?["']([^"']+)"#),
    // XML
    (
        "<[a-z:_-]*(?:pass|pwd|secret|token|key)",
        r"<[a-z:_-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|apikey)[a-z]*(?: [^<>]*)?>(?: *<value>)? *([^< ][^<]*)",
    ),
    (
        "key=|name=",
        r#"(?:key|name)=["'][^"']*(?:pass|pwd|secret|token|key)[^"' ]*["'] +value=["']([^"']+)|value=["']([^"']+)["'] +(?:key|name)=["'][^"']*(?:pass|pwd|secret|token|key)|<[a-z]+ (?:key|name)=["'][^"']*(?:pass|pwd|secret|token)[^<>]*>([^< ][^<]*)"#,
    ),
    // net user NAME PASSWORD /add; net use SHARE PASSWORD
    (
        r"net1?(?:\.exe)? +user",
        r#"\bnet1?(?:\.exe)?["']? +user +(?:/[a-z]+ +)*(?:"[^"]*"|[^ /"]+) +("[^"]*"|[^ /"][^ "]*)"#,
    ),
    (
        r"net1?(?:\.exe)? +use ",
        r#"\bnet1?(?:\.exe)?["']? +use +(?:[a-z*]:? +)?(?:"\\\\[^"]*"|\\\\[^ ]+) +(?:/[^ ]+ +)*("[^"]*"|[^ /"][^ "]*)"#,
    ),
    // Windows: what has the name first and the value later
    ("/rp:", "/rp:"),
    (
        r"/v +[^ ]*(?:pass|pwd|secret|token)",
        r#"\breg(?:\.exe)? +add\b[^|;&]* /v +["']?[a-z]*(?:pass|pwd|secret|token)[a-z]*["']? [^|;&]*?/d +"#,
    ),
    (
        r"-name +[^ ]*(?:pass|pwd|secret|token)",
        r#"-name +["']?[a-z_-]*(?:pass|pwd|secret|token)[a-z_-]*["']? [^|;&]*?-value +"#,
    ),
    (r"/v +[^ ]*(?:pass|pwd|secret|token)", r#"/d +("[^"]*"|[^ "]+) [^|;&]*?/v +["']?[a-z]*(?:pass|pwd|secret|token)"#),
    ("/setcredentials", "/setcredentials +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +"),
    (
        "securestring",
        r#"convertto-securestring +(?:-(?:string|asplaintext|force)\b[ :]*)*("[^"]*"|'[^']*'|[^ "'();|-][^ "'();|]*)|("[^"]+"|'[^']+') *\| *convertto-securestring"#,
    ),
    ("networkcredential|pscredential", r#"(?:networkcredential|pscredential) *\( *["'][^"']*["'] *, *["']([^"']*)"#),
    // said in words
    (
        "(?:pass(?:word|wd|phrase)|secret) ",
        r#"\b(?:(?:password|passwd|passphrase|secret) +(?:is|was) +("[^"]+"|'[^']+')|(?:password|passwd|passphrase) +("[^" ]+"|'[^' ]+'|"[^"]*[0-9][^"]*"|'[^']*[0-9][^']*'))"#,
    ),
    (
        "pass(?:word|wd|phrase) ",
        r#"\b(?:password|passwd|passphrase) +(?:(?:for +[^ ]+ +)?(?:is|was|->|to) +(?<word>[^ "']+)|([^ 0-9"'=:]{4,}[0-9][^ "'=:]*|[^ "'=:]*[0-9][^ "'=:]{3,}))"#,
    ),
    ("credentials? ", r"\bcredentials? +[a-z0-9._\\-]+[:/]([^ ]*[0-9][^ ]*)"),
    // what honeypots write
    (r"login attempt \[", r"login attempt \[(?:b')?[^/\]]*/([^\]]+)"),
    // subcommands with the secret in a fixed place
    (r"\bmachine ", r"\bmachine +[^ ]+ +login +[^ ]+ +password +"),
    ("requirepass", "requirepass +"),
    ("redis-cli", r"\bredis-cli\b[^|;&]*? auth +(\[masked\]|[^ ]+(?: +[^ -][^ ]*)?)"),
    ("pass:", r#"\bpass:([^ "']+)"#),
    ("configure +set", "configure +set +[a-z0-9_.-]*(?:secret|token|key|pass)[a-z_]* +"),
    (
        r"\bmc +(?:alias|config)",
        r"\bmc +(?:alias +set|config +host +add) +[^ ]+ +[^ ]+ +(\[masked\]|[^ ]+(?: +[^ -][^ ]*)?)",
    ),
    ("cargo +login", "cargo +login +([a-z]*[0-9][a-z0-9]{4,})"),
    ("wpa_passphrase", "wpa_passphrase +[^ ]+ +"),
    ("passwordspray", r"passwordspray +.*\.[a-z]+ +"),
    ("private-lines", "(?s)private-lines: *[0-9]+(.*?)(?:private-mac|$)"),
];
