#!/usr/bin/env bash
# Tries the whole chain: an incident, the automation rule, the playbook, the comment. Says which link broke.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=/dev/null
. ./steps.sh

usage() {
  say "Usage: ./try.sh [--rule] [--keep] [--minutes N] [-y|--yes] [-h|--help]" \
    "" \
    "Makes one incident, waits for the triage comment, prints it, and removes the incident again." \
    "If no comment comes, runs the playbook by hand and says which link broke." \
    "" \
    "  --rule       let a scheduled rule make the incident (it fires once and is removed; some 10 minutes more)." \
    "               Incidents made through the API never reach the Defender portal, and may not start rules." \
    "  --keep       leave the incident" \
    "  --minutes N  wait so long for a comment (10; 25 with --rule), and as long again after running by hand" \
    "  -y, --yes    no questions" \
    "  -h, --help   this text" \
    "" \
    "Exit code: 0 the comment came by itself, 1 a link is broken, 2 wrong use."
}

RULE=no
KEEP=no
MINUTES=''
while [ $# -gt 0 ]; do
  case "$1" in
    --rule) RULE=yes ;;
    --keep) KEEP=yes ;;
    --minutes)
      [ $# -ge 2 ] || misused "--minutes needs a number"
      MINUTES="$2"
      shift
      ;;
    -y | --yes) no_questions ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) misused "unknown argument: $1" ;;
  esac
  shift
done
if [ -z "$MINUTES" ]; then
  if [ "$RULE" = yes ]; then MINUTES=25; else MINUTES=10; fi
  # A sweep runs every five minutes.
  has_playbook || MINUTES=$((MINUTES + 5))
fi
case "$MINUTES" in
  *[!0-9]* | 0*) misused "--minutes needs a number from 1" ;;
esac
has_stack soc || misused "this lab has no stack soc, so there is nothing to try"

SENTINEL_VERSION=2025-09-01
TITLE="SSH brute force with a successful login (a test of try.sh in $LAB_NAME)"
DESCRIPTION="4213 failed SSH logins to web-01 from 203.0.113.7, then one successful login. This is a test."
INCIDENT=''
RULE_URL=''

rest() { # rest METHOD URL [ARGUMENT..]: az rest
  local method="$1" url="$2"
  shift 2
  az rest --method "$method" --url "$url" "$@" < /dev/null
}
ask_rest() { # ask_rest URL QUERY
  ask_az rest --method get --url "$1" --query "$2"
}
sentinel() { printf '%s/providers/Microsoft.SecurityInsights/%s' "$(workspace_id)" "$1"; }

new_guid() {
  local hex
  hex="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  printf '%s-%s-4%s-a%s-%s' "${hex:0:8}" "${hex:8:4}" "${hex:13:3}" "${hex:17:3}" "${hex:20:12}"
}

# A time as 14 digits, YYYYMMDDhhmmss: Azure's have up to seven decimals.
digits() {
  local digits="${1//[!0-9]/}"
  printf '%s' "${digits:0:14}"
}

# --- what this script makes, and removes

# shellcheck disable=SC2329 # the trap calls it
clean_up() {
  trap '' INT
  if [ -n "$RULE_URL" ]; then
    rest delete "$RULE_URL" --output none || warn "the rule is still there: az rest --method delete --url '$RULE_URL'"
    RULE_URL=''
  fi
  if [ -n "$INCIDENT" ] && [ "$KEEP" = no ]; then
    remove_incident
  fi
  rm -rf "$SCRATCH"
}

# Some incidents cannot be deleted (those that the Defender portal has): they are closed.
# shellcheck disable=SC2329 # clean_up calls it
remove_incident() {
  if rest delete "$INCIDENT_URL" --output none 2> /dev/null; then
    say "The incident is deleted again. (--keep leaves it.)"
  elif rest put "$INCIDENT_URL" --output none --body "$(printf \
    '{"properties": {"title": "%s", "severity": "%s", "status": "Closed", "classification": "Undetermined"}}' \
    "$TITLE" "$SEVERITY")"; then
    say "The incident is closed."
  else
    warn "the incident could not be removed; close it in the portal: $TITLE"
  fi
  INCIDENT=''
}

