//! CPU time of parse, runbook and comment.
fn main() {}
