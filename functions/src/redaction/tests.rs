use super::*;
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
    for (text, redacted) in [
        ("alice signed in to WEB-01", "account-1-7c4e0b signed in to host-1-7c4e0b"),
        ("alice@contoso.com, Alice Aart", "account-1-7c4e0b, account-3-7c4e0b"),
        ("web-01.corp.contoso.com; corp.contoso.com", "host-1-7c4e0b; domain-2-7c4e0b"),
        ("JÖRG and bob on db-07", "account-2-7c4e0b and account-4-7c4e0b on host-2-7c4e0b"),
        ("from 203.0.113.7 to 10.60.0.4 and 192.168.7.9", "from 203.0.113.7 to address-1-7c4e0b and address-2-7c4e0b"),
        ("fe80::1 and 2606:4700::1 at 10:42:07", "address-2-7c4e0b and 2606:4700::1 at 10:42:07"),
        ("carol@contoso.com on print.contoso.com", "account-5-7c4e0b on host-3-7c4e0b"),
        ("mallory@evil.example", "account-5-7c4e0b"),
        ("CONTOSO\\dave in C:\\Windows\\x and HKLM\\Software", "account-5-7c4e0b in C:\\Windows\\x and HKLM\\Software"),
        ("C:\\Users\\erin\\x.exe /home/frank/.ssh", "C:\\Users\\account-5-7c4e0b\\x.exe /home/account-6-7c4e0b/.ssh"),
        ("tenant 11111111-2222-3333-4444-555555555555", "tenant id-1-7c4e0b"),
        ("S-1-5-21-1-2-3-500", "id-1-7c4e0b"),
        ("call +49 30 901820 or (555) 010-0199", "call phone-1-7c4e0b or phone-2-7c4e0b"),
        (
            "/resourceGroups/rg-prod/providers/Microsoft.Compute/virtualMachines/vm1",
            "/resourceGroups/resource-1-7c4e0b/providers/Microsoft.Compute/virtualMachines/resource-2-7c4e0b",
        ),
        ("u=bob%40contoso.com", "u=account-5-7c4e0b"),
        ("/user:CONTOSO\\dave. \\\\fs-01\\C$", "/user:account-5-7c4e0b. \\\\host-3-7c4e0b\\C$"),
        (
            "dc-01 (hr-ws-061), DESKTOP-7K2M9QX, ad.corp.local",
            "host-4-7c4e0b (host-5-7c4e0b), host-6-7c4e0b, host-3-7c4e0b",
        ),
        ("SHA-256 INV-20881 CVE-2026-1 T1110.001 2026-03-12", "SHA-256 INV-20881 CVE-2026-1 T1110.001 2026-03-12"),
        ("malice aliceberg webs01 12,345 times", "malice aliceberg webs01 12,345 times"),
    ] {
        let mut redaction = on();
        let out = redaction.text(text);
        assert_eq!(out, redacted);
        // An account comes back by its full name, a host by its short one.
        let expected = match text {
            "alice signed in to WEB-01" => "alice@contoso.com signed in to web-01",
            "web-01.corp.contoso.com; corp.contoso.com" => "web-01; corp.contoso.com",
            "J\u{d6}RG and bob on db-07" => "J\u{f6}rg and bob on db-07",
            text => text,
        };
        assert_eq!(redaction.restored(&out).unwrap(), expected);
    }
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