# Sets INCIDENT, INCIDENT_URL, CREATED (Azure's clock), NUMBER and LINK.
make_incident() {
  INCIDENT="$(new_guid)"
  INCIDENT_URL="$(sentinel "incidents/$INCIDENT")?api-version=$SENTINEL_VERSION"
  rest put "$INCIDENT_URL" --output none --body "$(printf \
    '{"properties": {"title": "%s", "severity": "%s", "status": "New", "description": "%s"}}' \
    "$TITLE" "$SEVERITY" "$DESCRIPTION")" || {
    INCIDENT=''
    fail "the incident was refused. You need the role Microsoft Sentinel Contributor (or Responder) on the workspace."
  }
  look_up_incident
}

look_up_incident() {
  read_lines CREATED NUMBER LINK <<< "$(ask_rest "$INCIDENT_URL" \
    '[properties.createdTimeUtc, properties.incidentNumber, properties.incidentUrl]')"
  say "Incident $NUMBER is there: $LINK"
}

# The rule maps an address, so that the function has an entity and does not wait for one. Suppressed, it fires once.
make_incident_by_rule() {
  local rule look=0
  rule="$(new_guid)"
  RULE_URL="$(sentinel "alertRules/$rule")?api-version=$SENTINEL_VERSION"
  rest put "$RULE_URL" --output none --body "$(printf '{"kind": "Scheduled", "properties": {"displayName": "%s",
    "description": "%s", "severity": "%s", "enabled": true,
    "query": "print TimeGenerated = now(), SrcIp = \\"203.0.113.7\\", User = \\"deploy\\"",
    "queryFrequency": "PT5M", "queryPeriod": "PT5M", "triggerOperator": "GreaterThan", "triggerThreshold": 0,
    "suppressionEnabled": true, "suppressionDuration": "PT5H",
    "tactics": ["CredentialAccess"], "techniques": ["T1110"],
    "entityMappings": [{"entityType": "IP", "fieldMappings": [{"identifier": "Address", "columnName": "SrcIp"}]}],
    "incidentConfiguration": {"createIncident": true, "groupingConfiguration": {"enabled": false,
      "reopenClosedIncident": false, "lookbackDuration": "PT5H", "matchingMethod": "AllEntities"}}}}' \
    "$TITLE" "$DESCRIPTION" "$SEVERITY")" || {
    RULE_URL=''
    fail "the rule was refused. You need the role Microsoft Sentinel Contributor on the workspace."
  }
  say "The rule is there; waiting for its incident (up to 20 minutes)."
  while [ "$look" -lt 40 ] && [ -z "$INCIDENT" ]; do
    pause 30
    INCIDENT="$(ask_rest \
      "$(sentinel incidents)?api-version=$SENTINEL_VERSION&\$top=50&\$orderby=properties/createdTimeUtc%20desc" \
      "value[?contains(to_string(properties.relatedAnalyticRuleIds), '$rule')] | [0].name")" || INCIDENT=''
    look=$((look + 1))
  done
  [ -n "$INCIDENT" ] || fail "the rule made no incident in 20 minutes. In the portal: Microsoft Sentinel > Analytics."
  if rest delete "$RULE_URL" --output none; then RULE_URL=''; fi
  INCIDENT_URL="$(sentinel "incidents/$INCIDENT")?api-version=$SENTINEL_VERSION"
  look_up_incident
}

# --- the comment

# True if functions of honeytriage write the comment.
is_ours() { has_functions || [ "$PLAYBOOK_FLAVOUR" = webhook ]; }

