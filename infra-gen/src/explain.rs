//! A lab in the terminal: what it has, who reaches what, what it costs.

use std::fmt::Write as _;

use crate::bundle::{ports, resources};
use crate::cost::{Line, cost};
use crate::lab::Lab;

/// The lab in plain text.
pub(crate) fn explain(lab: &Lab) -> String {
    let mut text = format!("Lab {} in {}\n", lab.name, lab.location);
    let resources = resources(lab);
    let rows: Vec<Vec<String>> = resources
        .iter()
        .map(|one| vec![one.group.clone(), one.kind.to_owned(), one.name.clone(), one.purpose.to_owned()])
        .collect();
    table(&mut text, "Resources", &["group", "what", "name", "for"], &rows);
    if let Some(honeypot) = &lab.honeypot {
        let rows: Vec<Vec<String>> = ports(honeypot)
            .into_iter()
            .map(|row| vec![row.port, row.protocol.to_owned(), row.from, row.answers])
            .collect();
        table(&mut text, "Ports of the honeypot", &["port", "protocol", "open to", "answers"], &rows);
    }
    let cost = cost(lab);
    let amount = |line: &Line| line.month.map_or("as used".to_owned(), |month| format!("{month:.2}"));
    let mut rows: Vec<Vec<String>> =
        cost.lines.iter().map(|line| vec![amount(line), line.what.clone(), line.how.clone()]).collect();
    rows.push(vec![format!("{:.2}", cost.month), "in all, and what is used".to_owned(), String::new()]);
    table(&mut text, "Cost", &["USD a month", "what", "how"], &rows);
    for assumption in &cost.assumptions {
        let _ = writeln!(text, "  {assumption}");
    }
    text
}

/// A table whose last column is as wide as it likes.
fn table(text: &mut String, title: &str, head: &[&str], rows: &[Vec<String>]) {
    let mut all: Vec<Vec<String>> = vec![head.iter().map(ToString::to_string).collect()];
    all.extend(rows.iter().cloned());
    let width = |column: usize| {
        all.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let _ = writeln!(text, "\n{title}");
    for row in &all {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}", width = *width)).collect();
        let _ = writeln!(text, "  {}", cells.join("  ").trim_end());
    }
}
