//! The runbook: every `*.toml` in `templates/runbook`, each table sorted by id.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::literal::{Pool, variant, variants};
use crate::vocabulary::Vocabulary;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    scenario: Vec<Scenario>,
    action: Vec<Action>,
    entity: Vec<Action>,
    tactic: Vec<Action>,
    query: Vec<Query>,
    mitigation: Vec<Mitigation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    id: String,
    name: String,
    rank: u8,
    title: Vec<String>,
    techniques: Vec<String>,
    tactics: Vec<String>,
    products: Vec<String>,
    entities: Vec<String>,
    infers: Vec<String>,
    #[serde(default)]
    hides: Vec<String>,
    #[serde(default)]
    grows_from: String,
    #[serde(default)]
    signs: Vec<String>,
    actions: Vec<String>,
    queries: Vec<String>,
    questions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    id: String,
    /// Of an `[[entity]]`: its kind.
    kind: Option<String>,
    /// Of a `[[tactic]]`: its short name.
    tactic: Option<String>,
    phase: String,
    order: u8,
    about: Vec<String>,
    #[serde(default)]
    outside_only: bool,
    #[serde(default)]
    keep: bool,
    short: String,
    r#do: String,
    why: String,
    #[serde(default)]
    techniques: Vec<String>,
    #[serde(default)]
    mitigations: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    when: When,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct When {
    entities: Vec<String>,
    os: Vec<String>,
    products: Vec<String>,
    techniques: Vec<String>,
    tactics: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    id: String,
    title: String,
    kql: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mitigation {
    id: String,
    family: String,
    short: String,
    r#do: String,
}

pub(crate) fn tables(folder: &Path, pool: &Pool, words: &mut Vocabulary) -> Result<String, String> {
    let mut all = File::default();
    for path in files(folder)? {
        let file: File =
            toml::from_str(&crate::read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        all.scenario.extend(file.scenario);
        all.action.extend(file.action);
        all.entity.extend(file.entity);
        all.tactic.extend(file.tactic);
        all.query.extend(file.query);
        all.mitigation.extend(file.mitigation);
    }
    all.sentences().for_each(|text| words.sentence(text));
    let mut code = String::new();
    table(&mut code, "SCENARIOS", "Scenario", all.scenario.iter().map(|s| (s.id.clone(), scenario(s, pool))))?;
    let phrases: BTreeSet<_> =
        all.scenario.iter().flat_map(|s| s.title.iter().map(|phrase| (plain(phrase), &s.id))).collect();
    // The NUL keeps the order that of the phrases.
    let phrases = phrases
        .iter()
        .map(|(phrase, id)| (format!("{phrase}\0{id}"), format!("({}, {})", pool.string(phrase), pool.string(id))));
    table(&mut code, "PHRASES", "(Str, Str)", phrases)?;
    table(&mut code, "ACTIONS", "Action", all.action.iter().map(|a| (a.id.clone(), action(a, pool))))?;
    table(&mut code, "QUERIES", "Query", all.query.iter().map(|q| (q.id.clone(), query(q, pool))))?;
    table(&mut code, "MITIGATIONS", "Mitigation", all.mitigation.iter().map(|m| (m.id.clone(), mitigation(m, pool))))?;
    let entities = keyed("EntityKind", &all.entity, |action| &action.kind, pool)?;
    table(&mut code, "ENTITY_ACTIONS", "(EntityKind, Action)", entities.into_iter())?;
    let tactics = keyed("Tactic", &all.tactic, |action| &action.tactic, pool)?;
    table(&mut code, "TACTIC_ACTIONS", "(Tactic, Action)", tactics.into_iter())?;
    Ok(code)
}

impl File {
    /// Every sentence that people read.
    fn sentences(&self) -> impl Iterator<Item = &String> {
        let scenarios = self.scenario.iter().flat_map(|one| one.questions.iter().chain([&one.name]));
        let actions = self.action.iter().chain(&self.entity).chain(&self.tactic);
        let actions = actions.flat_map(|one| [&one.short, &one.r#do, &one.why]);
        let mitigations = self.mitigation.iter().flat_map(|one| [&one.short, &one.r#do]);
        scenarios.chain(actions).chain(mitigations).chain(self.query.iter().map(|one| &one.title))
    }
}

fn files(folder: &Path) -> Result<Vec<std::path::PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths: Result<Vec<_>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(|error| format!("{}: {error}", folder.display()))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    Ok(paths)
}

fn table(
    code: &mut String,
    name: &str,
    item: &str,
    rows: impl Iterator<Item = (String, String)>,
) -> Result<(), String> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    if let Some(pair) = rows.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("templates/runbook: `{}` is defined twice in {name}", pair[0].0));
    }
    let _ = writeln!(code, "/// Sorted by id.\npub(crate) static {name}: &[{item}] = &[");
    for (_, literal) in rows {
        let _ = writeln!(code, "{literal},");
    }
    code.push_str("];\n");
    Ok(())
}

/// A phrase as titles are read: with spaces for hyphens, underscores and slashes.
fn plain(phrase: &str) -> String {
    phrase.replace(['-', '_', '/'], " ")
}

fn scenario(s: &Scenario, pool: &Pool) -> String {
    format!(
        "Scenario {{ id: {}, name: {}, rank: {}, techniques: {}, tactics: {}, products: {}, \
         entities: {}, infers: {}, hides: {}, grows_from: {}, signs: {}, actions: {}, queries: {}, questions: {} }}",
        pool.string(&s.id),
        pool.string(&s.name),
        s.rank,
        pool.strings(&s.techniques),
        variants("Tactic", &s.tactics),
        pool.strings(&s.products),
        variants("EntityKind", &s.entities),
        pool.strings(&s.infers),
        pool.strings(&s.hides),
        pool.string(&s.grows_from),
        pool.strings(&s.signs),
        pool.strings(&s.actions),
        pool.strings(&s.queries),
        pool.strings(&s.questions),
    )
}

fn action(a: &Action, pool: &Pool) -> String {
    format!(
        "Action {{ id: {}, phase: {}, order: {}, about: {}, outside_only: {}, keep: {}, short: {}, text: {}, why: {}, techniques: {}, \
         mitigations: {}, after: {}, when: {} }}",
        pool.string(&a.id),
        variant("Phase", &a.phase),
        a.order,
        variants("EntityKind", &a.about),
        a.outside_only,
        a.keep || a.phase == "contain",
        pool.string(&a.short),
        pool.string(&a.r#do),
        pool.string(&a.why),
        pool.strings(&a.techniques),
        pool.strings(&a.mitigations),
        pool.strings(&a.after),
        when(&a.when, pool),
    )
}

fn when(w: &When, pool: &Pool) -> String {
    format!(
        "When {{ entities: {}, os: {}, products: {}, techniques: {}, tactics: {} }}",
        variants("EntityKind", &w.entities),
        variants("Os", &w.os),
        pool.strings(&w.products),
        pool.strings(&w.techniques),
        variants("Tactic", &w.tactics),
    )
}

/// Actions that stand for a value of an enum: the key, and `(Enum::Key, Action {..})`.
fn keyed(
    name: &str,
    actions: &[Action],
    key: fn(&Action) -> &Option<String>,
    pool: &Pool,
) -> Result<Vec<(String, String)>, String> {
    let row = |one: &Action| {
        let key = key(one).as_ref().ok_or_else(|| format!("templates/runbook: `{}` has no {name}", one.id))?;
        Ok((key.clone(), format!("({}, {})", variant(name, key), action(one, pool))))
    };
    actions.iter().map(row).collect()
}

fn query(q: &Query, pool: &Pool) -> String {
    format!(
        "Query {{ id: {}, title: {}, kql: {} }}",
        pool.string(&q.id),
        pool.string(&q.title),
        pool.string(q.kql.trim())
    )
}

fn mitigation(m: &Mitigation, pool: &Pool) -> String {
    format!(
        "Mitigation {{ id: {}, family: {}, short: {}, text: {} }}",
        pool.string(&m.id),
        variant("Family", &m.family),
        pool.string(&m.short),
        pool.string(&m.r#do)
    )
}
