//! Every example in every format, as people and programs see it.

use honeytriage_tests::{examples, triage};

#[test]
fn every_example_in_every_format() {
    assert!(examples().len() >= 12);
    for path in examples() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        for format in ["text", "html", "markdown", "json"] {
            insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
                insta::assert_snapshot!(format!("{name}.{format}"), triage(&path, format));
            });
        }
    }
}

#[test]
fn the_same_bytes_every_time() {
    for path in examples() {
        assert_eq!(triage(&path, "json"), triage(&path, "json"), "{}", path.display());
    }
}
