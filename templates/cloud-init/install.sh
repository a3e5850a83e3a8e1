#!/usr/bin/env bash
# Installs T-Pot on Ubuntu 24.04 with nobody watching. cloud-init runs it once, as root. After a failure, run it again.
# deploy.sh follows it by one line in /var/lib/honeytriage/status:
#   installing STEP | failed STEP | rebooting | up
# STEP is settings, sudo, apt, clone, install, configure, images, service or reboot; after a boot: start.
# The log is /var/log/honeytriage-install.log.
#
#   install.sh               installs, proves it and reboots
#   install.sh wait-up       after each start of T-Pot: waits until it answers
#   install.sh no-community  before each start of T-Pot: takes out the service that shares the attacks with others
set -euo pipefail
umask 022

# Tests set these.
: "${LAB_ROOT:=}" "${LAB_PAUSE:=30}"

repository=https://github.com/telekom-security/tpotce
state="$LAB_ROOT/var/lib/honeytriage"
units="$LAB_ROOT/etc/systemd/system"
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
exec 3>/dev/null

set_status() {
  mkdir -p "$state"
  printf '%s\n' "$1" >"$state/status.new"
  mv "$state/status.new" "$state/status"
  echo "== $1"
  echo "$1" >&3
}

retry() { # count command..
  local count="$1" try
  shift
  for ((try = 1; try <= count; try++)); do
    "$@" && return
    echo "$1: try $try of $count failed"
    [ "$try" = "$count" ] || sleep "$((LAB_PAUSE * try))"
  done
  return 1
}

# Nothing that the admin's commands ask can be answered, and none may hang for ever.
as_admin() { # time-limit command-line
  timeout "$1" su - "$ADMIN_USER" -c "$2" </dev/null 3>&- 9>&-
}

has_web() { [[ $TPOT_EDITION != [sm] ]]; }

### The steps

read_settings() {
  # shellcheck source=/dev/null
  . "$LAB_ROOT/etc/honeytriage/lab.env"
  # T-Pot expects itself here.
  home="$LAB_ROOT/home/$ADMIN_USER"
  compose="$home/tpotce/docker-compose.yml"
  env_file="$home/tpotce/.env"
}

allowed() { # name pattern
  [[ ${!1} =~ ^($2)$ ]] || {
    echo "lab.env: $1 must not be ${!1@Q}"
    return 1
  }
}

check_settings() {
  read_settings
  allowed ADMIN_USER '[a-z_][a-z0-9_-]{0,31}'
  [[ $ADMIN_USER != root && $ADMIN_USER != tpot ]] # T-Pot refuses both
  allowed TPOT_EDITION '[hslimt]'
  allowed TPOT_COMMIT '([0-9a-f]{7,40})?'
  allowed TPOT_BLACKHOLE 'ENABLED|DISABLED'
  allowed TPOT_COMMUNITY 'yes|no'
  allowed TPOT_TIME_ZONE '[A-Za-z0-9_/.-]+' # T-Pot refuses other characters, such as a plus
  if has_web; then allowed WEB_USER '[A-Za-z0-9_.-]+'; fi
  [ -d "$home" ]
}

# The installer works as the admin and calls sudo. Azure's image grants that without a password. If this one does not,
# we do: the account has no password that could be asked for.
check_sudo() {
  as_admin 1m 'sudo -n true' && return
  local file="$LAB_ROOT/etc/sudoers.d/zz-honeytriage"
  printf '%s ALL=(ALL) NOPASSWD:ALL\n' "$ADMIN_USER" >"$file"
  chmod 0440 "$file"
  as_admin 1m 'sudo -n true'
}

get_packages() {
  apt-get -q update && apt-get -q -y install ca-certificates curl git openssl &&
    echo 'debconf debconf/frontend select Noninteractive' | debconf-set-selections
}

# Other users of apt at the first boot: the daily timers, which come back with the reboot, and Azure's extensions.
# sudo drops the variables above, so what the installer calls must find the same in files.
prepare_apt() {
  systemctl stop apt-daily.timer apt-daily-upgrade.timer unattended-upgrades.service || true
  echo 'DPkg::Lock::Timeout "600";' >"$LAB_ROOT/etc/apt/apt.conf.d/99lock"
  if [ -d "$LAB_ROOT/etc/needrestart/conf.d" ]; then
    # List what wants a restart, restart nothing: cloud-init, which runs us, could be on the list.
    # shellcheck disable=SC2016
    echo '$nrconf{restart} = "l";' >"$LAB_ROOT/etc/needrestart/conf.d/99-honeytriage.conf"
  fi
  retry 5 get_packages
}

# The installer takes the clone it finds, so a commit is pinned by getting it first. Images are the newest of their tag.
clone_tpot() {
  as_admin 15m "[ -d tpotce/.git ] ||
    { rm -rf tpotce.part && git clone --quiet $repository tpotce.part && mv -T tpotce.part tpotce; }" &&
    as_admin 15m "cd tpotce && git fetch --quiet origin && git reset --quiet --hard ${TPOT_COMMIT:-origin/master}"
}

# `ps` shows the password of the installer, so it gets one that is thrown away.
run_installer() {
  local login=""
  if has_web; then login="-u $WEB_USER -p $(openssl rand -hex 16)"; fi
  as_admin 90m "cd tpotce && ./install.sh -s -t $TPOT_EDITION $login"
}

