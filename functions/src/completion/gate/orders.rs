//! Sentences that begin with an act, and what own steps and questions may not ask for.

use super::Slot;
use super::form;
use super::grounds::Grounds;
use super::lists::listed;
use super::proposals::ACTING;

/// Acts besides those of the runbook: orders only where a clause begins with them.
const AT_THE_START: &str = "add block browse change classify conclude consider contain copy create disconnect escalate finish follow \
    free hand investigate isolate leave log mail message monitor move notify patch post quarantine rename \
    report restart revoke rotate set sign strike text type update upgrade use";

/// What a clause may begin with besides a name.
const STARTERS: &str = "a an the this that these those it its he she they their his her one two three several many multiple some \
    all both each other another in on at after before during from within between since over with without for \
    by because as while when if until who which what where how whether there also only about most such to of \
    so";

/// What follows an order: `Lift the isolation`, `Power off`.
const OBJECTS: &str = "the a an this that these all any it its his her their our off down up out back no nothing";

/// True if a clause of the sentence begins with an act.
pub(super) fn gives(sentence: &str, grounds: &Grounds) -> bool {
    const JOINTS: [&str; 8] = [",", ":", "(", "\"", " - ", " and ", " then ", " that "];
    let lower = JOINTS.iter().fold(sentence.to_lowercase(), |text, joint| text.replace(joint, "\n"));
    lower.lines().enumerate().any(|(number, clause)| {
        let words = clause.split_whitespace().map(|word| word.trim_matches(['.', '!', '?', ';']));
        let mut words = words.skip_while(|word| listed("and then or so but also first next finally just now to", word));
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let is_name = grounds.has(first) || first.starts_with(|c: char| c.is_ascii_digit());
        let may_start = number > 0 || is_name || listed(STARTERS, first) || form::may_begin(first);
        let has_object = listed(OBJECTS, second) || grounds.has(second);
        listed(ACTING, first) || listed(AT_THE_START, first) || !may_start && has_object
    })
}

/// Words of a thing that is settled, or opened: no own step or question asks for it.
const ENDED: &str = "off closed closing closure lifted lifting stopped unlocked resolved solved settled alive objection \
    against ransom noisy harmless firewall sandbox macros administrator purpose locations already note price";
const SECRETS: &str = "password passwords code codes secret secrets token pin key credential";

/// What the slots may not do besides.
pub(super) fn of_slot(slot: Slot, sentence: &str, grounds: &Grounds) -> bool {
    let lower = sentence.to_lowercase();
    let words =
        lower.split(|c: char| !c.is_alphanumeric() && !"-._@\\/".contains(c)).map(|word| word.trim_matches('.'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let has = |list: &str| words.iter().any(|word| listed(list, word));
    let has_text = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let first = words.first().copied().unwrap_or_default();
    match slot {
        Slot::OwnStep => {
            own_step(first, &words, grounds)
                || has(ENDED)
                || has_text(&[" as a", "opened on", "reachable from", "gets through", "invoice is", "public site"])
        }
        Slot::Question => {
            let wants_secret = has(SECRETS) && (first == "what" || lower.contains("at hand"));
            wants_secret
                || has(ENDED)
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
            first.ends_with("ing") && (listed(OBJECTS, next) || grounds.has(next))
        }
    }
}

/// `Ask the owner whether ..` asks; `Ask the owner to ..` orders. Nobody hands over secrets, and nothing is done to look.
fn own_step(first: &str, words: &[&str], grounds: &Grounds) -> bool {
    let has = |list: &str| words.iter().any(|word| listed(list, word));
    let asks = listed("ask interview", first);
    let is_place =
        |word: &str| listed("the a an other another its their this these all any", word) || grounds.has(word);
    let toward = words.windows(2).any(|pair| pair[0] == "to" && !is_place(pair[1]));
    let by_doing = words.windows(2).any(|pair| pair[0] == "by" && pair[1].ends_with("ing"));
    let takes_secrets = listed("ask interview list find", first) && has(SECRETS) && !has("whether how where");
    asks && (toward || !has("whether if what who when where which why how about")) || by_doing || takes_secrets
}
