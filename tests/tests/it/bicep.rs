//! The templates under the official compiler: what it makes of them, and what a deployment would make.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use honeytriage_tests::bicep::Bicep;
use honeytriage_tests::{Run, project};
use serde_json::Value;

fn templates() -> PathBuf {
    project().join("templates/azure")
}

/// Every Bicep file below a folder.
fn bicep_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(bicep_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "bicep") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
#[ignore = "needs the Bicep CLI in HONEYTRIAGE_SHARED"]
fn committed_arm_is_what_the_official_compiler_makes_and_no_file_is_warned_about() {
    let mut bicep = Bicep::start();
    let files = bicep_files(&templates());
    assert!(files.len() > 15, "{files:?}");
    for path in files {
        let (arm, diagnostics) = bicep.compile(&path);
        assert!(diagnostics.is_empty(), "{}: {diagnostics:#?}", path.display());
        assert!(!arm.contains("\"languageVersion\""), "{}", path.display());
        let stem = path.file_stem().unwrap().to_str().unwrap();
        if let Ok(committed) = std::fs::read_to_string(templates().join(format!("compiled/{stem}.json"))) {
            assert!(committed.trim_end() == arm.trim_end(), "compiled/{stem}.json is not what the compiler makes");
        }
    }
    let committed = std::fs::read_dir(templates().join("compiled")).unwrap().count();
    assert_eq!(committed, 4);
}

/// A lab: its tables, and what is expected of it.
struct Case {
    soc: Option<&'static str>,
    honeypot: Option<&'static str>,
    /// Roles, as `holder: role on kind of scope`.
    roles: [&'static [&'static str]; 2],
}

const FUNCTIONS: &[&str] = &[
    "playbook: Microsoft Sentinel Reader on workspaces",
    "playbook: Storage Queue Data Message Sender on queues",
    "functions: Microsoft Sentinel Responder on workspaces",
    "functions: Storage Blob Data Owner on storageAccounts",
    "functions: Storage Queue Data Contributor on storageAccounts",
    "functions: Storage Table Data Contributor on storageAccounts",
    "functions: Monitoring Metrics Publisher on components",
];
/// Where a honeypot's logs go to the workspace.
const FUNCTIONS_WITH_LOGS: &[&str] = &["functions: Log Analytics Reader on workspaces"];
const OPENAI_WITH_LOGS: &[&str] =
    &["functions: Cognitive Services OpenAI User on accounts", "functions: Log Analytics Reader on workspaces"];
const KEYLESS: &[&str] = &["playbook: Cognitive Services OpenAI User on accounts"];
/// Without a playbook.
const SWEEPING: &[&str] = &[
    "functions: Microsoft Sentinel Responder on workspaces",
    "functions: Storage Blob Data Owner on storageAccounts",
    "functions: Storage Queue Data Contributor on storageAccounts",
    "functions: Storage Table Data Contributor on storageAccounts",
    "functions: Monitoring Metrics Publisher on components",
];
const WEBHOOK: &[&str] =
    &["playbook: Microsoft Sentinel Reader on workspaces", "playbook: Key Vault Secrets User on vaults"];
const ELSEWHERE: &[&str] = &["functions elsewhere: Microsoft Sentinel Responder on workspaces"];
const COMMENTING: &[&str] = &["playbook: Microsoft Sentinel Responder on workspaces"];
const OPENAI: &[&str] = &["functions: Cognitive Services OpenAI User on accounts"];
const VAULT: &[&str] = &["functions: Key Vault Secrets User on vaults"];
const SENTINEL: &[&str] = &["Sentinel: Microsoft Sentinel Automation Contributor on resourceGroups"];

const PRINCIPAL: &str = "00000000-0000-0000-0000-00000000000a";
const WEBHOOK_PRINCIPAL: &str = "00000000-0000-0000-0000-00000000000b";
const WITH_PRINCIPAL: &str = "automation_principal='00000000-0000-0000-0000-00000000000a'";
const EXISTING: &str = "workspace='/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-other/providers/Microsoft.OperationalInsights/workspaces/law-other'";

