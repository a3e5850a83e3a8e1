//! What a lab costs a month, by a dated table of list prices.

mod prices;

use serde::Serialize;

use crate::lab::{DiskType, Flavour, Honeypot, Lab, Model, Server, Soc};

pub use prices::DATE;
use prices::{Prices, machine, tokens};

/// Hours of a month, as Azure's price pages count them.
const HOURS: f64 = 730.0;

/// One line of the cost table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// What costs.
    pub what: String,
    /// How the amount comes about.
    pub how: String,
    /// US dollars a month; none if it depends on what happens.
    pub month: Option<f64>,
}

/// The cost of a lab.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cost {
    /// The lines.
    pub lines: Vec<Line>,
    /// Their sum, where the lines have amounts.
    pub month: f64,
    /// What the figures rest on.
    pub assumptions: Vec<String>,
}

/// The cost of a lab, running all month.
#[must_use]
pub fn cost(lab: &Lab) -> Cost {
    let prices = Prices::of(lab.location.as_str());
    let mut lines = Vec::new();
    if let Some(honeypot) = &lab.honeypot {
        lines.extend(honeypot_lines(honeypot, &prices));
    }
    if let Some(soc) = &lab.soc {
        lines.extend(soc_lines(soc, &prices));
        lines.extend(lab.ships_logs().then(|| logs_line(soc, &prices)));
    }
    let month = lines.iter().filter_map(|line| line.month).fold(0.0, |sum, month| sum + month);
    let mut assumptions = vec![
        format!("List prices of {DATE} in US dollars for {}, without grants, discounts and taxes.", prices.region),
        "A month has 730 hours, and everything runs all the time.".to_owned(),
    ];
    if !prices.is_exact {
        assumptions.push(format!(
            "{} is not in the table: its prices are taken to be those of {}.",
            lab.location, prices.region
        ));
    }
    Cost { lines, month, assumptions }
}

fn honeypot_lines(honeypot: &Honeypot, prices: &Prices) -> Vec<Line> {
    let size = honeypot.size.as_str();
    let an_hour = machine(size, prices);
    // A disk is billed as the next size that Azure has.
    let billed = f64::from(honeypot.disk_gb.get().next_power_of_two());
    let (kind, per_gb) = match honeypot.disk {
        DiskType::StandardSsd => ("standard SSD", prices.standard_disk),
        DiskType::PremiumSsd => ("premium SSD", prices.premium_disk),
    };
    vec![
        Line {
            what: format!("virtual machine {size}"),
            how: an_hour.map_or("not in the table".to_owned(), |hour| format!("{hour} an hour")),
            month: an_hour.map(|hour| hour * HOURS),
        },
        Line {
            what: format!("disk, {} GB {kind}", honeypot.disk_gb.get()),
            how: format!("billed as {billed} GB, {per_gb} a GB"),
            month: Some(billed * per_gb),
        },
        Line {
            what: "public address".to_owned(),
            how: format!("{} an hour", prices::ADDRESS),
            month: Some(prices::ADDRESS * HOURS),
        },
        Line {
            what: "traffic out".to_owned(),
            how: format!("{} a GB beyond the 100 that are free each month", prices::EGRESS),
            month: None,
        },
    ]
}

fn soc_lines(soc: &Soc, prices: &Prices) -> Vec<Line> {
    let a_thousand = match soc.flavour {
        Flavour::Functions => prices::FUNCTIONS,
        Flavour::Sweep => prices::SWEEP,
        Flavour::Webhook => prices::WEBHOOK,
        Flavour::Keyless => prices::KEYLESS,
        Flavour::Classic => prices::CLASSIC,
    };
    let mut lines = vec![
        Line {
            what: "logs in Sentinel".to_owned(),
            how: format!("{} a GB; the first 31 days are free up to 10 GB a day", prices.sentinel),
            month: None,
        },
        Line {
            what: if soc.flavour == Flavour::Sweep { "functions" } else { "playbook and what it starts" }.to_owned(),
            how: format!("{a_thousand} for 1,000 incidents"),
            month: None,
        },
    ];
    if soc.flavour == Flavour::Sweep {
        lines.push(Line {
            what: "sweeps".to_owned(),
            how: "8,760 a month, every five minutes, a second each in 512 MB".to_owned(),
            month: Some(prices::SWEEPS),
        });
    }
    if soc.flavour.has_functions() {
        lines.push(Line {
            what: "queues that are asked for messages".to_owned(),
            how: "0.004 for 10,000 reads, every 10 seconds on 3 queues".to_owned(),
            month: Some(prices::POLLING),
        });
        if !soc.mail.is_empty() {
            lines.push(Line {
                what: "alert on failures".to_owned(),
                how: "a log search every 15 minutes".to_owned(),
                month: Some(prices::ALERT),
            });
        }
    }
    lines.extend(soc.model.as_ref().map(model_line));
    lines
}

