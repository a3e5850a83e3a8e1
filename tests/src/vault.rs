//! Stand-ins for the keepers of secrets: Azure Key Vault with its challenge, and AWS Secrets Manager.

use std::io::BufReader;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::http::{Request, answer, listen, read_request};

/// A running stand-in with one secret.
#[derive(Clone)]
pub struct Vault {
    address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// What the secret is; none if there is no such secret.
    value: Option<String>,
    /// True if nobody may read it.
    is_forbidden: bool,
    requests: Vec<Request>,
}

impl Vault {
    /// Azure Key Vault: asks who is there before it answers, as the service does.
    #[must_use]
    pub fn azure(value: &str) -> Self {
        Self::start(value, |request, state| {
            if request.authorization.is_empty() {
                let challenge = "WWW-Authenticate: Bearer authorization=\"https://login.microsoftonline.com/x\", resource=\"https://vault.azure.net\"\r\n";
                return (401, challenge, json!({"error": {"code": "Unauthorized"}}));
            }
            match &state.value {
                _ if state.is_forbidden => {
                    (403, "", json!({"error": {"code": "Forbidden", "message": "planted-upstream-body"}}))
                }
                Some(value) => {
                    (200, "", json!({"value": value, "id": "https://kv-soc.vault.azure.net/secrets/model-key/1"}))
                }
                None => (404, "", json!({"error": {"code": "SecretNotFound"}})),
            }
        })
    }

    /// AWS Secrets Manager.
    #[must_use]
    pub fn aws(value: &str) -> Self {
        Self::start(value, |_, state| match &state.value {
            _ if state.is_forbidden => {
                (400, "", json!({"__type": "AccessDeniedException", "Message": "planted-upstream-body"}))
            }
            Some(value) => (200, "", json!({"Name": "model-key", "SecretString": value})),
            None => (400, "", json!({"__type": "ResourceNotFoundException"})),
        })
    }

    fn start(value: &str, reply: fn(&Request, &State) -> (u16, &'static str, Value)) -> Self {
        let state = Arc::new(Mutex::new(State { value: Some(value.to_owned()), ..State::default() }));
        let serving = Arc::clone(&state);
        let address = listen(move |mut stream| {
            let Ok(read) = stream.try_clone() else { return };
            let mut reader = BufReader::new(read);
            while let Some(request) = read_request(&mut reader) {
                let (status, headers, body) = {
                    let mut state = serving.lock().unwrap_or_else(PoisonError::into_inner);
                    let answer = reply(&request, &state);
                    state.requests.push(request);
                    answer
                };
                if answer(&mut stream, status, headers, &body).is_err() {
                    return;
                }
            }
        });
        Self { address, state }
    }

    /// Host and port.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Changes the secret; none deletes it.
    pub fn set(&self, value: Option<&str>) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).value = value.map(str::to_owned);
    }

    /// Takes the right to read it away.
    pub fn forbid(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).is_forbidden = true;
    }

    /// All requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).requests.clone()
    }
}
