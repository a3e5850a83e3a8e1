//! What a model would get.

use honeytriage::prompt::tokens;
use honeytriage_tests::{Run, examples};

fn fence(prompt: &str) -> &str {
    let line = prompt.lines().find(|line| line.starts_with("----- data ")).unwrap();
    line.trim_start_matches("----- data ").trim_end_matches(" -----")
}

#[test]
fn the_incident_stands_between_fences_that_nobody_can_know() {
    let prompts = [(); 2].map(|()| Run::new(["prompt", "examples/incidents/hostile.json"]).stdout());
    assert_ne!(fence(&prompts[0]), fence(&prompts[1]));
    for prompt in &prompts {
        let mark = fence(prompt);
        assert_eq!(mark.len(), 32);
        assert_eq!(prompt.lines().filter(|line| line.starts_with("----- ")).count(), 2);
        assert!(prompt.contains(&format!("----- end of data {mark} -----")));
    }
}

/// The prompt without what is new each time: the fence, and the ends of the placeholders.
fn steady(prompt: &str) -> String {
    let nonce = prompt.split_once("host-1-").unwrap().1.get(..6).unwrap();
    prompt.replace(fence(prompt), "FENCE").replace(nonce, "NONCE")
}

#[test]
fn a_prompt_for_an_ordinary_incident() {
    let out = Run::new(["prompt", "examples/incidents/ssh-brute-force.json"]).stdout();
    insta::assert_snapshot!("prompt", steady(&out));
    let out = Run::new(["prompt", "examples/incidents/ssh-brute-force.json", "--classic"]).stdout();
    insta::assert_snapshot!("prompt-classic", steady(&out));
}

#[test]
fn every_prompt_keeps_its_budget_and_tells_what_it_left_out() {
    for path in examples() {
        for budget in [1200, 3000, 6000] {
            let out = Run::new(["prompt".as_ref(), path.as_os_str(), "--tokens".as_ref(), budget.to_string().as_ref()])
                .stdout();
            assert!(tokens(&out) <= budget, "{}: {} of {budget}", path.display(), tokens(&out));
        }
    }
    let out = Run::new(["prompt", "examples/incidents/big-incident.json"]).stdout();
    assert!(out.contains("Left out for length: "), "{out}");
}