const CASES: &[Case] = &[
    Case { soc: Some(""), honeypot: None, roles: [FUNCTIONS, &[]] },
    Case { soc: Some(WITH_PRINCIPAL), honeypot: None, roles: [FUNCTIONS, SENTINEL] },
    Case { soc: Some("mail=['a@b.example']\ndaily_cap_gb=0.5"), honeypot: None, roles: [FUNCTIONS, &[]] },
    Case { soc: Some("shadow=true\nretention_days=180"), honeypot: None, roles: [FUNCTIONS, &[]] },
    Case { soc: Some(EXISTING), honeypot: None, roles: [FUNCTIONS, &[]] },
    Case { soc: Some("[soc.model]"), honeypot: None, roles: [FUNCTIONS, OPENAI] },
    Case {
        soc: Some("[soc.model]\nserver='https://api.openai.com/v1'\nname='m'"),
        honeypot: None,
        roles: [FUNCTIONS, VAULT],
    },
    Case {
        soc: Some("[soc.model]\nserver='https://x.example/v1'\nname='m'\nkey=false"),
        honeypot: None,
        roles: [FUNCTIONS, &[]],
    },
    Case { soc: Some("playbook='keyless'"), honeypot: None, roles: [COMMENTING, KEYLESS] },
    Case {
        soc: Some("playbook='keyless'\nseverities=['High', 'Medium']"),
        honeypot: None,
        roles: [COMMENTING, KEYLESS],
    },
    Case { soc: Some("playbook='classic'"), honeypot: None, roles: [COMMENTING, &[]] },
    Case { soc: Some("playbook='sweep'\nmail=['a@b.example']"), honeypot: None, roles: [SWEEPING, &[]] },
    Case { soc: Some("playbook='sweep'\n[soc.model]"), honeypot: Some(""), roles: [SWEEPING, OPENAI_WITH_LOGS] },
    Case { soc: Some("playbook='webhook'\nwebhook='https://x.example/'"), honeypot: None, roles: [WEBHOOK, &[]] },
    Case {
        soc: Some(
            "playbook='webhook'\nwebhook='https://x.example/'\nwebhook_principal='00000000-0000-0000-0000-00000000000b'",
        ),
        honeypot: Some(""),
        roles: [WEBHOOK, ELSEWHERE],
    },
    Case { soc: None, honeypot: Some(""), roles: [&[], &[]] },
    Case { soc: None, honeypot: Some("ports=['0-65535']"), roles: [&[], &[]] },
    Case { soc: None, honeypot: Some("ports=['22', '80']"), roles: [&[], &[]] },
    Case { soc: None, honeypot: Some("ports=['64290-64310']"), roles: [&[], &[]] },
    Case { soc: None, honeypot: Some("ports=['64295']"), roles: [&[], &[]] },
    Case { soc: None, honeypot: Some("ports=['1-21', '23-64000']\nedition='sensor'"), roles: [&[], &[]] },
    Case { soc: None, honeypot: Some("edition='llm'\nshutdown='19:00'"), roles: [&[], &[]] },
    Case { soc: None, honeypot: Some("edition='tarpit'\nbudget=10\nmail=['a@b.example']"), roles: [&[], &[]] },
    Case { soc: None, honeypot: Some("edition='mini'\ndns_label='my-pot'\nblackhole=true"), roles: [&[], &[]] },
    Case { soc: None, honeypot: Some("disk='Premium_LRS'\nsize='Standard_E2s_v5'"), roles: [&[], &[]] },
    Case { soc: Some(""), honeypot: Some(""), roles: [FUNCTIONS, FUNCTIONS_WITH_LOGS] },
    Case { soc: Some(""), honeypot: Some("logs=false"), roles: [FUNCTIONS, &[]] },
    Case { soc: Some("playbook='keyless'"), honeypot: Some("ports=['1-65535']"), roles: [COMMENTING, KEYLESS] },
    Case { soc: Some("[soc.model]"), honeypot: Some("ports=['0']"), roles: [FUNCTIONS, OPENAI_WITH_LOGS] },
    Case { soc: Some(EXISTING), honeypot: Some("ports=['64294-64305']"), roles: [FUNCTIONS, FUNCTIONS_WITH_LOGS] },
];

const ADMIN: [u8; 4] = [20, 1, 2, 3];