# Sets COMMENT to the comment's HTML. Ours ends with a marker, `honeytriage VERSION ...`; other playbooks' have none.
look_for_comment() {
  local query='value[0].properties.message' comments
  comments="$(sentinel "incidents/$INCIDENT/comments")?api-version=$SENTINEL_VERSION"
  if is_ours; then
    query="value[?contains(properties.message, 'honeytriage ')] | [0].properties.message"
  fi
  COMMENT="$(ask_rest "$comments" "$query")" || COMMENT=''
  [ -n "$COMMENT" ] || return 1
  ! is_ours || grep -qE 'honeytriage [0-9]+\.[0-9]+' <<< "$COMMENT"
}

wait_for_comment() {
  local look=0
  say "Waiting for the comment, up to $MINUTES minutes."
  while [ "$look" -lt $((MINUTES * 4)) ]; do
    if look_for_comment; then return 0; fi
    look=$((look + 1))
    pause 15
  done
  return 1
}

print_comment() {
  step "The comment"
  harmless <<< "$COMMENT" | awk '
    { gsub(/<br *\/?>/, "\n"); gsub(/<li>/, "- "); gsub(/<\/(p|li|pre|h[1-6]|tr)>/, "\n"); gsub(/<[^>]*>/, "")
      gsub(/&lt;/, "<"); gsub(/&gt;/, ">"); gsub(/&quot;/, "\""); gsub(/&#(39|x27);/, "\047"); gsub(/&#x60;/, "`")
      gsub(/&#x3[Dd];/, "="); gsub(/&amp;/, "\\&"); print }'
}

# --- which link broke

broken() { # broken LINK WHAT TO-DO..
  step "Broken link: $1"
  shift
  say "$@"
}

queue_count() { # messages on a queue, as Resource Manager counts them; 0 if it cannot tell
  local account count
  account="/subscriptions/$SUBSCRIPTION/resourceGroups/$SOC_GROUP/providers/Microsoft.Storage/storageAccounts/$STORAGE"
  count="$(ask_rest "$account/queueServices/default/queues/$1?api-version=2024-01-01" \
    properties.approximateMessageCount 2> /dev/null)" || count=''
  case "$count" in
    '' | *[!0-9]*) count=0 ;;
  esac
  printf '%s' "$count"
}

count_poison() {
  local one two
  one="$(queue_count incidents-poison)"
  two="$(queue_count comments-poison)"
  printf '%s' $((one + two))
}

# Sets RUN and RUN_STATUS to the playbook's newest run since the incident was made; empty if there is none.
find_run() {
  local name status started since
  RUN=''
  RUN_STATUS=''
  since="$(digits "${CREATED:-0}")"
  ask_rest "$PLAYBOOK_ID/runs?api-version=2019-05-01&\$top=20" \
    'value[].[name, properties.status, properties.startTime]' > "$SCRATCH/runs" || return 0
  while IFS=$'\t' read -r name status started; do
    if [ -z "$RUN" ] && [ "$(digits "${started}0")" -ge "$since" ]; then
      RUN="$name"
      RUN_STATUS="$status"
    fi
  done < "$SCRATCH/runs"
}

run_by_hand() {
  rest post "$(sentinel "incidents/$INCIDENT/runPlaybook")?api-version=2024-09-01" --output none \
    --body "{\"logicAppsResourceId\": \"$PLAYBOOK_ID\", \"tenantId\": \"$TENANT\"}"
}

# The playbook did not start by itself.
explain_rule() {
  local rules ours="contains(to_string(properties.actions), '/workflows/$PLAYBOOK\"')"
  rules="$(ask_rest "$(sentinel automationRules)?api-version=$SENTINEL_VERSION" \
    "value[?$ours].properties.triggeringLogic.isEnabled")" || rules=''
  if [ -z "$rules" ]; then
    broken rule "No automation rule runs $PLAYBOOK. Run ./deploy.sh again; it makes the rule."
  elif ! grep -q true <<< "$rules"; then
    broken rule "The automation rule is switched off. In the portal: Microsoft Sentinel > Automation."
  else
    broken rule "The automation rule is there, but did not start the playbook in $MINUTES minutes."
    [ "$RULE" = yes ] || say "Azure may not run rules for incidents made through the API. Try: ./try.sh --rule"
    say "With --rule too: Sentinel's own role is missing, or has not spread yet. In the portal: Microsoft Sentinel >" \
      "Settings > Playbook permissions, resource group $SOC_GROUP. In the Defender portal rules may be 10 minutes late."
  fi
}

# The playbook ran and failed.
explain_run() {
  local failures
  failures="$(ask_rest "$PLAYBOOK_ID/runs/$RUN/actions?api-version=2019-05-01" \
    "value[?properties.status=='Failed'].[name, properties.code, properties.error.message]")" || failures=''
  if grep -qiE 'Forbidden|Unauthorized|Authorization|403|401' <<< "$failures"; then
    broken role "The playbook ran and was refused:"
    harmless <<< "$failures"
    if [ "$PLAYBOOK_FLAVOUR" = functions ]; then
      say "Its identity needs Storage Queue Data Message Sender on the queue incidents of $STORAGE."
    elif [ "$PLAYBOOK_FLAVOUR" = webhook ]; then
      say "Read_the_key: its identity needs Key Vault Secrets User on the vault. Call_the_webhook: 401 is a wrong key" \
        "(WEBHOOK_KEY=... ./deploy.sh puts another one in), 403 a workspace that the functions do not know."
    else
      say "Its identity needs Microsoft Sentinel Responder on $WORKSPACE_NAME; keyless also Cognitive Services OpenAI" \
        "User on the OpenAI account; classic a working key."
    fi
    say "./deploy.sh gives the roles. A fresh one takes some minutes."
  else
    broken playbook "The playbook ran and failed:"
    harmless <<< "$failures"
  fi
  say "Its runs: $RUNS_LINK"
}

# The playbook did its part: the message is on its way.
explain_functions() {
  local there
  if [ "$(count_poison)" -gt "$POISON" ]; then
    broken poison "A function put the message aside. The reason stands in the message:"
    show_poison
    return
  fi
  there="$(ask_az functionapp function list --resource-group "$SOC_GROUP" --name "$APP" --query '[].name')" || there=''
  if [ -z "$there" ]; then
    broken queue "The message is on the queue, but $APP has no functions. Put functions.zip here and run ./deploy.sh."
  elif [ "$(queue_count incidents)" -gt 0 ] || [ "$(queue_count comments)" -gt 0 ]; then
    broken queue "The message is still on the queue: $APP has not taken it, or gave it back to try again." \
      "A role may be missing or fresh: $APP needs Microsoft Sentinel Responder on $WORKSPACE_NAME and roles on $STORAGE."
  else
    if has_playbook; then
      broken function "The message was taken, and there is no comment and no poison."
    else
      broken function "Nothing is on a queue, and there is no comment: incident-sweep found nothing, or did not run." \
        "$APP needs Microsoft Sentinel Responder on $WORKSPACE_NAME, and incident-sweep in its package (--sweep)."
    fi
  fi
  say "$APP's own words, in the portal: $APP > Application Insights > Logs: traces | order by timestamp desc"
}

# Reading a queue needs a data role, which Owner does not have by itself.
show_poison() {
  local queue messages message
  for queue in incidents-poison comments-poison; do
    messages="$(ask_az storage message peek --queue-name "$queue" --account-name "$STORAGE" --auth-mode login \
      --num-messages 32 --query '[].content' 2> /dev/null)" || messages=''
    for message in $messages; do
      message="$(base64 --decode <<< "$message" 2> /dev/null | harmless)" || continue
      case "$(lower "$message")" in
        *"$INCIDENT"*) say "  $queue: ${message:0:600}" ;;
      esac
    done
  done
  say "To read them yourself (role Storage Queue Data Reader on $STORAGE; the content is base64):" \
    "  az storage message peek --queue-name incidents-poison --account-name $STORAGE --auth-mode login"
}

# --- the whole

log_in
read_lines PLAYBOOK_ID PLAYBOOK RUNS_LINK APP STORAGE <<< "$(outputs soc playbookId playbookName playbookRunsLink \
  functionAppName storageAccountName)"
[ -n "$PLAYBOOK_ID$APP" ] || fail "the lab is not deployed in this subscription. Run: ./deploy.sh"
read_lines SHADOW SEVERITY <<< "$(ask_az deployment group show --resource-group "$SOC_GROUP" --name "$LAB_NAME-soc" \
  --query '[properties.parameters.shadow.value, properties.parameters.incidentSeverities.value[0]]')"
[ "$SHADOW" != true ] ||
  fail "the lab has shadow on: no comment is ever written. Turn it off in lab.toml, deploy, try again."
SEVERITY="${SEVERITY:-Medium}"
confirm "Make a test incident in the workspace $WORKSPACE_NAME?" || fail "stopped. Nothing was made."
POISON=0
if has_functions; then
  POISON="$(count_poison)"
fi

trap clean_up EXIT
step "The incident"
if [ "$RULE" = yes ]; then make_incident_by_rule; else make_incident; fi
if wait_for_comment; then
  print_comment
  if has_playbook; then
    say "" "The whole chain works: rule, playbook, comment."
  else
    say "" "The whole chain works: sweep, queue, comment."
  fi
  exit 0
fi

if ! has_playbook; then
  explain_functions
  exit 1
fi
find_run
if [ -z "$RUN" ]; then
  say "No comment, and the playbook did not run. Running it by hand."
  STARTED=no
else
  say "No comment, though the playbook ran ($RUN_STATUS). Running it by hand once more."
  STARTED=yes
fi
if ! run_by_hand; then
  broken role "The playbook cannot be run by hand either (Azure answers 400 also where a role is missing)." \
    "You need Microsoft Sentinel Playbook Operator on $PLAYBOOK; Azure Security Insights needs Microsoft Sentinel" \
    "Automation Contributor on $SOC_GROUP (portal: Microsoft Sentinel > Settings > Playbook permissions)."
  exit 1
fi
if wait_for_comment; then
  print_comment
  if [ "$STARTED" = no ]; then
    explain_rule
  else
    broken late "The rule started the playbook, but the comment came only after a second run. Fresh roles do that:" \
      "try again in some minutes."
  fi
  exit 1
fi
find_run
case "$RUN_STATUS" in
  '')
    broken role "Azure took the order, but the playbook did not run. Azure Security Insights needs Microsoft Sentinel" \
      "Automation Contributor on $SOC_GROUP (portal: Microsoft Sentinel > Settings > Playbook permissions)."
    ;;
  Succeeded)
    if [ "$PLAYBOOK_FLAVOUR" = functions ]; then
      explain_functions
    elif [ "$PLAYBOOK_FLAVOUR" = webhook ]; then
      broken function "The webhook took the incident, and there is no comment. The run shows its answer; handed-over" \
        "means that Sentinel refused the write, and that it comes again by the functions' own queue: $RUNS_LINK"
    else
      broken playbook "The playbook ran to its end, and there is no comment. Look at its run: $RUNS_LINK"
    fi
    ;;
  Failed | TimedOut) explain_run ;;
  Running | Waiting)
    broken playbook "The playbook's run is $RUN_STATUS. Look at it: $RUNS_LINK"
    if [ "$PLAYBOOK_FLAVOUR" = webhook ]; then
      say "It calls the webhook again and again where that answers 503: the app registration lacks Microsoft Sentinel" \
        "Responder on $WORKSPACE_NAME, or the stack's secret has no clientSecret. The log of incident-webhook says which."
    fi
    ;;
  *) broken playbook "The playbook's run is $RUN_STATUS. Look at it: $RUNS_LINK" ;;
esac
exit 1
