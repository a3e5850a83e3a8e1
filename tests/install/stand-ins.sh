#!/usr/bin/env bash
# Stands for the commands of a VM; run.sh links each name to this file. CASE says what goes wrong, and the folder FAKE
# keeps what they remember: every call, the images that are there, the units that are enabled.
set -eu
name="${0##*/}"
echo "$name $*" >>"$FAKE/calls"

is() { [ "$CASE" = "$1" ]; }
first_time() { [ ! -e "$FAKE/seen-$name" ] && : >"$FAKE/seen-$name"; }

apt-get() {
  is apt-fails && exit 100
  is apt-fails-once && first_time && exit 100
  return 0
}

curl() { # T-Pot's web interface wants a password
  is no-answer && echo 000 && exit 7
  is slow-answer && first_time && echo 000 && exit 7
  echo 401
}

debconf-set-selections() { cat >/dev/null; }

docker() {
  case "$1 ${4:-}" in
    "compose config") sed -n 's/^ *image: //p' "$3" ;; # -f FILE config --images
    "compose pull")
      is installer-exits-0-but-images-missing && exit 1
      is pull-fails-once && first_time && exit 1
      sed -n 's/^ *image: //p' "$3" >"$FAKE/images"
      ;;
    "image "*) grep -qxF "$3" "$FAKE/images" ;; # inspect NAME
    "inspect tpotinit") echo healthy ;;
    "ps "*) printf '1\n2\n' ;;
  esac
}

git() {
  [ "$1" = clone ] || return 0 # --quiet URL FOLDER
  is clone-fails && exit 128
  is clone-fails-once && first_time && mkdir "$4" && exit 128
  cp -r "$TESTS/tpotce" "$4"
  mkdir "$4/.git"
}

openssl() { PATH="${PATH#*:}" exec openssl "$@"; } # the real one

shutdown() { :; }

su() { # - USER -c COMMAND
  cd "$LAB_ROOT/home/$2"
  HOME="$PWD" exec bash -c "$4"
}

sudo() {
  is sudo-asks-for-password && exit 1
  is sudo-granted && [ ! -e "$LAB_ROOT/etc/sudoers.d/zz-honeytriage" ] && exit 1
  return 0
}

systemctl() { # [--quiet] VERB UNIT..
  [ "$1" = --quiet ] && shift
  local verb="$1" unit
  shift
  for unit; do
    case "$verb" in
      enable)
        is service-not-enabled && [ "$unit" = tpot.service ] && exit 1
        : >"$FAKE/enabled-$unit"
        ;;
      is-enabled) [ -e "$FAKE/enabled-$unit" ] || exit 1 ;;
    esac
  done
}

usermod() {
  is no-syslog && exit 6
  return 0
}

"$name" "$@"