/// Generates a lab and evaluates it.
fn snapshot(bicep: &mut Bicep, case: &Case) -> (Value, Vec<std::ops::RangeInclusive<u16>>) {
    let folder = tempfile::tempdir().unwrap();
    let (lab, out) = (folder.path().join("lab.toml"), folder.path().join("out"));
    let key = project().join("examples/labs/example.pub");
    let soc = case.soc.map(|soc| format!("[soc]\n{soc}\n")).unwrap_or_default();
    let machine = format!("[honeypot]\nadmin_cidrs=['20.1.2.3']\nssh_key_file='{}'\n", key.display());
    let honeypot = case.honeypot.map(|honeypot| format!("{machine}{honeypot}\n")).unwrap_or_default();
    let text = format!("[lab]\nname='pot'\nlocation='westeurope'\n{soc}{honeypot}");
    std::fs::write(&lab, text).unwrap();
    let made = Run::infra_gen(["generate", lab.to_str().unwrap(), "-o", out.to_str().unwrap()]).output();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let (name, group) = match (case.soc, case.honeypot) {
        (Some(_), Some(_)) => ("main", None),
        (Some(_), None) => ("soc", Some("rg-pot-soc")),
        _ => ("honeypot", Some("rg-pot-honeypot")),
    };
    let parameters: Value =
        serde_json::from_slice(&std::fs::read(out.join(format!("{name}.parameters.json"))).unwrap()).unwrap();
    let given = parameters["parameters"].as_object().unwrap();
    let lines = given
        .keys()
        .map(|key| format!("param {key} = loadJsonContent('./{name}.parameters.json').parameters.{key}.value\n"));
    let file = out.join(format!("{name}.bicepparam"));
    std::fs::write(&file, format!("using './{name}.bicep'\n{}", lines.collect::<String>())).unwrap();
    let exposed = given.get("exposedPorts").map(|ports| ranges(&ports["value"])).unwrap_or_default();
    (bicep.snapshot(&file, group), exposed)
}

/// `22`, `1-64000` and `*` as ranges.
fn ranges(value: &Value) -> Vec<std::ops::RangeInclusive<u16>> {
    let texts: Vec<&str> = match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    };
    let range = |text: &str| match text.split_once('-') {
        _ if text == "*" => 0..=u16::MAX,
        Some((first, last)) => first.parse().unwrap()..=last.parse().unwrap(),
        None => text.parse().unwrap()..=text.parse().unwrap(),
    };
    texts.into_iter().map(range).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Admin,
    World,
    Vnet,
}

/// A rule of a network security group, as far as it matters here.
struct Rule {
    priority: i64,
    allows: bool,
    protocol: String,
    sources: Vec<String>,
    ports: Vec<std::ops::RangeInclusive<u16>>,
}

fn rules(group: &Value, direction: &str) -> Vec<Rule> {
    let all = group["properties"]["securityRules"].as_array().unwrap();
    let mut rules: Vec<Rule> = all
        .iter()
        .map(|rule| &rule["properties"])
        .filter(|rule| rule["direction"] == direction)
        .map(|rule| {
            let one_or_many = |one: &str, many: &str| {
                let value = if rule[many].is_null() { &rule[one] } else { &rule[many] };
                value.clone()
            };
            let source = one_or_many("sourceAddressPrefix", "sourceAddressPrefixes");
            let sources = match &source {
                Value::Array(values) => values.iter().map(|value| value.as_str().unwrap().to_owned()).collect(),
                other => vec![other.as_str().unwrap().to_owned()],
            };
            Rule {
                priority: rule["priority"].as_i64().unwrap(),
                allows: rule["access"] == "Allow",
                protocol: rule["protocol"].as_str().unwrap().to_lowercase(),
                sources,
                ports: ranges(&one_or_many("destinationPortRange", "destinationPortRanges")),
            }
        })
        .collect();
    rules.sort_by_key(|rule| rule.priority);
    let priorities: BTreeSet<i64> = rules.iter().map(|rule| rule.priority).collect();
    assert_eq!(priorities.len(), rules.len(), "priorities are unique");
    rules
}

