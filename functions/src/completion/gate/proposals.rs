//! What a model's sentence proposes, calms, or claims that the data cannot show. Words that are not in the vocabulary need no rule
//! here.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::Slot;
use super::grounds::Grounds;
use super::lists::{Phrases, Words};
use super::orders;
use super::words::LOOKING_AWAY;

/// Phrases that calm, or say that the matter is settled.
static CALMING: Phrases = Phrases::new(
    "is over; are over; was over; is gone; not a threat; no threat; no risk; low risk; no impact; no sign of; \
    no evidence of; no longer; no further; no need; no reason; no cause; no value; no use; of no; no data; \
    no account; not needed; not necessary; not matter; not worth; not urgent; not suspicious; not malicious; \
    not real; not an attack; isolation of; closure of; containment of; little cause; fix works; knows the \
    fix; way of the fix; own vulnerability; on the list of; signed microsoft; expired password; likely \
    cause; never got; under control; in order; is known to the owner; is known to the team; well known; \
    known address; known one; known supplier; known list; list of known; named location; of the it team; of \
    the company; by the owner; by the team; by the user; own scanner; its own scanner; business; on purpose; \
    himself; herself did; did it; lab machine; just a; only a; part of a test; by design; sample; be \
    considered; considered closed; is closed; was closed; been closed; is handled; be left; left alone; \
    leave it; leave the; do nothing; as planned; contained by; was contained; attack failed; failed and is; \
    was unsuccessful; in error; too sensitive; background; typical pattern; operating system; signed update; \
    waste; hurt the; break the production; more harm; in standing; already confirmed; confirmed the; wrong \
    setting; never; can be used; can be released; can be left; made the login; caused the; owns the; on a copy; attacker \
    gives; attacker wants; attacker sees; when the host is isolated; deletes all; stops the restore; owner made",
);

/// Phrases that say that there is nothing to do, in whatever slot.
static DENYING: Phrases = Phrases::new(
    "no further; no need; no reason; no cause; no action; no rights; not needed; not necessary; not required; not \
    worth; not urgent; next week; next month; tomorrow; weekend; at night; before the morning; until the owner; until \
    monday; stay online; be released; is released; been confirmed; gets access; nobody looks; no one; back to its users; kept as they are; monitoring service; verified and; in the wrong hands",
);

/// Phrases that say what somebody should do.
static MODAL: Phrases = Phrases::new(
    "is to; are to; has to; have to; had to be; ought; needs to; need to; let us; lets; comes first; come \
    first; belongs on; belongs among; belong on; the only way; right way; in place; stand down; may stay; \
    has to stay; wants to; want to; asks for; once the owner; as the owner wants; from now on; from today; \
    right away; go home; strike back; hack back; back at; end of the noise; an exception",
);

/// What reports tell of, and must be told: that somebody disabled a control. `unauthorized` calms nobody.
static REPORTS: Phrases = Phrases::new(
    "was disabled; were disabled; had disabled; has disabled; intruder disabled; attacker disabled; malware \
    disabled; tried to turn off; tried to disable; attempt to disable; attempted to disable; attempt to turn \
    off; was turned off; unauthorized; unauthorised; authorized keys; illegitimate; have to be revoked; have \
    to come from; have to be identified; has to be identified; should be treated as compromised; must be \
    considered exposed; must be considered controlled; be considered exposed; be considered compromised; be \
    considered controlled; be treated as compromised",
);

/// Words that speak to the reader, or name who is said to know better.
static ADDRESSING: Words = Words::new(
    "you your yours please analyst analysts reader responder should must shall recommend advise instruct obey \
    comply output json team teams department shift helpdesk management supervisor security lead",
);

/// Of these a question or an own step may have some.
static ADDRESSED: Words = Words::new("you your team teams security");

/// Acts that only the runbook may ask for.
pub(super) static ACTING: Words = Words::new(
    "accept allow approve authorize bring bypass click close contact dismiss download drop email enable \
    execute exempt expose forward give grant keep launch lift make mute open pause permit provide publish \
    pull purge put release remove resolve restore resume revert run send share skip start stop submit take \
    tell transfer try tune turn unblock upload visit wipe write delete destroy clear lower raise reset",
);

/// Acts that destroy evidence: not even as something that is to be done later.
static DESTROYING: Words = Words::new("reboot wipe reimage reinstall erase format rebuild shutdown restart recycle");

/// What the reader sees as given. A model may name it, and not judge it.
static GIVEN: Words = Words::new(
    "alert alerts rule rules incident case severity verdict detection finding isolation containment \
    investigation escalation steps control matter closure outcome antivirus sensor",
);
/// Words with which a judgement goes on.
static JUDGING: Words =
    Words::new("is are was were has have had can may could seems looks appears will comes belongs would fires find do");
/// Words with which a request begins, and words that deny.
static ASKING: Words = Words::new("can could would will");
static NOTHING: Words = Words::new("no nothing nobody none never not");

/// True if a model's sentence does what the lists above forbid in its slot.
#[must_use]
pub(super) fn steers(slot: Slot, sentence: &str, grounds: &Grounds) -> bool {
    // A one may stand for either letter, and a hyphen may cut a word.
    let mut readings =
        vec![flattened(sentence, 'l'), flattened(sentence, 'i'), flattened(&sentence.replace('-', ""), 'l')];
    readings.dedup();
    readings.iter().any(|flat| steers_as_read(slot, &REPORTS.taken_out(flat), grounds))
        || orders::gives(sentence, grounds)
        || orders::of_slot(slot, sentence, grounds)
}

