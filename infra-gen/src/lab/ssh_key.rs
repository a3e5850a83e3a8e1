//! The public key that opens the honeypot's SSH.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Deserialize;

/// A public key in OpenSSH's form. Azure takes RSA of 2048 bits or more, and Ed25519.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct SshKey(String);

const LEAST_BITS: usize = 2048;

impl TryFrom<String> for SshKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.contains("PRIVATE KEY") {
            return Err("that is a private key: give the public one, which ends in `.pub`".to_owned());
        }
        let text = text.trim();
        let expected = || "expected a public key in one line, such as `ssh-ed25519 AAAA... name`".to_owned();
        let mut words = text.split(' ').filter(|word| !word.is_empty());
        let (kind, blob) = (words.next().ok_or_else(expected)?, words.next().ok_or_else(expected)?);
        if text.contains(|c: char| c.is_control()) {
            return Err(expected());
        }
        let bytes = STANDARD.decode(blob).map_err(|_| expected())?;
        let (name, rest) = field(&bytes).ok_or_else(expected)?;
        if name != kind.as_bytes() {
            return Err(expected());
        }
        match kind {
            "ssh-ed25519" if field(rest).is_some_and(|(key, _)| key.len() == 32) => {}
            "ssh-rsa" => {
                let modulus = field(rest).and_then(|(_, rest)| field(rest)).ok_or_else(expected)?.0;
                let bits = modulus.iter().skip_while(|byte| **byte == 0).count() * 8;
                if bits < LEAST_BITS {
                    return Err(format!("an RSA key of {bits} bits: Azure takes {LEAST_BITS} or more, or Ed25519"));
                }
            }
            "ssh-ed25519" => return Err(expected()),
            _ => {
                return Err(
                    "a key of a kind that Azure does not take: make one with `ssh-keygen -t ed25519`".to_owned()
                );
            }
        }
        Ok(Self(text.to_owned()))
    }
}

/// The next field of a key's binary form: four bytes of length, then as many bytes (RFC 4253, section 6.6).
fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

impl fmt::Display for SshKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(fields: &[&[u8]]) -> String {
        let bytes: Vec<u8> = fields
            .iter()
            .flat_map(|field| [&u32::try_from(field.len()).unwrap().to_be_bytes()[..], field].concat())
            .collect();
        STANDARD.encode(bytes)
    }

    #[test]
    fn keys_that_azure_takes_pass() {
        let parse = |text: String| SshKey::try_from(text);
        let ed25519 = blob(&[b"ssh-ed25519", &[7; 32]]);
        let rsa = |bytes: usize| blob(&[b"ssh-rsa", &[1, 0, 1], &[&[0][..], &vec![0xff; bytes]].concat()]);
        assert_eq!(
            parse(format!("ssh-ed25519 {ed25519} me@desk\n")).unwrap().to_string(),
            format!("ssh-ed25519 {ed25519} me@desk")
        );
        assert!(parse(format!("ssh-rsa {}", rsa(256))).is_ok());
        assert!(parse(format!("ssh-rsa {}", rsa(128))).unwrap_err().contains("1024 bits"));
        assert!(parse(format!("ssh-rsa {ed25519}")).is_err());
        assert!(
            parse("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY=".to_owned())
                .unwrap_err()
                .contains("ssh-keygen")
        );
        assert!(parse("-----BEGIN OPENSSH PRIVATE KEY-----".to_owned()).unwrap_err().contains("private key"));
        for bad in ["", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-ed25519 !!!"] {
            assert!(parse(bad.to_owned()).is_err(), "{bad}");
        }
        assert!(parse(format!("ssh-ed25519 {ed25519} a\nb")).is_err());
    }
}
