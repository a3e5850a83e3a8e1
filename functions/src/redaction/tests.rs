use super::*;
use regex::Regex;
use serde_json::json;

fn incident() -> Incident {
    let json = json!({"title": "x", "entities": [
        {"kind": "Account", "properties": {"accountName": "alice", "upnSuffix": "contoso.com", "displayName": "Alice Aart"}},
        {"kind": "Host", "properties": {"hostName": "web-01", "dnsDomain": "corp.contoso.com"}},
        {"kind": "Ip", "properties": {"address": "203.0.113.7"}},
        {"kind": "Ip", "properties": {"address": "10.60.0.4"}},
        {"kind": "Account", "properties": {"accountName": "Jörg"}},
    ], "alerts": [{"properties": {"compromisedEntity": "db-07", "additionalData": {"Custom Details": "{\"UserName\":[\"bob\"]}"}}}]});
    Incident::from_bytes(json.to_string().as_bytes()).unwrap()
}

fn on() -> Redaction {
    Redaction::new(Level::On, &incident(), Uuid::from_u128(0x7c4e_0b00_0000_0000_0000_0000_0000_0000))
}

#[test]
fn known_values_and_patterns_leave_as_placeholders_and_come_back() {
    let numbers = Regex::new("-[0-9]+-7c4e0b").unwrap();
    for (text, redacted) in [
        ("alice signed in to WEB-01", "account-N signed in to host-N"),
        ("alice@contoso.com, Alice Aart", "account-N, account-N"),
        ("web-01.corp.contoso.com; corp.contoso.com", "host-N; domain-N"),
        ("JÖRG and bob on db-07", "account-N and account-N on host-N"),
        ("from 203.0.113.7 to 10.60.0.4 and 192.168.7.9", "from 203.0.113.7 to address-N and address-N"),
        ("fe80::1 and 2606:4700::1 at 10:42:07", "address-N and 2606:4700::1 at 10:42:07"),
        ("carol@contoso.com on print.contoso.com", "account-N on host-N"),
        ("mallory@evil.example", "account-N"),
        ("CONTOSO\\dave in C:\\Windows\\x and HKLM\\Software", "account-N in C:\\Windows\\x and HKLM\\Software"),
        ("C:\\Users\\erin\\x.exe /home/frank/.ssh", "C:\\Users\\account-N\\x.exe /home/account-N/.ssh"),
        ("tenant 11111111-2222-3333-4444-555555555555", "tenant id-N"),
        ("S-1-5-21-1-2-3-500", "id-N"),
        ("call +49 30 901820 or (555) 010-0199", "call phone-N or phone-N"),
        (
            "/resourceGroups/rg-prod/providers/Microsoft.Compute/virtualMachines/vm1",
            "/resourceGroups/resource-N/providers/Microsoft.Compute/virtualMachines/resource-N",
        ),
        ("u=bob%40contoso.com", "u=account-N"),
        ("/user:CONTOSO\\dave. \\\\fs-01\\C$", "/user:account-N. \\\\host-N\\C$"),
        ("dc-01 (hr-ws-061), DESKTOP-7K2M9QX, ad.corp.local", "host-N (host-N), host-N, host-N"),
        ("SHA-256 INV-20881 CVE-2026-1 T1110.001 2026-03-12", "SHA-256 INV-20881 CVE-2026-1 T1110.001 2026-03-12"),
        ("Alice Aart <bob.unk@contoso.com>; C:\\Users\\erin_x", "account-N <account-N>; C:\\Users\\account-N"),
        ("CN=Bob Unknown,OU=Sales,DC=fabrikam", "CN=account-N,OU=domain-N,DC=domain-N"),
        (
            "https://kv-soc.vault.azure.net/ and contoso.onmicrosoft.com",
            "https://resource-N.vault.azure.net/ and domain-N.onmicrosoft.com",
        ),
        ("http://intranet:8080/x and MSSQLSvc/sql77:1433", "http://host-N:8080/x and MSSQLSvc/host-N:1433"),
        ("adm_alice.zip bob_backup alice_contoso_com", "adm_account-N.zip bob_backup account-N"),
        ("arn:aws:iam::111122223333:user/x", "arn:aws:iam::id-N"),
        (
            "NT AUTHORITY\\SYSTEM APT-29 python-3.12 WIN-DEFENDER",
            "NT AUTHORITY\\SYSTEM APT-29 python-3.12 WIN-DEFENDER",
        ),
        ("http://dc-03.corp.local/x ldap://dc.ad.internal", "http://host-N/x ldap://host-N"),
        ("https://evil.example/home/login.php", "https://evil.example/home/login.php"),
        ("seen by alice@cont... (+12 characters)", "seen by ... (+12 characters)"),
        ("malice aliceberg webs01 12,345 times", "malice aliceberg webs01 12,345 times"),
    ] {
        let mut redaction = on();
        let out = redaction.text(text);
        assert_eq!(numbers.replace_all(&out, "-N"), redacted);
        let back = redaction.restored(&out).unwrap();
        assert!(!back.contains("7c4e0b"), "{back}");
    }
}

#[test]
fn a_value_has_one_placeholder_and_comes_back_by_its_full_name() {
    let mut redaction = on();
    let out = redaction.text("ALICE and alice@contoso.com on web-01 and web-01.corp.contoso.com");
    assert_eq!(redaction.restored(&out).unwrap(), "alice@contoso.com and alice@contoso.com on web-01 and web-01");
    let mut words = out.split(' ').step_by(2);
    assert_eq!(words.next(), words.next());
    assert_eq!(words.next(), words.next());
}

#[test]
fn hosts_of_one_name_in_two_domains_are_two() {
    let host = |domain: &str| json!({"kind": "Host", "properties": {"hostName": "web-01", "dnsDomain": domain}});
    let json = json!({"title": "x", "entities": [host("a.example"), host("b.example")]});
    let incident = Incident::from_bytes(json.to_string().as_bytes()).unwrap();
    let mut redaction = Redaction::new(Level::On, &incident, Uuid::from_u128(0x7c4e_0b00 << 96));
    let out = redaction.text("web-01.a.example web-01.b.example");
    let hosts: Vec<&str> = out.split(' ').collect();
    assert_ne!(hosts[0], hosts[1]);
}

#[test]
fn restoring_takes_only_placeholders_of_this_request() {
    let mut redaction = on();
    let out = redaction.text("alice");
    assert_eq!(redaction.restored(&out.to_uppercase()).unwrap(), "alice@contoso.com");
    assert_eq!(redaction.restored("(account-1-7c4e0b's)").unwrap(), "(alice@contoso.com's)");
    for text in ["account-9-7c4e0b", "7c4e0b", "thing-1-7c4e0b", "account-1-7c4e0b7c4e0b"] {
        assert_eq!(redaction.restored(text), None, "{text}");
    }
    assert_eq!(redaction.restored("account-1-ffffff").unwrap(), "account-1-ffffff");
}

#[test]
fn off_leaves_everything() {
    assert_eq!(Redaction::new(Level::Off, &incident(), Uuid::nil()).text("alice"), "alice");
}

#[test]
fn levels_are_parsed() {
    assert_eq!("STRICT".parse(), Ok(Level::Strict));
    assert_eq!("".parse::<Level>(), Err(UnknownLevel));
}
