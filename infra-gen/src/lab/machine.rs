//! The honeypot's machine, and what runs on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checked::{checked_number, checked_text};

/// The editions of T-Pot (T-Pot's README and `install.sh`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Edition {
    /// All honeypots, with Elasticsearch, Kibana and the attack map.
    #[default]
    Hive,
    /// The honeypots alone: they send to a hive elsewhere.
    Sensor,
    /// Few containers, many ports.
    Mini,
    /// Honeypots that answer by a language model.
    Llm,
    /// Honeypots that keep attackers waiting.
    Tarpit,
    /// The hive without honeypots, for a look from a phone.
    Mobile,
}

impl Edition {
    /// As the lab file has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Edition::Hive => "hive",
            Edition::Sensor => "sensor",
            Edition::Mini => "mini",
            Edition::Llm => "llm",
            Edition::Tarpit => "tarpit",
            Edition::Mobile => "mobile",
        }
    }

    /// What `install.sh -t` takes.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Edition::Hive => 'h',
            Edition::Sensor => 's',
            Edition::Mini => 'i',
            Edition::Llm => 'l',
            Edition::Tarpit => 't',
            Edition::Mobile => 'm',
        }
    }

    /// True if it has a web page with a password.
    #[must_use]
    pub fn has_web(self) -> bool {
        !matches!(self, Edition::Sensor | Edition::Mobile)
    }

    /// Memory that T-Pot asks for, in GB.
    #[must_use]
    pub fn memory(self) -> u32 {
        if matches!(self, Edition::Hive) { 16 } else { 8 }
    }

    /// Disk that T-Pot asks for, in GB.
    #[must_use]
    pub fn disk(self) -> u32 {
        if matches!(self, Edition::Hive) { 256 } else { 128 }
    }
}

/// Kinds of managed disks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum DiskType {
    /// Standard SSD.
    #[default]
    #[serde(rename = "StandardSSD_LRS")]
    StandardSsd,
    /// Premium SSD.
    #[serde(rename = "Premium_LRS")]
    PremiumSsd,
}

impl DiskType {
    /// As ARM writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            DiskType::StandardSsd => "StandardSSD_LRS",
            DiskType::PremiumSsd => "Premium_LRS",
        }
    }
}

checked_text!(
    /// A size of virtual machine, such as `Standard_D4s_v5`.
    VmSize,
    r"^Standard_[A-Z]{1,3}[0-9]{1,3}[a-z-]{0,8}[0-9]{0,3}[a-z]{0,4}(?:_v[0-9]{1,2})?$",
    "a size as az writes it, such as `Standard_D4s_v5`"
);

impl VmSize {
    /// Virtual processors: the first number of the name.
    #[must_use]
    pub fn cores(&self) -> u32 {
        let digits: String =
            self.as_str().chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_default()
    }

    /// Memory in GB, where the family tells.
    #[must_use]
    pub fn memory(&self) -> Option<u32> {
        let family = self.as_str().strip_prefix("Standard_")?.trim_start_matches(|c: char| c.is_ascii_digit());
        let features = family.trim_start_matches(char::is_alphabetic).trim_start_matches(|c: char| c.is_ascii_digit());
        let per_core = match (family.chars().next()?, features.contains('l')) {
            ('D', is_low) => {
                if is_low {
                    2
                } else {
                    4
                }
            }
            ('E', _) => 8,
            // B4ms and B4as_v2 have four times their cores, B2s twice.
            ('B', _) if features.starts_with('m') || self.as_str().ends_with("_v2") => 4,
            ('B' | 'F', _) => 2,
            _ => return None,
        };
        Some(self.cores() * per_core)
    }
}

checked_number!(
    /// Size of the disk, in GB.
    DiskGb,
    30,
    4095,
    "GB"
);

checked_text!(
    /// The user of the virtual machine.
    AdminUser,
    r"^[a-z_][a-z0-9_-]{0,30}$",
    "a name of a Linux user in small letters that Azure and T-Pot do not keep for themselves (such as `root`, `admin`, `tpot`)",
    is_free
);

/// Names that Azure refuses, that Ubuntu has, or that T-Pot keeps.
fn is_free(name: &str) -> bool {
    const TAKEN: &[&str] = &[
        "1",
        "123",
        "a",
        "actuser",
        "adm",
        "admin",
        "admin1",
        "admin2",
        "administrator",
        "aspnet",
        "backup",
        "bin",
        "console",
        "daemon",
        "david",
        "games",
        "gnats",
        "guest",
        "irc",
        "john",
        "list",
        "lp",
        "mail",
        "man",
        "messagebus",
        "news",
        "nobody",
        "owner",
        "proxy",
        "root",
        "server",
        "sql",
        "sshd",
        "support",
        "support_388945a0",
        "sudo",
        "sync",
        "sys",
        "syslog",
        "test",
        "test1",
        "test2",
        "test3",
        "tpot",
        "user",
        "user1",
        "user2",
        "user3",
        "user4",
        "user5",
        "uucp",
        "video",
        "www-data",
    ];
    !TAKEN.contains(&name)
}

checked_text!(
    /// A commit of T-Pot's repository.
    Commit,
    "^[0-9a-f]{40}$",
    "the 40 digits of a commit of telekom-security/tpotce"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_tell_cores_and_memory() {
        for (name, cores, memory) in [
            ("Standard_D4s_v5", 4, Some(16)),
            ("Standard_D4as_v5", 4, Some(16)),
            ("Standard_E2s_v5", 2, Some(16)),
            ("Standard_D2s_v5", 2, Some(8)),
            ("Standard_B4ms", 4, Some(16)),
            ("Standard_B4as_v2", 4, Some(16)),
            ("Standard_B2s", 2, Some(4)),
            ("Standard_D4ls_v5", 4, Some(8)),
            ("Standard_F4s_v2", 4, Some(8)),
            ("Standard_DC4s_v3", 4, Some(16)),
            ("Standard_M8ms", 8, None),
        ] {
            let size = VmSize::try_from(name.to_owned()).unwrap();
            assert_eq!((size.cores(), size.memory()), (cores, memory), "{name}");
        }
        for bad in ["D4s_v5", "Standard_", "Standard_D4s_v5;", "standard_d4s_v5"] {
            assert!(VmSize::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn users_are_free_names() {
        assert!(AdminUser::try_from("azureuser".to_owned()).is_ok());
        for bad in ["root", "admin", "tpot", "Alice", "1a", "a b", "", "-a"] {
            assert!(AdminUser::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
