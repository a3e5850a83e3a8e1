//! What the templates of text files see: every field always there.

use serde::Serialize;

use crate::cost::{self, Cost};
use crate::lab::{Edition, Flavour, Honeypot, Lab, Ports};

use super::catalog::{INSTALL, LAB_ENV};
use super::names::Resource;
use super::templates::Templates;
use super::{RenderError, names};

/// The user of T-Pot's web page.
const WEB_USER: &str = "tpot-admin";

/// A row of the ports table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PortRow {
    /// `64295`, `1-64000`
    pub port: String,
    /// `tcp`, `tcp, udp`
    pub protocol: &'static str,
    /// From where.
    pub from: String,
    /// What answers.
    pub answers: String,
}

/// What the whole lab looks like.
#[derive(Debug, Clone, Serialize)]
pub(super) struct View {
    name: String,
    location: String,
    stacks: String,
    has_soc: bool,
    has_honeypot: bool,
    has_both: bool,
    soc: SocView,
    honeypot: HoneypotView,
    resources: Vec<Resource>,
    ports: Vec<PortRow>,
    cost: CostView,
}

#[derive(Debug, Clone, Default, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of a template")]
struct SocView {
    group: String,
    workspace: String,
    workspace_group: String,
    workspace_subscription: String,
    is_new_workspace: bool,
    flavour: &'static str,
    has_functions: bool,
    is_functions: bool,
    is_sweep: bool,
    is_webhook: bool,
    is_keyless: bool,
    is_classic: bool,
    automation_principal: String,
    webhook_principal: String,
    has_key: bool,
    /// Whose key: `model`, `webhook`, or empty.
    key: &'static str,
    has_openai: bool,
    has_vault: bool,
    has_model: bool,
    model: String,
    is_shadow: bool,
}

#[derive(Debug, Clone, Default, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of a template")]
struct HoneypotView {
    group: String,
    edition: &'static str,
    has_web: bool,
    is_sensor: bool,
    is_llm: bool,
    size: String,
    cores: String,
    disk: String,
    admin_user: String,
    admins: String,
    /// The first of the open ports, for a picture.
    some_ports: String,
    outbound: String,
    commit: String,
    is_community: bool,
    ships_logs: bool,
}

