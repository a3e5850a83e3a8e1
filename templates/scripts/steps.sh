# shellcheck shell=bash
# What all scripts of this folder share: the lab's values, messages, questions, the login, and what a deployment gave.
# It is read by the other scripts; it does nothing by itself.
# shellcheck disable=SC2034 # the scripts that read this file use what it sets

# shellcheck source=/dev/null
. ./lab.sh

ASK=yes
SCRATCH="$(mktemp -d "${TMPDIR:-/tmp}/honeytriage.XXXXXX")"
trap 'rm -rf "$SCRATCH"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
export AZURE_CORE_ONLY_SHOW_ERRORS=true

say() { printf '%s\n' "$@"; }
step() { printf '\n== %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
misused() {
  printf 'error: %s\nSee: %s --help\n' "$*" "$0" >&2
  exit 2
}

no_questions() { ASK=no; }

# confirm QUESTION: true for yes, and without a question under --yes.
confirm() {
  local answer
  [ "$ASK" = yes ] || return 0
  printf '%s [y/N] ' "$1"
  if ! read -r answer; then
    printf '\n'
    fail "nobody answered. Run it in a terminal, or add --yes."
  fi
  [ "$answer" = y ] || [ "$answer" = Y ] || [ "$answer" = yes ]
}

# pause SECONDS: HONEYTRIAGE_PAUSE shortens every pause, for tests.
pause() { sleep "${HONEYTRIAGE_PAUSE:-$1}"; }

lower() { printf '%s' "$1" | tr '[:upper:]' '[:lower:]'; }

# Text from a lab may carry an attacker's control characters (C0, DEL, and C1 in UTF-8): a terminal must not see them.
harmless() { LC_ALL=C tr -d '\000-\010\013-\037\177' | LC_ALL=C sed $'s/\xc2[\x80-\x9f]//g'; }

# ask_az ARGUMENTS..: az's answer as lines of tab-separated text. az on Windows ends lines with a carriage return.
ask_az() { az "$@" --output tsv < /dev/null | tr -d '\r'; }

# read_lines NAME..: sets each variable to the next line of the input; to nothing where az has no value.
read_lines() {
  while [ $# -gt 0 ]; do
    IFS= read -r "$1" || :
    [ "${!1}" != None ] || printf -v "$1" '%s' ''
    shift
  done
}

# retry TRIES PATTERN COMMAND..: runs COMMAND again while its error text matches PATTERN. ERROR keeps the last one.
retry() {
  local tries="$1" pattern="$2" try=1
  shift 2
  until "$@" < /dev/null 2> "$SCRATCH/error"; do
    ERROR="$(cat "$SCRATCH/error")"
    grep -qiE "$pattern" <<< "$ERROR" || return 1
    [ "$try" -lt "$tries" ] || return 1
    say "   not yet (try $try of $tries); again in 30 seconds"
    try=$((try + 1))
    pause 30
  done
}

has_functions() { [ "$PLAYBOOK_FLAVOUR" = functions ] || [ "$PLAYBOOK_FLAVOUR" = sweep ]; }

# In flavour sweep the functions look for incidents themselves.
has_playbook() { [ "$PLAYBOOK_FLAVOUR" != sweep ]; }

has_stack() {
  case " $STACKS " in
    *" $1 "*) return 0 ;;
    *) return 1 ;;
  esac
}

group_of() { if [ "$1" = soc ]; then printf '%s' "$SOC_GROUP"; else printf '%s' "$HONEYPOT_GROUP"; fi; }

group_there() { [ "$(ask_az group exists --name "$1")" = true ]; }

# Sets SUBSCRIPTION, SUBSCRIPTION_NAME, TENANT, USER_TYPE and USER_NAME.
log_in() {
  local account
  command -v az > /dev/null ||
    fail "az, the Azure CLI, is not there. Install it (https://aka.ms/azure-cli) or use https://shell.azure.com."
  account="$(ask_az account show --query '[id, name, tenantId, user.type, user.name]')" ||
    fail "az is not logged in. Run: az login"
  read_lines SUBSCRIPTION SUBSCRIPTION_NAME TENANT USER_TYPE USER_NAME <<< "$account"
  [ -n "$SUBSCRIPTION" ] || fail "az has no subscription. Run: az login"
  say "Lab $LAB_NAME: $STACKS, in $LOCATION" "Subscription: $SUBSCRIPTION_NAME ($SUBSCRIPTION), as $USER_NAME"
}

# Asks whether this is the right subscription.
confirm_subscription() {
  confirm "$1" || fail "stopped. For another subscription: az account set --subscription NAME, then run this again."
}

workspace_group() { printf '%s' "${WORKSPACE_GROUP:-$SOC_GROUP}"; }
workspace_subscription() { printf '%s' "${WORKSPACE_SUBSCRIPTION:-$SUBSCRIPTION}"; }
workspace_id() {
  printf '/subscriptions/%s/resourceGroups/%s/providers/Microsoft.OperationalInsights/workspaces/%s' \
    "$(workspace_subscription)" "$(workspace_group)" "$WORKSPACE_NAME"
}

# outputs STACK NAME..: those outputs of the stack's deployment, one a line, in this order.
outputs() {
  local stack="$1" name query=
  shift
  for name in "$@"; do
    query="$query, properties.outputs.$name.value"
  done
  ask_az deployment group show --resource-group "$(group_of "$stack")" --name "$LAB_NAME-$stack" --query "[${query#, }]"
}

# Vaults and OpenAI accounts of the SOC group that Azure keeps after their deletion, a line each: KIND NAME LOCATION.
soft_deleted() {
  local kind name place id group
  group="$(lower "/resourceGroups/$SOC_GROUP/")"
  {
    ask_az keyvault list-deleted --resource-type vault \
      --query "[].['vault', name, properties.location, properties.vaultId]" &&
      ask_az cognitiveservices account list-deleted --query "[].['account', name, location, id]"
  } > "$SCRATCH/deleted" || return 1
  while IFS=$'\t' read -r kind name place id; do
    case "$(lower "$id")" in
      */subscriptions/"$(lower "$SUBSCRIPTION")"*"$group"*) say "$kind $name $place" ;;
    esac
  done < "$SCRATCH/deleted"
}

# purge_arguments KIND NAME LOCATION: sets PURGE, the arguments of az that end the retention.
purge_arguments() {
  if [ "$1" = vault ]; then
    PURGE=(keyvault purge --name "$2" --location "$3")
  else
    PURGE=(cognitiveservices account purge --name "$2" --location "$3" --resource-group "$SOC_GROUP")
  fi
}