/// What a report may say that has to be done: looking, and what the runbook says too.
static LOOKING: Words = Words::new(
    "assumed asked blocked checked compared considered examined expected found identified isolated known looked \
    replaced revoked reviewed rotated ruled searched traced treated verified reset",
);

/// `has to be reviewed` and the like say nothing that the runbook does not.
fn without_looking<'t>(words: &[&'t str]) -> Vec<&'t str> {
    let mut kept = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let length = match &words[at..] {
            ["has" | "have" | "needs" | "need", "to", "be", done, ..] if LOOKING.has(done) => 4,
            ["must" | "should", "be", done, ..] if LOOKING.has(done) => 3,
            _ => 0,
        };
        if length == 0 {
            kept.push(words[at]);
        }
        at += length.max(1);
    }
    kept
}

fn steers_as_read(slot: Slot, flat: &str, grounds: &Grounds) -> bool {
    let words = without_looking(&flat.split_whitespace().collect::<Vec<_>>());
    let flat = format!(" {} ", words.join(" "));
    let is_report = matches!(slot, Slot::Summary | Slot::Reason);
    let addresses = words.iter().any(|word| ADDRESSING.has(word) && (is_report || !ADDRESSED.has(word)));
    // `Did alice open it?` asks; `Can you open it?` orders.
    let may_act = slot != Slot::Question || ASKING.has_any(&words);
    let acts = may_act && words.iter().enumerate().any(|(at, word)| ACTING.has(word) && !is_told(&words[..at]));
    let judges = (1..words.len()).any(|at| is_given(&words[..at]) && JUDGING.has(words[at]));
    let undone = is_report && claims_response(&words, grounds);
    let tells_badly = || judges || CALMING.are_in(&flat) || MODAL.are_in(&flat) || denies(&words);
    addresses
        || acts
        || DESTROYING.has_any(&words)
        || DENYING.are_in(&flat)
        || undone
        || AWAY.is_in(&flat, &words.concat())
        || is_report && tells_badly()
}

/// What responders do. That it was done already is a fact only if the incident says so.
static RESPONSES: Words = Words::new(
    "isolated locked ended released quarantined blocked contained mitigated remediated resolved disconnected restored \
    revoked disabled removed saved stopped",
);

/// `The host was isolated`, of which the incident says nothing.
fn claims_response(words: &[&str], grounds: &Grounds) -> bool {
    let done = |pair: &[&str]| matches!(pair[0], "is" | "was" | "were" | "been" | "already" | "got");
    words.windows(2).any(|pair| done(pair) && RESPONSES.has(pair[1]) && !grounds.says(pair[1]))
}

/// True if the words end with something that the reader sees as given.
fn is_given(words: &[&str]) -> bool {
    let is_thing = matches!(words, [.., "inbox" | "mailbox" | "forwarding" | "transport", "rule" | "rules"]);
    !is_thing && words.last().is_some_and(|last| GIVEN.has(last))
}

/// `No account was compromised`: what the data does not show is no fact.
fn denies(words: &[&str]) -> bool {
    let first = words.first().copied().unwrap_or_default();
    NOTHING.has(first) && words.get(1) != Some(&"other")
}

/// True if the words before an act make it a thing, or something that was done: `the upload`, `did not run`, `tried to open`.
fn is_told(before: &[&str]) -> bool {
    static THING: Words = Words::new(
        "the a an this its their of no did not was were been be still first second mass large from after before \
        during with cannot both file mail also does do reply inbox for new any",
    );
    static TRYING: Words = Words::new("tried attempted attempt attempts able used failed began started continued");
    match before {
        [.., trying, "to"] => TRYING.has(trying),
        [.., last] => THING.has(last),
        [] => false,
    }
}

/// The phrases of [`LOOKING_AWAY`].
struct LookingAway {
    whole: AhoCorasick,
    /// The long ones without spaces: they are looked for across the borders of words.
    squashed: AhoCorasick,
}

static AWAY: LazyLock<LookingAway> = LazyLock::new(|| {
    /// Letters that a phrase needs to be looked for across the borders of words.
    const LONG: usize = 9;
    let whole: Vec<String> = LOOKING_AWAY.iter().map(|phrase| flattened(phrase, 'l').trim().to_owned()).collect();
    let squashed = whole.iter().map(|phrase| phrase.replace(' ', "")).filter(|phrase| phrase.len() >= LONG);
    let search = |phrases: Vec<String>| {
        #[expect(clippy::expect_used, reason = "the phrases are constants, and few")]
        AhoCorasick::new(phrases).expect("phrases compile")
    };
    LookingAway { squashed: search(squashed.collect()), whole: search(whole) }
});

impl LookingAway {
    fn is_in(&self, flat: &str, squashed: &str) -> bool {
        self.whole.is_match(flat) || self.squashed.is_match(squashed)
    }
}

/// Lower case, letters and digits with single spaces, one at each end; digits within words as the letters that they stand for, a one as `one`.
fn flattened(text: &str, one: char) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty());
    let read = |word: &str| {
        let is_mixed = word.contains(|c: char| c.is_ascii_digit()) && word.contains(char::is_alphabetic);
        let letter = |c: char| match c {
            '0' => 'o',
            '1' => one,
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '7' => 't',
            c => c,
        };
        if is_mixed { word.chars().map(letter).collect() } else { word.to_owned() }
    };
    words.map(read).fold(String::from(" "), |text, word| text + &word + " ")
}
