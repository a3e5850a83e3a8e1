#!/usr/bin/env bash
# Removes the lab: whole resource groups, with all that is in them.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=/dev/null
. ./steps.sh

usage() {
  say "Usage: ./destroy.sh [soc|honeypot|all] [--purge] [-y|--yes] [-h|--help]" \
    "" \
    "Deletes the resource group of a stack, or of all stacks (the default), after you typed the group's name." \
    "" \
    "  --purge     also end the retention of the deleted key vault and OpenAI account, so that their names are free" \
    "  -y, --yes   no questions" \
    "  -h, --help  this text"
}

TARGET=all
PURGING=no
while [ $# -gt 0 ]; do
  case "$1" in
    soc | honeypot | all) TARGET="$1" ;;
    --purge) PURGING=yes ;;
    -y | --yes) no_questions ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) misused "unknown argument: $1" ;;
  esac
  shift
done
[ "$TARGET" = all ] || has_stack "$TARGET" || misused "this lab has no stack $TARGET (it has: $STACKS)"

LEFT=no
EXPECTED=''

# The name must be typed: a group may hold more than this lab made.
confirm_group() {
  local typed
  step "Resource group $1"
  ask_az resource list --resource-group "$1" --query '[].[type, name]' | sed 's/^/  /'
  [ "$ASK" = yes ] || return 0
  printf 'All of this will be deleted for good. Type the name of the group to go on: '
  read -r typed || typed=''
  [ "$typed" = "$1" ]
}

destroy() { # destroy STACK
  local group
  group="$(group_of "$1")"
  # lab.toml is checked for this; lab.sh may have been changed by hand.
  if [ -n "$WORKSPACE_GROUP" ] && [ "$(lower "$group")" = "$(lower "$WORKSPACE_GROUP")" ]; then
    fail "$group holds the workspace $WORKSPACE_NAME, which was there before the lab. Nothing was deleted."
  fi
  if ! group_there "$group"; then
    step "Resource group $group"
    say "It is not there."
    return
  fi
  if ! confirm_group "$group"; then
    say "" "That is not the name. $group stays."
    LEFT=yes
    return
  fi
  if [ "$1" = soc ]; then
    before_soc
  fi
  say "Deleting $group (some minutes)"
  az group delete --name "$group" --yes --output none < /dev/null ||
    fail "$group could not be deleted; see above. A lock on it must be removed first. Then run this again."
  say "ok  $group is deleted"
}

before_soc() {
  local vaults accounts workspace
  vaults="$(ask_az keyvault list --resource-group "$SOC_GROUP" --query '[].name')" || vaults=''
  accounts="$(ask_az cognitiveservices account list --resource-group "$SOC_GROUP" --query '[].name')" || accounts=''
  EXPECTED="$vaults $accounts"
  if [ -n "$WORKSPACE_GROUP" ]; then
    leave_workspace
    return
  fi
  # Without --force Azure keeps the name for 14 days, and a new workspace of that name brings the old data back.
  workspace="$(ask_az monitor log-analytics workspace list --resource-group "$SOC_GROUP" \
    --query "[?name=='$WORKSPACE_NAME'].name")"
  if [ -n "$workspace" ]; then
    say "Deleting the workspace $WORKSPACE_NAME for good"
    az monitor log-analytics workspace delete --resource-group "$SOC_GROUP" --workspace-name "$WORKSPACE_NAME" \
      --force --yes --output none < /dev/null || fail "the workspace $WORKSPACE_NAME could not be deleted; see above."
  fi
}

# The workspace was there before the lab: it stays, without the lab's automation rule and role assignments.
leave_workspace() {
  local identity identities holder assignment assignments
  say "The workspace $WORKSPACE_NAME is not the lab's and stays; the lab's rules, hunting queries and roles go. Logs stay."
  remove providers/Microsoft.SecurityInsights/automationRules 2025-09-01 \
    "value[?contains(to_string(properties.actions), '/workflows/playbook-$LAB_NAME\"')].name"
  # Their texts end with the lab's name.
  remove providers/Microsoft.SecurityInsights/alertRules 2025-09-01 \
    "value[?ends_with(properties.description || '', 'Lab: $LAB_NAME.')].name"
  remove savedSearches 2025-07-01 "value[?properties.tags[?ends_with(value, 'Lab: $LAB_NAME.')]].name"
  identities="$(ask_az resource list --resource-group "$SOC_GROUP" \
    --query '[?identity.principalId].identity.principalId')"
  assignments="$(ask_az role assignment list --scope "$(workspace_id)" --query '[].[principalId, id]')"
  while IFS=$'\t' read -r holder assignment; do
    for identity in $identities; do
      if [ "$holder" = "$identity" ]; then
        az role assignment delete --ids "$assignment" --output none < /dev/null
      fi
    done
  done <<< "$assignments"
  if [ -n "$WEBHOOK_PRINCIPAL" ]; then
    say "The app registration of the webhook keeps its role on the workspace, which other labs may use too. Take it away with:" \
      "  az role assignment delete --assignee $WEBHOOK_PRINCIPAL --role \"Microsoft Sentinel Responder\" \\" \
      "    --scope $(workspace_id)"
  fi
}

# remove PATH VERSION QUERY: deletes what the query names of that kind in the workspace.
remove() {
  local name names url
  url="$(workspace_id)/$1"
  names="$(ask_az rest --method get --url "$url?api-version=$2" --query "$3")"
  for name in $names; do
    az rest --method delete --output none --url "$url/$name?api-version=$2" < /dev/null
  done
}

# What was just deleted takes a while to show up among the deleted.
purge() {
  local kept='' look=0 name kind place
  step "Purging what Azure keeps of $SOC_GROUP"
  while :; do
    kept="$(soft_deleted)" || fail "cannot list deleted vaults and OpenAI accounts."
    for name in $EXPECTED; do
      grep -q " $name " <<< "$kept" || kept="$kept
missing"
    done
    case "$kept" in
      *missing) ;;
      *) break ;;
    esac
    look=$((look + 1))
    [ "$look" -lt 12 ] || break
    pause 10
  done
  while read -r kind name place; do
    if [ -n "$name" ]; then
      purge_arguments "$kind" "$name" "$place"
      say "az ${PURGE[*]}"
      az "${PURGE[@]}" --output none < /dev/null || LEFT=yes
    fi
  done <<< "$kept"
}

log_in
for stack in $STACKS; do
  if [ "$TARGET" = all ] || [ "$TARGET" = "$stack" ]; then
    destroy "$stack"
  fi
done
if [ "$PURGING" = yes ]; then
  purge
elif [ -n "${EXPECTED// /}" ]; then
  say "" "Azure keeps the names of the deleted vault and OpenAI account for some days." \
    "Free them: ./destroy.sh soc --purge"
fi
[ "$LEFT" = no ]
