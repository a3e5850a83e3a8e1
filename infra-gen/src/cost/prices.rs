//! List prices in US dollars, gathered in November 2026 from copies of the Azure Retail Prices API and price sheets.

/// When the prices were gathered.
pub const DATE: &str = "November 2026";

/// A static standard IPv4 address, an hour.
pub(super) const ADDRESS: f64 = 0.005;
/// Traffic to the Internet, a GB.
pub(super) const EGRESS: f64 = 0.0875;
/// 1,000 incidents: connector trigger and HTTP action 0.150, one execution of a second in 512 MB 0.0134, storage 0.0012.
pub(super) const FUNCTIONS: f64 = 0.165;
/// 1,000 incidents without a playbook: one execution of a second in 512 MB 0.0134, storage 0.0012.
pub(super) const SWEEP: f64 = 0.015;
/// 8,760 executions of a second in 512 MB at 0.0134 a thousand: every five minutes, a month.
pub(super) const SWEEPS: f64 = 0.12;
/// 1,000 incidents: connector trigger 0.125, condition, wait and two HTTP actions 0.100, reads of the key 0.003; a tenth of a second of
/// a Lambda function with 128 MB and its request 0.0004.
pub(super) const WEBHOOK: f64 = 0.228;
/// 1,000 incidents: connector trigger and comment 0.250, nine actions 0.225; the model's tokens apart.
pub(super) const KEYLESS: f64 = 0.475;
/// 1,000 incidents: three connector calls 0.375, eight actions 0.200; the model's tokens apart.
pub(super) const CLASSIC: f64 = 0.575;
/// Reads of empty queues, a month.
pub(super) const POLLING: f64 = 0.31;
/// A log-search alert every 15 minutes, a month.
pub(super) const ALERT: f64 = 0.50;

/// The prices of a region.
#[derive(Debug)]
pub(super) struct Prices {
    /// As people call it.
    pub(super) region: &'static str,
    /// False if the lab's region is not in the table.
    pub(super) is_exact: bool,
    /// A GB of a standard SSD, a month (E15, 256 GB).
    pub(super) standard_disk: f64,
    /// A GB of a premium SSD, a month (P15, 256 GB).
    pub(super) premium_disk: f64,
    /// A GB of logs.
    pub(super) sentinel: f64,
    column: Column,
}

#[derive(Debug, Clone, Copy)]
enum Column {
    UsEast,
    WestEurope,
}

impl Prices {
    pub(super) fn of(location: &str) -> Self {
        if location == "westeurope" {
            return Self {
                region: "West Europe",
                is_exact: true,
                standard_disk: 19.20 / 256.0,
                premium_disk: 41.81 / 256.0,
                sentinel: 5.59,
                column: Column::WestEurope,
            };
        }
        Self {
            region: "US East",
            is_exact: location == "eastus",
            standard_disk: 19.20 / 256.0,
            premium_disk: 38.01 / 256.0,
            sentinel: 4.30,
            column: Column::UsEast,
        }
    }
}

/// Machines, an hour: US East and West Europe.
const MACHINES: &[(&str, f64, f64)] = &[
    ("Standard_D4s_v5", 0.192, 0.230),
    ("Standard_D4as_v5", 0.172, 0.208),
    ("Standard_B4ms", 0.166, 0.192),
    ("Standard_B4as_v2", 0.150, 0.173),
    ("Standard_E2s_v5", 0.126, 0.152),
    ("Standard_D2s_v5", 0.096, 0.115),
];

/// What a machine costs an hour.
pub(super) fn machine(size: &str, prices: &Prices) -> Option<f64> {
    let (_, east, europe) = MACHINES.iter().find(|(name, ..)| *name == size)?;
    Some(match prices.column {
        Column::UsEast => *east,
        Column::WestEurope => *europe,
    })
}

/// Models of Azure OpenAI: 1,000 times 2,500 tokens in and 700 out.
const MODELS: &[(&str, f64)] = &[
    ("gpt-4o-mini", 0.80),
    ("gpt-4.1-mini", 2.12),
    ("gpt-5-mini", 2.03),
    ("gpt-5.4-mini", 5.03),
    ("gpt-5-nano", 0.41),
    ("gpt-4.1-nano", 0.53),
];

/// What 1,000 incidents cost with a model.
pub(super) fn tokens(model: &str) -> Option<f64> {
    MODELS.iter().find(|(name, _)| *name == model).map(|(_, price)| *price)
}
