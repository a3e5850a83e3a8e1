//! Whether a program runs on a platform: its machine, and the C library it needs.

use object::read::elf::{ElfFile64, FileHeader, SectionHeader};
use object::{Endianness, elf};

/// The C library that every Linux plan of Azure Functions has.
pub(super) const AZURE: Glibc = Glibc(2, 31);
/// That of Lambda's `provided.al2023` (Amazon Linux 2023).
pub(super) const LAMBDA: Glibc = Glibc(2, 34);

/// A version of the GNU C library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Glibc(u32, u32);

impl std::fmt::Display for Glibc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "glibc {}.{}", self.0, self.1)
    }
}

/// Why a program would not start there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Something else.
    #[error("is no 64-bit Linux program")]
    NoElf,
    /// Another machine's.
    #[error("is for another machine than x86-64")]
    Machine,
    /// Too new.
    #[error("needs {needs}, and the platform has {has}")]
    Glibc {
        /// What it needs.
        needs: Glibc,
        /// What is there.
        has: Glibc,
    },
}

/// Checks a program.
///
/// # Errors
/// [`Unfit`] says what is wrong.
pub(super) fn check(program: &[u8], platform: Glibc) -> Result<(), Unfit> {
    let file = ElfFile64::<Endianness>::parse(program).map_err(|_| Unfit::NoElf)?;
    let endian = file.endian();
    if file.elf_header().e_machine(endian) != elf::EM_X86_64 {
        return Err(Unfit::Machine);
    }
    let sections = file.elf_section_table();
    let mut newest = Glibc(0, 0);
    for section in sections.iter() {
        let Ok(Some((mut needs, link))) = section.gnu_verneed(endian, program) else { continue };
        let strings = sections.strings(endian, program, link).map_err(|_| Unfit::NoElf)?;
        while let Ok(Some((_, mut versions))) = needs.next() {
            while let Ok(Some(version)) = versions.next() {
                let name = version.name(endian, strings).map_err(|_| Unfit::NoElf)?;
                newest = newest.max(glibc(name).unwrap_or(newest));
            }
        }
    }
    if newest > platform { Err(Unfit::Glibc { needs: newest, has: platform }) } else { Ok(()) }
}

/// 2.34 for `GLIBC_2.34`.
fn glibc(name: &[u8]) -> Option<Glibc> {
    let version = std::str::from_utf8(name).ok()?.strip_prefix("GLIBC_")?;
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    Some(Glibc(numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers_and_not_text() {
        assert_eq!(glibc(b"GLIBC_2.4"), Some(Glibc(2, 4)));
        assert_eq!(glibc(b"GLIBC_2.34"), Some(Glibc(2, 34)));
        assert!(glibc(b"GLIBC_2.4") < glibc(b"GLIBC_2.31"));
        assert_eq!(glibc(b"GLIBC_PRIVATE"), None);
        assert_eq!(glibc(b"GCC_3.0"), None);
    }

    #[test]
    fn this_test_is_a_program_for_its_machine() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        if cfg!(all(target_arch = "x86_64", target_os = "linux")) {
            assert!(matches!(check(&own, AZURE), Ok(()) | Err(Unfit::Glibc { .. })));
        } else {
            assert!(check(&own, AZURE).is_err());
        }
        assert_eq!(check(b"#!/bin/sh\n", LAMBDA), Err(Unfit::NoElf));
    }
}
