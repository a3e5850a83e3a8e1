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
    KUSTO_NODE_DIR="$(bash tests/services/up.sh --print kusto)" AZURITE_DIR="$(bash tests/services/up.sh --print azurite)" PRISM_DIR="$(bash tests/services/up.sh --print prism)" cargo test --package honeytriage-tests --package honeytriage -- --ignored

# Formatting and lints.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Speed of the stages, and of a start.
bench:
    cargo bench --package honeytriage
    cargo bench --profile bundle --package honeytriage-tests

# Any bytes as an incident, for a minute.
fuzz seconds="60":
    bash tests/services/up.sh cargo-fuzz
    cd tests && RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none incident -- -max_total_time={{seconds}} -max_len=20000

# Show and accept changed snapshots (needs cargo-insta).
snapshots:
    cargo insta test --workspace --review

# Draw the picture in the README (needs chromium).
picture:
    bash examples/draw-comment.sh
