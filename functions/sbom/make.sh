#!/usr/bin/env bash
# Makes the packages' bills of materials: what is linked into each handler, by Cargo.lock. Needs cargo-cyclonedx and python3.
#   make.sh [FOLDER]   where to; here without one
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
into="${1:-$here}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# The package by itself: in its workspace, cargo counts the features that the tests ask for as well.
cp "$here/../../Cargo.lock" "$work/"
cp -r "$here/.." "$work/functions"
sed -e 's/^members = .*/members = ["functions"]/' -e '/ = { path = /d' "$here/../../Cargo.toml" > "$work/Cargo.toml"

for cloud in azure aws; do
  case "$cloud" in
    azure) handler=azure-handler ;;
    aws) handler=lambda-handler ;;
  esac
  cargo cyclonedx --quiet --manifest-path "$work/functions/Cargo.toml" --format json --spec-version 1.5 --describe binaries \
    --no-build-deps --no-default-features --features "$cloud" --target x86_64-unknown-linux-gnu
  python3 "$here/lean.py" "$work" < "$work/functions/${handler}_bin.cdx.json" > "$into/$handler.cdx.json"
done