set_env() { # name value
  if grep -q "^$1=" "$env_file"; then
    sed -i "s|^$1=.*|$1=$2|" "$env_file"
  else
    printf '%s=%s\n' "$1" "$2" >>"$env_file"
  fi
}

set_web_password() {
  local file="$LAB_ROOT/root/tpot-web-password" hash
  [ -s "$file" ] || (umask 077 && openssl rand -hex 16 >"$file.new" && mv "$file.new" "$file")
  hash="$(openssl passwd -apr1 -stdin <"$file")"
  set_env WEB_USER "$(printf '%s:%s' "$WEB_USER" "$hash" | base64 -w0)"
}

remove_community() {
  [ "$TPOT_COMMUNITY" = no ] || return 0
  local text
  text="$(awk '/^  ewsposter:/ { skip = 1; next } /^ ? ?[^ ]/ { skip = 0 } !skip' "$compose")"
  printf '%s\n' "$text" >"$compose"
  if grep -q '^  ewsposter:' "$compose"; then return 1; fi
}

configure() {
  set_env TPOT_BLACKHOLE "$TPOT_BLACKHOLE"
  set_env TPOT_ATTACKMAP_TEXT_TIMEZONE "$TPOT_TIME_ZONE"
  case "$TPOT_EDITION" in
    s) # T-Pot starts no sensor without a hive. These let it collect alone, until a hive's deploy.sh joins it.
      set_env TPOT_TYPE SENSOR
      set_env TPOT_HIVE_IP 127.0.0.1
      set_env TPOT_HIVE_USER "$(printf 'none:none' | base64 -w0)"
      ;;
    m) set_env TPOT_TYPE MOBILE ;; # else T-Pot wants a web user
    *) set_web_password ;;
  esac
  chmod 0600 "$env_file"
  remove_community
}

have_images() {
  local images image
  images="$(docker compose -f "$compose" config --images)" || return
  [ -n "$images" ] || return
  for image in $images; do
    docker image inspect "$image" >/dev/null || return
  done
}

# The installer ends well even if it could not get the images.
get_images() {
  have_images || { timeout 60m docker compose -f "$compose" pull --quiet && have_images; }
}

check_service() {
  mkdir -p "$units/tpot.service.d"
  cat >"$units/tpot.service.d/honeytriage.conf" <<'END'
[Service]
# T-Pot's update.sh brings the original docker-compose.yml back.
ExecStartPre=/opt/honeytriage/install.sh no-community
END
  # Wanted by T-Pot and not by a target, so that no boot waits for it.
  cat >"$units/honeytriage-up.service" <<'END'
[Unit]
Description=Wait until T-Pot answers
After=tpot.service
[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=/opt/honeytriage/install.sh wait-up
[Install]
WantedBy=tpot.service
END
  systemctl daemon-reload
  systemctl --quiet enable tpot.service honeytriage-up.service || true
  systemctl --quiet is-enabled tpot.service
  systemctl --quiet is-enabled honeytriage-up.service
  # The Azure Monitor agent reads files as syslog, and T-Pot's logs are for the group tpot, under the admin's home.
  usermod -aG tpot syslog || echo "syslog is not in group tpot: the Azure Monitor agent may not read T-Pot's logs"
  chmod o+x "$home"
}

step() { # name command..
  current="$1"
  shift
  set_status "installing $current"
  "$@"
}

install_tpot() {
  [ "$EUID" -eq 0 ] || [ -n "$LAB_ROOT" ] || { echo "run this as root" >&2 && exit 1; }
  mkdir -p "$state"
  exec 9>"$state/lock"
  flock -n 9 || { echo "it runs already" >&2 && exit 1; }
  case "$(cat "$state/status" 2>/dev/null)" in
    rebooting | up)
      echo "T-Pot is installed: nothing to do"
      return
      ;;
  esac
  local log="$LAB_ROOT/var/log/honeytriage-install.log"
  (umask 077 && : >>"$log")
  exec 3>&1 >>"$log" 2>&1

  trap 'set_status "failed $current"' EXIT
  step settings check_settings
  step sudo check_sudo
  step apt prepare_apt
  step clone retry 5 clone_tpot
  step install retry 3 run_installer
  step configure configure
  step images retry 5 get_images
  step service check_service
  # In a minute, so that cloud-init can end in peace.
  step reboot shutdown -r +1 'T-Pot is installed'
  trap - EXIT
  set_status rebooting
}

### After a boot

answers() {
  systemctl --quiet is-active tpot.service || return
  if has_web; then
    [ "$(curl -sk -o /dev/null -m 10 -w '%{http_code}' https://127.0.0.1:64297)" = 401 ]
  else
    # All containers wait for tpotinit, which is healthy when it has accepted the settings.
    [ "$(docker inspect -f '{{.State.Health.Status}}' tpotinit)" = healthy ] && [ "$(docker ps -q | wc -l)" -gt 1 ]
  fi
}

wait_up() {
  local try
  set_status rebooting
  for ((try = 1; try <= 60; try++)); do
    if answers; then
      set_status up
      return
    fi
    sleep "$LAB_PAUSE"
  done
  set_status "failed start"
  return 1
}

case "${1:-}" in
  "") install_tpot ;;
  wait-up)
    read_settings
    wait_up
    ;;
  no-community)
    read_settings
    remove_community
    ;;
  *) echo "usage: install.sh [wait-up|no-community]" >&2 && exit 2 ;;
esac
