//! Whether a program runs on the Functions platform: its machine, and the C library it needs.

use object::read::elf::{ElfFile64, FileHeader, SectionHeader};
use object::{Endianness, elf};

/// The newest C library that every Linux plan of Azure Functions has.
const NEWEST_GLIBC: (u32, u32) = (2, 31);

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
    #[error("needs glibc {0}.{1}, and the platform has {min}.{sub}", min = NEWEST_GLIBC.0, sub = NEWEST_GLIBC.1)]
    Glibc(u32, u32),
}

/// Checks a program.
///
/// # Errors
/// [`Unfit`] says what is wrong.
pub(super) fn check(program: &[u8]) -> Result<(), Unfit> {
    let file = ElfFile64::<Endianness>::parse(program).map_err(|_| Unfit::NoElf)?;
    let endian = file.endian();
    if file.elf_header().e_machine(endian) != elf::EM_X86_64 {
        return Err(Unfit::Machine);
    }
    let sections = file.elf_section_table();
    let mut newest = (0, 0);
    for section in sections.iter() {
        let Ok(Some((mut needs, link))) = section.gnu_verneed(endian, program) else { continue };
        let strings = sections.strings(endian, program, link).map_err(|_| Unfit::NoElf)?;
        while let Ok(Some((_, mut versions))) = needs.next() {
            while let Ok(Some(version)) = versions.next() {
                let name = version.name(endian, strings).map_err(|_| Unfit::NoElf)?;
                newest = newest.max(glibc(name).unwrap_or_default());
            }
        }
    }
    if newest > NEWEST_GLIBC { Err(Unfit::Glibc(newest.0, newest.1)) } else { Ok(()) }
}

/// `(2, 34)` for `GLIBC_2.34`.
fn glibc(name: &[u8]) -> Option<(u32, u32)> {
    let version = std::str::from_utf8(name).ok()?.strip_prefix("GLIBC_")?;
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers_and_not_text() {
        assert_eq!(glibc(b"GLIBC_2.4"), Some((2, 4)));
        assert_eq!(glibc(b"GLIBC_2.34"), Some((2, 34)));
        assert!(glibc(b"GLIBC_2.4") < glibc(b"GLIBC_2.31"));
        assert_eq!(glibc(b"GLIBC_PRIVATE"), None);
        assert_eq!(glibc(b"GCC_3.0"), None);
    }

    #[test]
    fn this_test_is_a_program_for_its_machine() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        if cfg!(all(target_arch = "x86_64", target_os = "linux")) {
            assert!(matches!(check(&own), Ok(()) | Err(Unfit::Glibc(_, _))));
        } else {
            assert!(check(&own).is_err());
        }
        assert_eq!(check(b"#!/bin/sh\n"), Err(Unfit::NoElf));
    }
}
