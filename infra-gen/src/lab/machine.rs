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
    /// The hive in a form for mobile networks, without the web page.
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

    /// True if it has the honeypots whose logs the lab has tables for; the others have a few of them at most.
    #[must_use]
    pub fn has_logged_honeypots(self) -> bool {
        matches!(self, Edition::Hive | Edition::Sensor | Edition::Mobile)
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
    r"^Standard_[A-Z]{1,3}[0-9]{1,3}(?:-[0-9]{1,3})?[a-z]{0,6}(?:_[A-Z0-9]{2,8})?(?:_v[0-9]{1,2})?$",
    "a size as az writes it, such as `Standard_D4s_v5`"
);

/// A size's name in its parts: family, number, features, version
/// (<https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions>).
struct SizeParts<'s> {
    family: &'s str,
    number: u32,
    features: &'s str,
    version: u32,
}

impl VmSize {
    fn parts(&self) -> Option<SizeParts<'_>> {
        let name = self.as_str().strip_prefix("Standard_")?;
        let (name, version) = match name.rsplit_once("_v") {
            Some((name, version)) => (name, version.parse().ok()?),
            None => (name, 1),
        };
        let rest = name.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let features = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = rest[..rest.len() - features.len()].parse().ok()?;
        Some(SizeParts { family: &name[..name.len() - rest.len()], number, features, version })
    }

    /// Virtual processors; none where the name does not tell: older families count otherwise.
    #[must_use]
    pub fn cores(&self) -> Option<u32> {
        let parts = self.parts()?;
        let counts = match parts.family {
            "B" => true,
            "F" => parts.version >= 2,
            "D" | "E" => parts.version >= 3,
            _ => false,
        };
        counts.then_some(parts.number)
    }

    /// Memory in GB; none where the name does not tell.
    #[must_use]
    pub fn memory(&self) -> Option<u32> {
        let parts = self.parts()?;
        let per_core = match (parts.family, parts.version, parts.features) {
            ("D", 3.., features) if features.contains('l') => 2,
            ("D", 3.., _) | ("B", 1, "ms") | ("B", 2, "s" | "as" | "ps") => 4,
            ("E", 3.., _) => 8,
            ("F", 2, "s") | ("B", 1, "s") | ("B", 2, "ls" | "als" | "pls") => 2,
            _ => return None,
        };
        Some(self.cores()? * per_core)
    }

    /// True for a processor of the ARM family, for which T-Pot's image is none.
    #[must_use]
    pub fn is_arm(&self) -> bool {
        self.parts().is_some_and(|parts| parts.features.contains('p') && parts.version >= 2)
    }

    /// True if premium disks fit.
    #[must_use]
    pub fn takes_premium_disks(&self) -> bool {
        self.parts().is_none_or(|parts| parts.features.contains('s') || parts.family.ends_with('S'))
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

/// Names that Azure refuses, that Ubuntu has for users or groups, or that T-Pot keeps.
const TAKEN: &str = "_apt a actuser adm admin admin1 admin2 administrator aspnet audio backup bin cdrom console crontab daemon david dialout \
                     dip disk docker floppy games gnats guest input irc john kmem kvm landscape list lp lxd mail man messagebus netdev \
                     news nobody nogroup operator owner plugdev pollinate polkitd proxy render root rtkit sasl server sgx shadow sql src \
                     sshd ssl-cert staff sudo support support_388945a0 sync sys syslog systemd-journal systemd-network \
                     systemd-resolve systemd-timesync tape tcpdump test test1 test2 test3 tpot tss tty ubuntu user user1 user2 user3 \
                     user4 user5 users utmp uucp uuidd video voice www-data";

fn is_free(name: &str) -> bool {
    !TAKEN.split_whitespace().any(|taken| taken == name)
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
            ("Standard_D4s_v5", Some(4), Some(16)),
            ("Standard_D4as_v5", Some(4), Some(16)),
            ("Standard_E2s_v5", Some(2), Some(16)),
            ("Standard_D2s_v5", Some(2), Some(8)),
            ("Standard_B4ms", Some(4), Some(16)),
            ("Standard_B4as_v2", Some(4), Some(16)),
            ("Standard_B4als_v2", Some(4), Some(8)),
            ("Standard_B2ats_v2", Some(2), None),
            ("Standard_B2s", Some(2), Some(4)),
            ("Standard_D4ls_v5", Some(4), Some(8)),
            ("Standard_F4s_v2", Some(4), Some(8)),
            ("Standard_F4as_v6", Some(4), None),
            ("Standard_DC4s_v3", None, None),
            ("Standard_DS12_v2", None, None),
            ("Standard_D3_v2", None, None),
            ("Standard_NC4as_T4_v3", None, None),
            ("Standard_M8ms", None, None),
        ] {
            let size = VmSize::try_from(name.to_owned()).unwrap();
            assert_eq!((size.cores(), size.memory()), (cores, memory), "{name}");
        }
        let size = |name: &str| VmSize::try_from(name.to_owned()).unwrap();
        assert!(size("Standard_D4ps_v5").is_arm() && !size("Standard_D4s_v5").is_arm());
        assert!(!size("Standard_D4_v5").takes_premium_disks() && size("Standard_DS12_v2").takes_premium_disks());
        for bad in ["D4s_v5", "Standard_", "Standard_D4s_v5;", "standard_d4s_v5"] {
            assert!(VmSize::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn users_are_free_names() {
        assert!(AdminUser::try_from("azureuser".to_owned()).is_ok());
        for bad in ["root", "admin", "tpot", "docker", "staff", "users", "Alice", "1a", "a b", "", "-a"] {
            assert!(AdminUser::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
