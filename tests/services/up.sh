#!/usr/bin/env bash
# Installs the real tools that the ignored tests talk to, into a cache outside the checkout.
#   up.sh             all of them
#   up.sh NAME..      some of them
#   up.sh --print NAME  where one is
# What is there already is left alone.
set -euo pipefail
cache="${XDG_CACHE_HOME:-$HOME/.cache}/honeytriage"
mkdir -p "$cache"

kusto() {
  [ -d "$cache/kusto/node_modules/@kusto/language-service-next" ] && return
  mkdir -p "$cache/kusto"
  npm install --silent --no-fund --no-audit --prefix "$cache/kusto" @kusto/language-service-next@12.4.1
}

cargo-fuzz() {
  [ -n "$(type -P cargo-fuzz)" ] && return
  [ -x "$cache/cargo/bin/cargo-fuzz" ] && return
  cargo install --quiet --root "$cache/cargo" cargo-fuzz@0.13.2
}

if [ "${1:-}" = --print ]; then
  echo "$cache/$2"
  exit
fi
[ $# -gt 0 ] || set -- kusto cargo-fuzz
for name in "$@"; do
  "$name"
done
