//! What a model's sentence proposes, calms, or claims that the data cannot show. Words that are not in the vocabulary need no rule
//! here.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::Slot;
use super::grounds::Grounds;
use super::lists::{has_phrase, listed};
use super::orders;
use super::words::LOOKING_AWAY;

/// Phrases that calm, or say that the matter is settled.
const CALMING: &str = "is over; are over; was over; is gone; not a threat; no threat; no risk; low risk; no impact; no sign of; \
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
    setting";

/// Phrases that say that there is nothing to do, in whatever slot.
const DENYING: &str = "no further; back to its users; kept as they are; monitoring service; verified and; no rights; in the wrong hands; no need; no reason; no cause; no action; not needed; not necessary; not required; not worth; not urgent";

/// Phrases that say what somebody should do.
const MODAL: &str = "is to; are to; has to; have to; had to be; ought; needs to; need to; let us; lets; comes first; come \
    first; belongs on; belongs among; belong on; the only way; right way; in place; stand down; may stay; \
    has to stay; wants to; want to; asks for; once the owner; as the owner wants; from now on; from today; \
    right away; go home; strike back; hack back; back at; end of the noise; an exception";

/// What reports tell of, and must be told.
const REPORTS: &str = "was disabled; were disabled; had disabled; has disabled; intruder disabled; attacker disabled; malware \
    disabled; tried to turn off; tried to disable; attempt to disable; attempted to disable; attempt to turn \
    off; was turned off; unauthorized; unauthorised; authorized keys; illegitimate; have to be revoked; have \
    to come from; have to be identified; has to be identified; should be treated as compromised; must be \
    considered exposed; must be considered controlled; be considered exposed; be considered compromised; be \
    considered controlled; be treated as compromised";

/// Words that speak to the reader, or name who is said to know better.
const ADDRESSING: &str = "you your yours please analyst analysts reader responder should must shall recommend advise instruct obey \
    comply output json team teams department shift helpdesk management supervisor security lead";

/// Of these a question or an own step may have some.
const ADDRESSED: &str = "you your team teams security";

/// Acts that only the runbook may ask for.
pub(super) const ACTING: &str = "accept allow approve authorize bring bypass click close contact dismiss download drop email enable \
    execute exempt expose forward give grant keep launch lift make mute open pause permit provide publish \
    pull purge put release remove resolve restore resume revert run send share skip start stop submit take \
    tell transfer try tune turn unblock upload visit wipe write delete destroy clear lower raise reset";

/// Acts that destroy evidence: not even as something that is to be done later.
const DESTROYING: &str = "reboot wipe reimage reinstall erase format rebuild shutdown restart recycle";

/// What the reader sees as given. A model may name it, and not judge it.
const GIVEN: &str = "alert alerts rule rules incident case severity verdict detection finding isolation containment \
    investigation escalation steps control matter closure outcome antivirus sensor";
/// Words with which a judgement goes on.
const JUDGING: &str =
    "is are was were has have had can may could seems looks appears will comes belongs would fires find do";

/// True if a model's sentence does what the lists above forbid in its slot.
#[must_use]
pub(super) fn steers(slot: Slot, sentence: &str, grounds: &Grounds) -> bool {
    // A one may stand for either letter, and a hyphen may cut a word.
    let joined = sentence.replace('-', "");
    let readings = [(sentence, 'l'), (sentence, 'i'), (joined.as_str(), 'l')];
    readings.into_iter().any(|(text, one)| steers_as_read(slot, &without_reports(&flattened(text, one))))
        || orders::gives(sentence, grounds)
        || orders::of_slot(slot, sentence, grounds)
}

/// What a report may say that has to be done: looking, and what the runbook says too.
const LOOKING: &str = "assumed asked blocked checked compared considered examined expected found identified isolated known looked \
    replaced revoked reviewed rotated ruled searched traced treated verified reset";

