#!/usr/bin/env bash
# Runs the honeypot's install.sh in a folder that stands for the VM, with stand-ins for git, apt, docker and the like.
#   run.sh CASE    prints how each run ended and what is left on the VM (VERBOSE=1: and the log)
#   run.sh --list  the cases
set -euo pipefail

cases=(
  ok clone-fails clone-fails-once apt-fails apt-fails-once playbook-fails installer-exits-0-but-images-missing
  pull-fails-once service-not-enabled sudo-asks-for-password sudo-granted second-run runs-already bad-settings
  no-settings pinned sensor mobile community-yes no-syslog slow-answer no-answer
)
if [ "${1:-}" = --list ]; then
  printf '%s\n' "${cases[@]}"
  exit
fi
[[ " ${cases[*]} " == *" ${1:-} "* ]] || { echo "usage: run.sh CASE|--list" >&2 && exit 2; }

### The VM

CASE="$1"
TESTS="$(cd "$(dirname "$0")" && pwd)"
LAB_ROOT="$(mktemp -d)"
trap 'rm -rf "$LAB_ROOT"' EXIT
FAKE="$LAB_ROOT/fake"
RUN=1
export CASE TESTS LAB_ROOT FAKE RUN LAB_PAUSE=0
install_sh="$TESTS/../../templates/cloud-init/install.sh"
status="$LAB_ROOT/var/lib/honeytriage/status"
log="$LAB_ROOT/var/log/honeytriage-install.log"
password_file="$LAB_ROOT/root/tpot-web-password"
tpot="$LAB_ROOT/home/azureuser/tpotce"

mkdir -p "$FAKE/bin" "$LAB_ROOT"/{root,home/azureuser,var/log}
mkdir -p "$LAB_ROOT"/etc/{honeytriage,sudoers.d,apt/apt.conf.d,needrestart/conf.d,systemd/system}
touch "$FAKE/calls" "$FAKE/images"
for name in apt-get curl debconf-set-selections docker git openssl shutdown su sudo systemctl usermod; do
  ln -s "$TESTS/stand-ins.sh" "$FAKE/bin/$name"
done
PATH="$FAKE/bin:$PATH"

edition=h commit="" community=no blackhole=DISABLED
case "$CASE" in
  sensor) edition=s ;;
  mobile) edition=m ;;
  pinned) commit=fd2573b15027f2ac7c18ad36ca051bc735cef69a blackhole=ENABLED ;;
  community-yes) community=yes ;;
  bad-settings) blackhole="ENABLED; reboot" ;;
esac
[ "$CASE" = no-settings ] || cat >"$LAB_ROOT/etc/honeytriage/lab.env" <<END
ADMIN_USER='azureuser'
TPOT_EDITION='$edition'
TPOT_COMMIT='$commit'
TPOT_BLACKHOLE='$blackhole'
TPOT_COMMUNITY='$community'
TPOT_TIME_ZONE='Europe/Berlin'
WEB_USER='teacher'
END

### What happens

count() { grep -c "$1" "$FAKE/calls" || true; }

run() {
  local code=0
  bash "$install_sh" >>"$LAB_ROOT/stdout" 2>&1 || code=$?
  echo "run $RUN: exit $code, status '$(cat "$status")', reboots $(count '^shutdown -r')"
  RUN=$((RUN + 1))
}

boot() {
  local code=0
  bash "$install_sh" no-community || code=$?
  bash "$install_sh" wait-up >>"$LAB_ROOT/stdout" 2>&1 || code=$?
  echo "boot: exit $code, status '$(cat "$status")'"
}

case "$CASE" in
  runs-already)
    mkdir -p "${status%/*}"
    echo "installing clone" >"$status"
    exec 8>"${status%/*}/lock"
    flock 8
    run
    ;;
  second-run)
    run # fails
    run # does it all
    before="$(cat "$password_file")"
    run # has nothing to do
    [ "$before" = "$(cat "$password_file")" ]
    ;;
  *) run ;;
esac
if [ "$(cat "$status")" = rebooting ]; then
  boot
fi

### What is left

echo "status: mode $(stat -c %a "$status")"
[ ! -f "$log" ] || echo "log: mode $(stat -c %a "$log")"
echo "clones: $(count '^git clone'), installer runs: $(count 'install.sh -s -t')"
if [ -f "$tpot/docker-compose.yml" ]; then
  echo "reset to: $(sed -n 's/^git reset --quiet --hard //p' "$FAKE/calls" | tail -n 1)"
  echo "services: $(sed -n 's/^  \([a-z]*\):$/\1/p' "$tpot/docker-compose.yml" | xargs)"
  echo ".env: mode $(stat -c %a "$tpot/.env") $(grep -E '^TPOT_(BLACKHOLE|TYPE|HIVE|ATTACKMAP)' "$tpot/.env" | xargs)"
fi
if [ -f "$password_file" ]; then
  password="$(cat "$password_file")"
  echo "password file: mode $(stat -c %a "$password_file"), ${#password} characters"
  if grep -qsF "$password" "$log" "$LAB_ROOT/stdout" "$FAKE/calls"; then shown=yes; else shown=no; fi
  echo "password shown: $shown"
  entry="$(sed -n 's/^WEB_USER=//p' "$tpot/.env" | base64 -d 2>/dev/null || true)"
  salt="$(cut -d '$' -f 3 <<<"$entry")"
  if [ "$entry" = "teacher:$(openssl passwd -apr1 -salt "${salt:-none}" -stdin <"$password_file")" ]; then
    echo "web login: teacher with this password"
  fi
fi
if [ -n "${VERBOSE:-}" ]; then
  cat "$LAB_ROOT/stdout" "$log" "$FAKE/calls"
fi
