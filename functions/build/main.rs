//! Turns the ATT&CK data and the runbook into sorted static tables, so that nothing is parsed when a function starts.

mod attack;
mod literal;
mod runbook;
mod vocabulary;

use std::path::{Path, PathBuf};

fn main() -> Result<(), String> {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").map_err(|e| e.to_string())?);
    let out = PathBuf::from(std::env::var("OUT_DIR").map_err(|e| e.to_string())?);
    let attack_data = here.join("data/attack");
    let runbook_folder = here.join("../templates/runbook");
    let gate_data = here.join("data/gate");
    for folder in [&attack_data, &runbook_folder, &gate_data] {
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    let pool = literal::Pool::default();
    let mut words = vocabulary::Vocabulary::default();
    words.file(&gate_data.join("words.txt"))?;
    write(&out.join("attack.rs"), &attack::tables(&attack_data, &pool, &mut words)?)?;
    write(&out.join("runbook.rs"), &runbook::tables(&runbook_folder, &pool, &mut words)?)?;
    write(&out.join("vocabulary.rs"), &words.code())?;
    write(&out.join("pool.rs"), &pool.code())
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