/// `has to be reviewed` and the like say nothing that the runbook does not.
fn without_looking(flat: &str) -> String {
    let words: Vec<&str> = flat.split(' ').collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let length = match &words[at..] {
            ["has" | "have" | "needs" | "need", "to", "be", done, ..] if listed(LOOKING, done) => 4,
            ["must" | "should", "be", done, ..] if listed(LOOKING, done) => 3,
            _ => 0,
        };
        if length == 0 {
            kept.push(words[at]);
        }
        at += length.max(1);
    }
    kept.join(" ")
}

fn steers_as_read(slot: Slot, flat: &str) -> bool {
    let flat = &without_looking(flat);
    let words: Vec<&str> = flat.split(' ').collect();
    let has = |list: &str| words.iter().any(|word| listed(list, word));
    let is_report = matches!(slot, Slot::Summary | Slot::Reason);
    let addresses = words.iter().any(|word| listed(ADDRESSING, word) && (is_report || !listed(ADDRESSED, word)));
    // `Did alice open it?` asks; `Can you open it?` orders.
    let may_act = slot != Slot::Question || has("can could would will");
    let acts = may_act && words.iter().enumerate().any(|(at, word)| listed(ACTING, word) && !is_told(&words[..at]));
    let judges = (1..words.len()).any(|at| is_given(&words[..at]) && listed(JUDGING, words[at]));
    let looks_away = PROPOSALS.are_in(flat, &words.concat());
    let tells_badly = judges || has_phrase(flat, CALMING) || has_phrase(flat, MODAL) || denies(&words);
    addresses || acts || has(DESTROYING) || looks_away || has_phrase(flat, DENYING) || is_report && tells_badly
}

/// True if the words end with something that the reader sees as given.
fn is_given(words: &[&str]) -> bool {
    let is_thing = matches!(words, [.., "inbox" | "mailbox" | "forwarding" | "transport", "rule" | "rules"]);
    !is_thing && words.last().is_some_and(|last| listed(GIVEN, last))
}

/// `No account was compromised`: what the data does not show is no fact.
fn denies(words: &[&str]) -> bool {
    let first = words.first().copied().unwrap_or_default();
    listed("no nothing nobody none never not", first) && words.get(1) != Some(&"other")
}

/// True if the words before an act make it a thing, or something that was done: `the upload`, `did not run`, `tried to open`.
fn is_told(before: &[&str]) -> bool {
    const THING: &str = "the a an this its their of no did not was were been be still first second mass large from after before \
        during with cannot both file mail also does do reply inbox for new any";
    const TRYING: &str = "tried attempted attempt attempts able used failed began started continued";
    match before {
        [.., trying, "to"] => listed(TRYING, trying),
        [.., last] => listed(THING, last),
        [] => false,
    }
}

/// The phrases of [`LOOKING_AWAY`].
struct Phrases {
    whole: AhoCorasick,
    /// The long ones without spaces: they are looked for across the borders of words.
    squashed: AhoCorasick,
}

static PROPOSALS: LazyLock<Phrases> = LazyLock::new(|| {
    /// Letters that a phrase needs to be looked for across the borders of words.
    const LONG: usize = 9;
    let whole: Vec<String> = LOOKING_AWAY.iter().map(|phrase| flattened(phrase, 'l')).collect();
    let squashed = whole.iter().map(|phrase| phrase.replace(' ', "")).filter(|phrase| phrase.len() >= LONG);
    let search = |phrases: Vec<String>| {
        #[expect(clippy::expect_used, reason = "the phrases are constants, and few")]
        AhoCorasick::new(phrases).expect("phrases compile")
    };
    Phrases { squashed: search(squashed.collect()), whole: search(whole) }
});

impl Phrases {
    fn are_in(&self, flat: &str, squashed: &str) -> bool {
        self.whole.is_match(flat) || self.squashed.is_match(squashed)
    }
}

/// Lower case, letters and digits with single spaces; digits within words as the letters that they stand for, a one as `one`.
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
    words.map(read).collect::<Vec<String>>().join(" ")
}

/// What was done is a fact: that somebody disabled a control must be told. `unauthorized` calms nobody.
fn without_reports(flat: &str) -> String {
    REPORTS.split("; ").fold(flat.to_owned(), |text, report| text.replace(report, ""))
}
