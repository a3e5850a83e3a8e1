//! Sentences that begin with an act, and what own steps and questions may not ask for.

use super::Slot;
use super::form;
use super::grounds::Grounds;
use super::lists::Words;
use super::proposals::ACTING;
use crate::text::is_file_name;

/// Acts besides those of the runbook: orders only where a clause begins with them.
static AT_THE_START: Words = Words::new(
    "add block browse change classify conclude consider contain copy create disconnect escalate finish follow \
    free hand investigate isolate leave log mail message monitor move notify patch post quarantine rename \
    report restart revoke rotate set sign strike text type update upgrade use",
);

/// What a clause may begin with besides a name.
static STARTERS: Words = Words::new(
    "a an the this that these those it its he she they their his her one two three several many multiple some \
    all both each other another in on at after before during from within between since over with without for \
    by because as while when if until who which what where how whether there also only about most such to of \
    so",
);

/// What may stand before the first word of a clause.
static LEADING: Words = Words::new("and then or so but also first next finally just now to");
/// What follows an order: `Lift the isolation`, `Power off`.
static OBJECTS: Words =
    Words::new("the a an this that these all any it its his her their our off down up out back no nothing");

/// True if a clause of the sentence begins with an act.
pub(super) fn gives(sentence: &str, grounds: &Grounds) -> bool {
    const JOINTS: [&str; 8] = [",", ":", "(", "\"", " - ", " and ", " then ", " that "];
    let lower = JOINTS.iter().fold(sentence.to_lowercase(), |text, joint| text.replace(joint, "\n"));
    lower.lines().enumerate().any(|(number, clause)| {
        let words = clause.split_whitespace().map(|word| word.trim_matches(['.', '!', '?', ';']));
        let mut words = words.skip_while(|word| LEADING.has(word));
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let is_name = grounds.has(first) || first.starts_with(|c: char| c.is_ascii_digit());
        let may_start = number > 0 || is_name || STARTERS.has(first) || form::may_begin(first);
        let has_object = OBJECTS.has(second) || grounds.has(second);
        ACTING.has(first) || AT_THE_START.has(first) || !may_start && has_object
    })
}

/// Words of a thing that is settled, or opened: no own step or question asks for it.
static ENDED: Words = Words::new(
    "off closed closing closure lifted lifting stopped unlocked resolved solved settled alive objection \
    against ransom noisy harmless firewall sandbox macros administrator purpose locations already note price",
);
/// What nobody may be asked for.
static SECRETS: Words = Words::new("password passwords code codes secret secrets token pin key credential");

/// What the slots may not do besides.
pub(super) fn of_slot(slot: Slot, sentence: &str, grounds: &Grounds) -> bool {
    let lower = sentence.to_lowercase();
    let words =
        lower.split(|c: char| !c.is_alphanumeric() && !"-._@\\/".contains(c)).map(|word| word.trim_matches('.'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let has_text = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let first = words.first().copied().unwrap_or_default();
    match slot {
        Slot::OwnStep => {
            own_step(first, &words, grounds)
                || ENDED.has_any(&words)
                || has_text(&[" as a", "opened on", "reachable from", "gets through", "invoice is", "public site"])
        }
        Slot::Question => {
            let wants_secret = SECRETS.has_any(&words) && (first == "what" || lower.contains("at hand"));
            wants_secret
                || ENDED.has_any(&words)
                || has_text(&[
                    "why not",
                    "reason to",
                    "fine with",
                    "keeps you",
                    "did it",
                    "the owner confirmed",
                    "known ones",
                ])
        }
        Slot::Summary | Slot::Reason => {
            let next = words.get(1).copied().unwrap_or_default();
            first.ends_with("ing") && (OBJECTS.has(next) || grounds.has(next))
        }
    }
}

/// What an inquiry goes on with; what asks where a secret is and not for it; what comes after `to` in a place.
static INQUIRING: Words = Words::new("whether if what who when where which why how about");
/// What makes a statement one to be checked, and who is not meant by a step.
static DENIALS: Words = Words::new("no not cannot nothing neither other");
static PERSONAL: Words = Words::new("you your yours own nobody");
static PLACING: Words = Words::new("whether how where");
static PLACES: Words = Words::new("the a an other another its their this these all any");

/// `Ask the owner whether ..` asks; `Ask the owner to ..` orders. Nobody hands over secrets, and nothing is done to look.
fn own_step(first: &str, words: &[&str], grounds: &Grounds) -> bool {
    let asks = matches!(first, "ask" | "interview");
    let is_place = |word: &str| PLACES.has(word) || grounds.has(word);
    let toward = words.windows(2).any(|pair| pair[0] == "to" && !is_place(pair[1]));
    let by_doing = words.windows(2).any(|pair| pair[0] == "by" && pair[1].ends_with("ing"));
    let takes_secrets = (asks || matches!(first, "list" | "find")) && SECRETS.has_any(words) && !PLACING.has_any(words);
    // `Verify that the logs are deleted` orders; `that nothing else can reach it` asks.
    let demands = words.get(1) == Some(&"that") && !DENIALS.has_any(words);
    let is_personal = PERSONAL.has_any(words);
    let with_file = words.windows(2).any(|pair| matches!(pair[0], "with" | "from") && is_file_name(pair[1]));
    let with_attacker = words.windows(3).any(|three| three[0] == "with" && three[2] == "attacker");
    if demands || is_personal || with_file || with_attacker {
        return true;
    }
    asks && (toward || !INQUIRING.has_any(words)) || by_doing || takes_secrets
}
