//! Templates of the user's own.

use std::path::Path;

use honeytriage_tests::Run;

const EXAMPLE: &str = "examples/incidents/ssh-brute-force.json";

fn with(path: &str, text: &str, format: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text).unwrap();
    let output = Run::new(["triage", EXAMPLE, "--format", format]).env("HONEYTRIAGE_TEMPLATES", folder.path()).output();
    let message = String::from_utf8(output.stderr).unwrap();
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout).unwrap());
    }
    assert_eq!((output.status.code(), message.matches('\n').count()), (Some(2), 1), "{message}");
    Err(message.replace(&*folder.path().to_string_lossy(), "FOLDER"))
}

#[test]
fn a_folder_replaces_what_it_has() {
    assert_eq!(
        with("comment/comment.html.hbs", "<p>{{verdict}} {{marked summary}}</p>", "html")
            .unwrap()
            .matches("<p>")
            .count(),
        1
    );
    assert!(with("comment/other.hbs", "", "html").unwrap().contains("Do first"));
}

#[test]
fn a_bad_template_names_file_line_and_fields() {
    let unknown = with("comment/comment.html.hbs", "<p>\n{{sumary}}</p>", "html").unwrap_err();
    assert!(
        unknown
            .starts_with("honeytriage: FOLDER/comment/comment.html.hbs:2: there is no field `sumary`; the fields are "),
        "{unknown}"
    );
    assert!(unknown.contains("summary"));
    let broken = with("comment/comment.html.hbs", "<p>\n\n{{#if x}}</p>", "html").unwrap_err();
    assert!(broken.starts_with("honeytriage: FOLDER/comment/comment.html.hbs:"), "{broken}");
    let helper = with("comment/comment.html.hbs", "{{marked first}}", "html").unwrap_err();
    assert!(helper.contains("`marked` needs a text"), "{helper}");
}

#[test]
fn a_template_cannot_switch_safety_off() {
    let unescaped = with("comment/comment.html.hbs", "<p>\n{{{summary}}}</p>", "html").unwrap_err();
    assert!(unescaped.contains("comment.html.hbs:2: `{{{` and `{{&` switch escaping off"), "{unescaped}");
    let markup = with("comment/comment.html.hbs", "<p><img src=x>{{summary}}</p>", "html").unwrap_err();
    assert!(markup.contains("markup that a comment must not have"), "{markup}");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let missing = Path::new("no/such/folder");
    let output = Run::new(
        ["triage", EXAMPLE, "--format", "html", "--templates"].iter().map(AsRef::as_ref).chain([missing.as_os_str()]),
    )
    .output();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains("no/such/folder/comment/comment.html.hbs"), "{message}");
}
