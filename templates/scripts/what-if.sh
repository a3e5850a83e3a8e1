#!/usr/bin/env bash
# Shows what deploy.sh would change. Changes nothing.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=/dev/null
. ./steps.sh
# shellcheck source=/dev/null
. ./checks.sh

usage() {
  say "Usage: ./what-if.sh [-y|--yes] [-h|--help]" \
    "" \
    "Makes the same checks as deploy.sh, and shows what a deployment would change. Nothing is changed." \
    "" \
    "  -y, --yes   no questions (there are none; for use in scripts)" \
    "  -h, --help  this text"
}

while [ $# -gt 0 ]; do
  case "$1" in
    -y | --yes) ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) misused "unknown argument: $1" ;;
  esac
  shift
done

log_in
check_all look
what_if || fail "what-if failed; see above. Nothing was changed."
say "" "Nothing was changed. Deploy with: ./deploy.sh"
