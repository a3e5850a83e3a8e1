//! A program that does nothing: the baseline for starting times.

fn main() {}
