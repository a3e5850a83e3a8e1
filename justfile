# The one list of commands. `just` shows it.

default:
    @just --list

# What CI runs.
ci:
    bash .ci/run

# The tests that need nothing but Rust.
test:
    cargo test --workspace

# The tests with real services; `tests/services/up.sh` installs them.
test-services:
    bash tests/services/up.sh
    eval "$(bash tests/services/up.sh --env)" && cargo test --workspace -- --ignored

# Licences, sources and advisories of the dependencies; and the packages' bills of materials, after a change of Cargo.lock.
dependencies:
    bash tests/services/up.sh cargo-deny cargo-cyclonedx
    PATH="$PATH:$(bash tests/services/up.sh --print cargo)/bin" cargo deny check
    PATH="$PATH:$(bash tests/services/up.sh --print cargo)/bin" bash functions/sbom/make.sh

# A real honeypot is attacked, and the functions comment on what Sentinel makes of it.
attack-to-comment:
    bash tests/services/up.sh cowrie duckdb-kql
    eval "$(bash tests/services/up.sh --env)" && cargo test --package honeytriage-tests -- attack:: --ignored

# Formatting and lints.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Speed of the stages, and of a start.
bench:
    cargo bench --package honeytriage
    cargo bench --profile bundle --package honeytriage-tests

# The official ARM of the templates, after a change of the Bicep; `bicep` is the official CLI.
compile bicep="../shared/tools/bicep":
    for name in main soc honeypot; do DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 {{bicep}} build templates/azure/$name.bicep --outfile templates/azure/compiled/$name.json; done
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 {{bicep}} build templates/azure/soc/automation-rule.bicep --outfile templates/azure/compiled/automation-rule.json

# Any bytes as an incident, a model's answer or a lab (`just fuzz answer`), for a minute.
fuzz target="incident" seconds="60":
    bash tests/services/up.sh cargo-fuzz
    cd tests && RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none {{target}} -- -max_total_time={{seconds}} -max_len=20000

# A storm of 10,000 incidents, then every fuzz target for an hour. After `bash tests/services/up.sh`.
long:
    eval "$(bash tests/services/up.sh --env)" && STORM=10000 cargo test --package honeytriage-tests --test it -- --ignored storm::after
    cat target/storm.txt
    for target in incident answer lab envelope id; do just fuzz $target 3600; done

# Ours beside the same three calls in Python and Node.
beside-others:
    bash tests/services/up.sh others
    cargo build --profile bundle --package honeytriage --no-default-features --features azure --bin azure-handler
    python3 benches/side-by-side/run.py target/bundle/azure-handler "$(bash tests/services/up.sh --print others)/bin/python3" "$(bash tests/services/up.sh --print others-node)"

# The plain question and ours to the same model, as in examples/side-by-side.md; the server must run.
side-by-side url="http://127.0.0.1:8099/v1" model="smollm2":
    cargo build --release --bin honeytriage
    python3 examples/side-by-side.py {{url}} {{model}}

# Show and accept changed snapshots (needs cargo-insta).
snapshots:
    cargo insta test --workspace --review

# Draw the picture in the README (needs chromium).
picture:
    bash examples/draw-comment.sh