/// The lines that a honeypot's logs come to, without those that are left out on the way. No list has them: it is a guess.
fn logs_line(soc: &Soc, prices: &Prices) -> Line {
    const LINES_A_DAY: f64 = 100_000.0;
    const BYTES: f64 = 400.0;
    const DAYS: f64 = 30.0;
    let gb = LINES_A_DAY * BYTES * DAYS / 1e9;
    let most = soc.daily_cap.map_or("no cap".to_owned(), |cap| {
        format!("the daily cap allows {:.0} a month", cap.get() * DAYS * prices.sentinel)
    });
    Line {
        what: "the honeypots' logs in Sentinel".to_owned(),
        how: format!(
            "{gb:.1} GB, {} a GB: 100,000 lines a day of 400 bytes, a guess; attackers decide, {most}",
            prices.sentinel
        ),
        month: Some(gb * prices.sentinel),
    }
}

fn model_line(model: &Model) -> Line {
    let known = (model.server == Server::AzureOpenAi).then(|| tokens(model.name.as_str())).flatten();
    Line {
        what: format!("model {}", model.name),
        how: known.map_or("by its server's prices".to_owned(), |known| {
            format!("{known} for 1,000 incidents of 2,500 tokens in and 700 out")
        }),
        month: None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::lab::tests::KEY;

    fn lab(location: &str, honeypot: &str) -> Lab {
        let text = format!(
            "[lab]\nname='pot'\nlocation='{location}'\n[soc]\nmail=['a@b.example']\n[soc.model]\n[honeypot]\nssh_key='{KEY}'\nadmin_cidrs=['203.0.113.7']\n{honeypot}"
        );
        let no_file = |_: &Path| Err(std::io::Error::from(std::io::ErrorKind::NotFound));
        Lab::read(&text, None, &no_file).unwrap()
    }

    #[test]
    fn the_default_lab_costs_what_the_price_list_says() {
        let cost = cost(&lab("eastus", ""));
        let machine = cost.lines[0].month.unwrap();
        assert!((machine - 140.16).abs() < 0.005 && (cost.lines[1].month.unwrap() - 19.20).abs() < 0.005, "{cost:?}");
        assert!((cost.month - (140.16 + 19.20 + 3.65 + 0.31 + 0.50 + 1.2 * 4.30)).abs() < 0.01, "{}", cost.month);
        assert_eq!(cost.assumptions.len(), 2);
    }

    #[test]
    fn nothing_costs_nothing_and_disks_are_billed_by_their_size_in_azure() {
        let no_file = |_: &Path| Err(std::io::Error::from(std::io::ErrorKind::NotFound));
        let keyless = "[lab]\nname='pot'\nlocation='eastus'\n[soc]\nplaybook='keyless'\n";
        assert_eq!(format!("{:.2}", cost(&Lab::read(keyless, None, &no_file).unwrap()).month), "0.00");
        let disk = cost(&lab("eastus", "disk_gb=300")).lines[1].month.unwrap();
        assert!((disk - 38.40).abs() < 0.005, "{disk}");
    }

    #[test]
    fn what_is_not_in_the_table_is_said() {
        let cost = cost(&lab("japaneast", "size='Standard_M8ms'"));
        assert!(cost.assumptions[2].contains("japaneast is not in the table"));
        assert_eq!((cost.lines[0].month, cost.lines[0].how.as_str()), (None, "not in the table"));
    }
}
