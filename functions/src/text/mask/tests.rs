use super::masked;

#[track_caller]
pub(super) fn hides(text: &str, secrets: &[&str]) {
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
        "mysql -h db01 -P 3306 -u root -pS3cr3tValue",
        "secretsdump.py CORP/admin:S3cr3tValue@10.0.0.4",
        "sqlplus scott/S3cr3tValue@db",
        "evil-winrm -i 10.0.0.4 -u admin -H S3cr3tValue",
        "chpasswd <<< 'root:S3cr3tValue'",
        "net use \\\\h\\c$ /user:a S3cr3tValue",
        "curl -u admin:'my S3cr3tValue' h",
        "<password>S3cr3tValue</password>",
        "userPassword:: S3cr3tValue=",
        "Password=Ab&cdS3cr3tValue",
        "Password=Hunter,2S3cr3tValue;x",
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
            &["EXAMPLEEXAMPLE", "EXAMPLE-EXAMPLE", "EXAMPLE+", "eyJzdWIi", "31d6cfe0", "EXAMPLE EXAMPLE"],
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
        "sk-webserver-01 in sk-sentinel-production",
        "logged in at 10:42:07 by alice@contoso.com",
        "SecretsRead: 64; SecretList: 1, PasswordPolicy=strict TokenCount: 5",
    ] {
        assert_eq!(masked(text.to_owned()), text);
    }
}

#[test]
fn every_pattern_compiles() {
    let start = std::time::Instant::now();
    let sets = [super::HINTS.len(), super::TOKEN.captures_len(), super::TOOL.captures_len()];
    let small = [super::COMMAND.as_str(), super::START.as_str()];
    println!("sets {:?}", start.elapsed());
    let lazy = super::FORM.iter().chain(super::OPTION.iter()).map(|lazy| lazy.get().captures_len());
    assert!(sets.into_iter().chain(small.map(str::len)).chain(lazy).all(|size| size > 0));
    println!("all {:?}", start.elapsed());
}

#[test]
fn long_repetitions_come_to_an_end() {
    for part in [
        "tokenizer:",
        "mysql -p ",
        "eyJhbGciOi.ey",
        "<add key=\"ApiSecret\" value=\"",
        "&quot;password=",
        "--password -",
    ] {
        // A pattern that is not linear would take minutes here.
        let text = part.repeat(200_000 / part.len());
        assert!(!masked(text).is_empty(), "{part}");
    }
}