/// Whether a packet comes in, with Azure's own last rules: the virtual network may, all others may not.
fn comes_in(rules: &[Rule], from: From, protocol: &str, port: u16) -> bool {
    let is_source = |source: &String| match (source.as_str(), from) {
        ("*" | "0.0.0.0/0", _) | ("VirtualNetwork", From::Vnet) | ("Internet", From::Admin | From::World) => true,
        (cidr, From::Admin) => *cidr == format!("{}/32", ADMIN.map(|part| part.to_string()).join(".")),
        _ => false,
    };
    let decides = |rule: &&Rule| {
        (rule.protocol == "*" || rule.protocol == protocol)
            && rule.sources.iter().any(is_source)
            && rule.ports.iter().any(|range| range.contains(&port))
    };
    rules.iter().find(decides).map_or(from == From::Vnet, |rule| rule.allows)
}

#[test]
#[ignore = "needs the Bicep CLI in HONEYTRIAGE_SHARED"]
fn every_lab_opens_what_it_should_and_gives_the_roles_it_should() {
    let mut bicep = Bicep::start();
    for case in CASES {
        let (snapshot, exposed) = snapshot(&mut bicep, case);
        let resources = snapshot["predictedResources"].as_array().unwrap();
        assert_eq!(snapshot["diagnostics"].as_array().map(Vec::len), Some(0), "{}", snapshot["diagnostics"]);
        assert_eq!(
            roles(resources),
            case.roles.concat().iter().map(ToString::to_string).collect(),
            "{:?} {:?}",
            case.soc,
            case.honeypot
        );
        for group in of_type(resources, "Microsoft.Network/networkSecurityGroups") {
            truth_table(&rules(group, "Inbound"), &exposed);
            ways_out(group, case.honeypot.unwrap_or_default());
        }
        assert_eq!(
            of_type(resources, "Microsoft.Network/networkSecurityGroups").len(),
            usize::from(case.honeypot.is_some())
        );
        no_secret(&snapshot);
        keyless(resources);
    }
}

fn of_type<'r>(resources: &'r [Value], kind: &str) -> Vec<&'r Value> {
    resources.iter().filter(|resource| resource["type"] == kind).collect()
}

/// Every port, from everywhere, by both protocols.
fn truth_table(rules: &[Rule], exposed: &[std::ops::RangeInclusive<u16>]) {
    for port in 0..=u16::MAX {
        let is_management = (64294..=64305).contains(&port);
        let is_open = !is_management && exposed.iter().any(|range| range.contains(&port));
        for protocol in ["tcp", "udp"] {
            let is_admins = protocol == "tcp" && [64294, 64295, 64297].contains(&port);
            let of = |from: From| comes_in(rules, from, protocol, port);
            assert_eq!(of(From::World), is_open, "{protocol} {port} from the world");
            assert_eq!(of(From::Admin), is_open || is_admins, "{protocol} {port} from an admin");
            assert!(!of(From::Vnet), "{protocol} {port} from the virtual network");
        }
    }
}

/// Where the machine may go: a few ports of the Internet, and no virtual network.
fn ways_out(group: &Value, honeypot: &str) {
    let outbound = |prefix: &str| {
        let mut group = group.clone();
        for rule in group["properties"]["securityRules"].as_array_mut().unwrap() {
            // What a rule says of the destination is looked at as if it were the source.
            rule["properties"]["sourceAddressPrefix"] = rule["properties"]["destinationAddressPrefix"].clone();
        }
        let mut rules = rules(&group, "Outbound");
        rules.retain(|rule| rule.sources.iter().any(|source| source == prefix || source == "*"));
        rules
    };
    let (internet, networks) = (outbound("Internet"), outbound("VirtualNetwork"));
    let more: &[u16] = match () {
        () if honeypot.contains("'sensor'") => &[64294],
        () if honeypot.contains("'llm'") => &[11434],
        () => &[],
    };
    for port in 0..=u16::MAX {
        let tcp = [53, 80, 443].contains(&port) || more.contains(&port);
        assert_eq!(comes_in(&internet, From::World, "tcp", port), tcp, "tcp {port} out");
        assert_eq!(comes_in(&internet, From::World, "udp", port), [53, 123].contains(&port), "udp {port} out");
        assert!(!comes_in(&networks, From::Vnet, "tcp", port) && !comes_in(&networks, From::Vnet, "udp", port));
    }
}

