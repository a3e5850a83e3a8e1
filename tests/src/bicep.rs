//! The official Bicep CLI, as one process that answers many questions (`bicep jsonrpc`).

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::shared;

/// Subscription and tenant of every evaluation.
pub const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000001";
const TENANT: &str = "00000000-0000-0000-0000-000000000009";

/// A running compiler.
pub struct Bicep {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    calls: u64,
}

impl Bicep {
    /// Starts it.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start() -> Self {
        let mut child = Command::new(shared().join("tools/bicep"))
            .args(["jsonrpc", "--stdio"])
            // Names are sorted the same everywhere.
            .env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("bicep: {error}"));
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            panic!("bicep has no pipes")
        };
        Self { child, input, output: BufReader::new(output), calls: 0 }
    }

    /// The ARM of a file, and what the compiler and the linter say of it.
    ///
    /// # Panics
    /// If it does not compile.
    pub fn compile(&mut self, path: &Path) -> (String, Vec<Value>) {
        let answer = self.call("bicep/compile", &json!({ "path": path }));
        let diagnostics = answer["diagnostics"].as_array().cloned().unwrap_or_default();
        let text = answer["contents"].as_str().unwrap_or_else(|| panic!("{}: {diagnostics:#?}", path.display()));
        (text.to_owned(), diagnostics)
    }

    /// What a deployment of a parameter file would make, evaluated without Azure.
    ///
    /// # Panics
    /// If it cannot be evaluated.
    pub fn snapshot(&mut self, path: &Path, group: Option<&str>) -> Value {
        let metadata = json!({
            "tenantId": TENANT, "subscriptionId": SUBSCRIPTION, "resourceGroup": group, "location": "westeurope",
            "deploymentName": "lab",
        });
        let answer = self.call("bicep/getSnapshot", &json!({"path": path, "metadata": metadata, "externalInputs": []}));
        let text = answer["snapshot"].as_str().unwrap_or_else(|| panic!("{}: {answer}", path.display()));
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.calls += 1;
        let body = json!({"jsonrpc": "2.0", "id": self.calls, "method": method, "params": params}).to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len())
            .unwrap_or_else(|error| panic!("bicep: {error}"));
        let mut length = 0;
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).unwrap_or_default();
            assert!(read > 0, "bicep ended");
            match line.trim().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().unwrap_or_default();
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap_or_else(|error| panic!("bicep: {error}"));
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        assert!(answer.get("error").is_none(), "{method} {params}: {answer}");
        answer["result"].clone()
    }
}

impl Drop for Bicep {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
