//! ATT&CK: `techniques.tsv` and `mitigations.tsv`, sorted by id.

use std::fmt::Write as _;
use std::path::Path;

use crate::literal::{Pool, variants};
use crate::vocabulary::Vocabulary;

pub(crate) fn tables(folder: &Path, pool: &Pool, words: &mut Vocabulary) -> Result<String, String> {
    let mut code = String::from("/// Sorted by id.\npub(crate) static TECHNIQUES: &[Technique] = &[\n");
    for row in rows(&folder.join("techniques.tsv"), 4)? {
        let [id, name, tactics, mitigations] = [&row[0], &row[1], &row[2], &row[3]];
        words.sentence(name);
        let _ = writeln!(
            code,
            "Technique {{ id: {}, name: {}, tactics: {}, mitigations: {} }},",
            pool.string(id),
            pool.string(name),
            variants("Tactic", &list(tactics)),
            pool.strings(&list(mitigations)),
        );
    }
    code.push_str("];\n/// Sorted by id: id and name.\npub(crate) static MITIGATION_NAMES: &[(Str, Str)] = &[\n");
    for row in rows(&folder.join("mitigations.tsv"), 2)? {
        let _ = writeln!(code, "({}, {}),", pool.string(&row[0]), pool.string(&row[1]));
    }
    code.push_str("];\n");
    Ok(code)
}

fn rows(path: &Path, columns: usize) -> Result<Vec<Vec<String>>, String> {
    let text = crate::read(path)?;
    let mut rows = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let row: Vec<String> = line.split('\t').map(str::to_owned).collect();
        if row.len() != columns {
            return Err(format!("{}:{}: expected {columns} columns", path.display(), number + 1));
        }
        rows.push(row);
    }
    if !rows.is_sorted_by(|a, b| a[0] < b[0]) {
        return Err(format!("{}: rows must be sorted by id, each id once", path.display()));
    }
    Ok(rows)
}

fn list(cell: &str) -> Vec<&str> {
    cell.split(',').filter(|value| !value.is_empty()).collect()
}