/// Role assignments by holder, name of the role and kind of the scope.
fn roles(resources: &[Value]) -> BTreeSet<String> {
    const NAMES: &[(&str, &str)] = &[
        ("8d289c81-5878-46d4-8554-54e1e3d8b5cb", "Microsoft Sentinel Reader"),
        ("3e150937-b8fe-4cfb-8069-0eaf05ecd056", "Microsoft Sentinel Responder"),
        ("f4c81013-99ee-4d62-a7ee-b3f1f648599a", "Microsoft Sentinel Automation Contributor"),
        ("c6a89b2d-59bc-44d0-9896-0f6e12d7b80a", "Storage Queue Data Message Sender"),
        ("b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "Storage Blob Data Owner"),
        ("974c5e8b-45b9-4653-ba55-5f855dd0fb88", "Storage Queue Data Contributor"),
        ("0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", "Storage Table Data Contributor"),
        ("3913510d-42f4-4e42-8a64-420c390055eb", "Monitoring Metrics Publisher"),
        ("4633458b-17de-408a-b874-0445c86b69e6", "Key Vault Secrets User"),
        ("5e0bd9bd-7b93-4f28-af87-19fc36ad61bd", "Cognitive Services OpenAI User"),
        ("73c42c96-874c-492b-b04d-ab87d138a893", "Log Analytics Reader"),
    ];
    let assignments = of_type(resources, "Microsoft.Authorization/roleAssignments");
    let named: BTreeSet<String> = assignments
        .iter()
        .map(|assignment| {
            let properties = &assignment["properties"];
            assert_eq!(properties["principalType"], "ServicePrincipal");
            let definition = properties["roleDefinitionId"].as_str().unwrap();
            let role = NAMES.iter().find(|(id, _)| definition.contains(id)).map_or(definition, |(_, name)| name);
            // An id that holds a fresh identity is an expression around the scope's.
            let id = assignment["id"].as_str().unwrap();
            let scope =
                id.strip_prefix("[extensionResourceId('").and_then(|rest| rest.split('\'').next()).unwrap_or(id);
            let scope = scope.split("/providers/Microsoft.Authorization/").next().unwrap();
            let kind = scope.rsplit('/').nth(1).unwrap();
            let holder = match properties["principalId"].as_str().unwrap() {
                id if id.contains("/workflows/") => "playbook",
                id if id.contains("/sites/") => "functions",
                id if id == PRINCIPAL => "Sentinel",
                id if id == WEBHOOK_PRINCIPAL => "functions elsewhere",
                other => panic!("{other}"),
            };
            format!("{holder}: {role} on {kind}")
        })
        .collect();
    assert_eq!(named.len(), assignments.len(), "no role is given twice");
    named
}

/// No value that was given as a secret, and nothing that looks like a key.
fn no_secret(snapshot: &Value) {
    let text = snapshot.to_string();
    for word in ["Bearer sk", "AccountKey=", "SharedAccessSignature", "listKeys("] {
        assert!(!text.contains(word), "{word}");
    }
    let outputs = snapshot["outputs"].to_string().to_lowercase();
    assert!(!outputs.contains("modelkey") && !outputs.contains("webhookkey"));
}

/// Keys are off wherever Azure has a switch for them.
fn keyless(resources: &[Value]) {
    for storage in of_type(resources, "Microsoft.Storage/storageAccounts") {
        assert_eq!(storage["properties"]["allowSharedKeyAccess"], false);
    }
    for account in of_type(resources, "Microsoft.CognitiveServices/accounts") {
        assert_eq!(account["properties"]["disableLocalAuth"], true);
    }
    for component in of_type(resources, "Microsoft.Insights/components") {
        assert_eq!(component["properties"]["DisableLocalAuth"], true);
    }
    for machine in of_type(resources, "Microsoft.Compute/virtualMachines") {
        assert_eq!(machine["properties"]["osProfile"]["linuxConfiguration"]["disablePasswordAuthentication"], true);
        // The agent that ships logs needs an identity; the sets of roles show that it has none.
        let ships = !of_type(resources, "Microsoft.Insights/dataCollectionRules").is_empty();
        assert_eq!(machine["identity"]["type"], if ships { "SystemAssigned" } else { "None" });
    }
}
