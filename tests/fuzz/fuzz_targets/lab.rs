//! Any text as a lab file: refused with places inside the text, or a bundle whose parameter files are JSON.
#![no_main]

use std::path::Path;

use infra_gen::bundle::render;
use infra_gen::check::findings;
use infra_gen::cost::cost;
use infra_gen::lab::Lab;
use libfuzzer_sys::fuzz_target;

const KEY: &str = include_str!("../../../examples/labs/example.pub");

fuzz_target!(|text: &str| {
    let key = |_: &Path| Ok(KEY.to_owned());
    match Lab::read(text, None, &key) {
        Err(problems) => {
            assert!(!problems.is_empty());
            let lines = text.matches('\n').count() + 1;
            assert!(problems.iter().all(|problem| (1..=lines).contains(&problem.line) && problem.column >= 1));
        }
        Ok(lab) => {
            let files = render(&lab).expect("a bundle");
            for file in files.iter().filter(|file| file.path.ends_with(".parameters.json")) {
                serde_json::from_str::<serde_json::Value>(&file.text).expect("JSON");
            }
            assert!(cost(&lab).month >= 0.0 && findings(&lab).len() < 40);
        }
    }
});