#[derive(Debug, Clone, Serialize)]
struct CostView {
    lines: Vec<CostLine>,
    month: String,
    assumptions: Vec<String>,
    date: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct CostLine {
    what: String,
    how: String,
    month: String,
}

impl View {
    pub(super) fn new(lab: &Lab) -> Self {
        let stacks: Vec<&str> = [lab.soc.as_ref().map(|_| "soc"), lab.honeypot.as_ref().map(|_| "honeypot")]
            .into_iter()
            .flatten()
            .collect();
        Self {
            name: lab.name.to_string(),
            location: lab.location.to_string(),
            stacks: stacks.join(" "),
            has_soc: lab.soc.is_some(),
            has_honeypot: lab.honeypot.is_some(),
            has_both: lab.soc.is_some() && lab.honeypot.is_some(),
            soc: lab.soc.as_ref().map(soc_view).unwrap_or_default(),
            honeypot: lab.honeypot.as_ref().map(honeypot_view).unwrap_or_default(),
            resources: names::resources(lab),
            ports: lab.honeypot.as_ref().map(ports).unwrap_or_default(),
            cost: cost_view(cost::cost(lab)),
        }
    }
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

fn soc_view(soc: &crate::lab::Soc) -> SocView {
    let (workspace_group, workspace_subscription) = soc.workspace.elsewhere();
    SocView {
        group: soc.group.to_string(),
        workspace: soc.workspace.to_string(),
        is_new_workspace: workspace_group.is_empty(),
        workspace_group,
        workspace_subscription,
        flavour: soc.flavour.as_str(),
        has_functions: soc.flavour.has_functions(),
        is_sweep: soc.flavour == Flavour::Sweep,
        is_functions: soc.flavour == Flavour::Functions,
        is_webhook: soc.flavour == Flavour::Webhook,
        is_keyless: soc.flavour == Flavour::Keyless,
        is_classic: soc.flavour == Flavour::Classic,
        webhook_principal: soc.webhook_principal(),
        automation_principal: soc.automation_principal.map(|id| id.to_string()).unwrap_or_default(),
        has_key: soc.key().is_some(),
        key: soc.key().unwrap_or_default(),
        has_openai: soc.uses_openai(),
        has_vault: soc.uses_vault(),
        has_model: soc.model.is_some(),
        model: soc.model.as_ref().map(|model| model.name.to_string()).unwrap_or_default(),
        is_shadow: soc.is_shadow,
    }
}

fn honeypot_view(honeypot: &Honeypot) -> HoneypotView {
    HoneypotView {
        group: honeypot.group.to_string(),
        edition: honeypot.edition.as_str(),
        has_web: honeypot.edition.has_web(),
        is_sensor: honeypot.edition == Edition::Sensor,
        is_llm: honeypot.edition == Edition::Llm,
        size: honeypot.size.to_string(),
        // Zero passes every quota: Azure itself tells then.
        cores: honeypot.size.cores().unwrap_or(0).to_string(),
        disk: format!("{} GB", honeypot.disk_gb.get()),
        admin_user: honeypot.admin_user.to_string(),
        admins: listed(&honeypot.admin_cidrs),
        some_ports: some(&honeypot.ports),
        outbound: honeypot.outbound_ports().join(", "),
        commit: honeypot.commit.as_ref().map(ToString::to_string).unwrap_or_default(),
        is_community: honeypot.is_community,
        ships_logs: honeypot.ships_logs,
    }
}

fn listed(items: &[impl ToString]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn some(ports: &[Ports]) -> String {
    const MOST: usize = 3;
    let more = if ports.len() > MOST { ", .." } else { "" };
    listed(&ports[..MOST.min(ports.len())]) + more
}

fn cost_view(cost: Cost) -> CostView {
    let amount = |month: Option<f64>| month.map_or("as used".to_owned(), |month| format!("{month:.2}"));
    let line = |line: cost::Line| CostLine { what: line.what, how: line.how, month: amount(line.month) };
    CostView {
        lines: cost.lines.into_iter().map(line).collect(),
        month: format!("{:.2}", cost.month),
        assumptions: cost.assumptions,
        date: cost::DATE,
    }
}

/// Which ports are open to whom, and what answers there (T-Pot's README and compose files, release 24.04.1).
#[must_use]
pub fn ports(honeypot: &Honeypot) -> Vec<PortRow> {
    let admins = listed(&honeypot.admin_cidrs);
    let web =
        if honeypot.edition.has_web() { "T-Pot's web page: attack map, Kibana" } else { "nothing in this edition" };
    let row = |port: &str, protocol, from: &str, answers: &str| PortRow {
        port: port.to_owned(),
        protocol,
        from: from.to_owned(),
        answers: answers.to_owned(),
    };
    vec![
        row("64294", "tcp", &admins, "T-Pot: data from sensors"),
        row("64295", "tcp", &admins, "SSH of the machine, by key only"),
        row("64297", "tcp", &admins, web),
        row("64294-64305", "tcp, udp", "nobody else", "closed, whatever else is open"),
        row(&listed(&honeypot.ports), "tcp, udp", "the Internet", honeypots(honeypot.edition)),
    ]
}

/// What listens in an edition.
fn honeypots(edition: Edition) -> &'static str {
    match edition {
        Edition::Hive | Edition::Sensor | Edition::Mobile => {
            "adbhoney 5555, ciscoasa 5000/udp 8443, conpot 161/udp 623/udp 1025 2404 10001 50100, cowrie 22 23, dicompot 104 11112, \
             dionaea 20 21 42 69/udp 81 135 445 1433 1723 1883 3306 27017, elasticpot 9200, h0neytr4p 443 2087, \
             heralding 110 143 465 993 995 1080 5432 5900, honeyaml 3000, ipphoney 631, mailoney 25 587, medpot 2575, miniprint 9100, \
             rdphoneypot 3389, redishoneypot 6379, sentrypeer 5060, snare 80, wordpot 8080; honeytrap on every other tcp port"
        }
        Edition::Mini => {
            "qeeqbox honeypots 21 22 23 25 53 80 110 143 389 443 445 1433 3306 3389 5060 5432 5900 6379 8080 9200 and more, adbhoney 5555, \
             ciscoasa, conpot, dicompot, medpot; honeytrap on every other tcp port"
        }
        Edition::Llm => "beelzebub 22, galah 80 443 8080 8443",
        Edition::Tarpit => "endlessh 22, heralding, go-pot 8080, hellpot 80, ddospot 19/udp 53/udp 123/udp 1900/udp",
    }
}

/// What `cloud-init.yaml` is made of.
#[derive(Debug, Serialize)]
pub(super) struct CloudInit {
    install_script: &'static str,
    settings: String,
    time_zone: String,
}

/// The settings of `install.sh`.
#[derive(Debug, Serialize)]
struct LabEnv {
    admin_user: String,
    edition: char,
    commit: String,
    blackhole: &'static str,
    community: &'static str,
    time_zone: String,
    web_user: &'static str,
}

impl CloudInit {
    pub(super) fn new(honeypot: &Honeypot, templates: &Templates) -> Result<Self, RenderError> {
        let settings = LabEnv {
            admin_user: honeypot.admin_user.to_string(),
            edition: honeypot.edition.letter(),
            commit: honeypot.commit.as_ref().map(ToString::to_string).unwrap_or_default(),
            blackhole: if honeypot.is_blackhole { "ENABLED" } else { "DISABLED" },
            community: yes(honeypot.is_community),
            time_zone: honeypot.time_zone.as_str().to_owned(),
            web_user: WEB_USER,
        };
        Ok(Self {
            install_script: INSTALL,
            settings: templates.render(LAB_ENV, &settings)?,
            time_zone: honeypot.time_zone.as_str().to_owned(),
        })
    }
}
