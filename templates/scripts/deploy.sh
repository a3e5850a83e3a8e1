#!/usr/bin/env bash
# Deploys the lab of this folder with az. Safe to run again: what is there already stays or is brought up to date.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=/dev/null
. ./steps.sh
# shellcheck source=/dev/null
. ./checks.sh

usage() {
  say "Usage: ./deploy.sh [-y|--yes] [-h|--help]" \
    "" \
    "Checks rights, resource providers, VM size and quota; shows what would change; deploys; waits for T-Pot." \
    "Safe to run again." \
    "" \
    "  -y, --yes   no questions" \
    "  -h, --help  this text" \
    "" \
    "MODEL_KEY     variable with the model's key, if the lab needs one; else it is asked for, unseen." \
    "              Empty keeps the key that the vault has already." \
    "WEBHOOK_KEY   the same for the key of the webhook."
}

while [ $# -gt 0 ]; do
  case "$1" in
    -y | --yes) no_questions ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) misused "unknown argument: $1" ;;
  esac
  shift
done

# az and other commands must not inherit a key.
export -n MODEL_KEY WEBHOOK_KEY

KEY_FILE=''
LEFT=''
FAILED=no
STOPPED=no

# left WHAT: remembers that something is still to be done; failed WHAT: that it went wrong. The other steps go on.
left() {
  LEFT="$LEFT
  - $1"
}
failed() {
  warn "$1"
  left "$1"
  FAILED=yes
}

# --- the key of the model or the webhook

# The key goes into a file that only you can read and that is gone when the script ends: az reads it from there.
read_key() {
  local key variable=MODEL_KEY
  { set +x; } 2> /dev/null
  if [ "$NEEDED_KEY" = webhook ]; then variable=WEBHOOK_KEY; fi
  if [ -n "${!variable+set}" ]; then
    key="${!variable}"
  elif [ -t 0 ]; then
    printf "The %s's key (it is not shown): " "$NEEDED_KEY"
    read -r -s key
    printf '\n'
  else
    fail "the lab needs the $NEEDED_KEY's key: set the variable $variable, or run this in a terminal."
  fi
  case "$key" in
    *[![:print:]]* | *\"* | *\\*) fail "that is no key: it has quotes, backslashes or control characters." ;;
  esac
  if [ "$PLAYBOOK_FLAVOUR" = classic ]; then
    [ -n "$key" ] || fail "the classic playbook's connection needs the OpenAI key at every deployment."
    key="Bearer ${key#Bearer }"
  fi
  [ -n "$key" ] || return 0
  KEY_FILE="$SCRATCH/key.json"
  (
    umask 077
    printf '{"%sKey": {"value": "%s"}}\n' "$NEEDED_KEY" "$key" > "$KEY_FILE"
  )
}

# --- the stacks

deploy_stack() {
  local group
  group="$(group_of "$1")"
  step "Deploying $1 to $group (some minutes)"
  if ! group_there "$group"; then
    az group create --name "$group" --location "$LOCATION" --output none < /dev/null ||
      fail "cannot make the resource group $group."
  fi
  parameters "$1"
  if ! retry 5 'recently granted|PrincipalNotFound|RequestConflict|AnotherOperationInProgress' \
    az deployment group create --resource-group "$group" --name "$LAB_NAME-$1" --template-file "$1.json" \
    "${PARAMETERS[@]}" --output none; then
    printf '%s\n' "$ERROR" >&2
    explain
    fail "the deployment $LAB_NAME-$1 failed. When the cause is mended, run ./deploy.sh again: it goes on from here."
  fi
  say "ok  $1"
}

# explain: says what to do about the failures that users meet most.
explain() {
  local kind name place
  case "$ERROR" in
    *[Ss]oft*deleted* | *SoftDeleted* | *"deleted state"* | *FlagMustBeSetForRestore*)
      say "Azure keeps the name of a deleted vault or OpenAI account. Purge it for good:"
      while read -r kind name place; do
        [ -n "$kind" ] || continue
        purge_arguments "$kind" "$name" "$place"
        say "  az ${PURGE[*]}"
      done <<< "$(soft_deleted || :)"
      ;;
    *"recently granted"*)
      say "Your rights are fresh. Wait some minutes, run 'az login' again, then ./deploy.sh again."
      ;;
    *PropertyChangeNotAllowed*)
      say "The VM cannot take this change. Make it new: ./destroy.sh honeypot, then ./deploy.sh"
      ;;
    *"when the VM is not running"*)
      say "The VM is stopped, and its agent cannot be looked at. Start it, then run ./deploy.sh again:" \
        "  az vm start --resource-group $HONEYPOT_GROUP --name vm-$LAB_NAME"
      ;;
    *VMExtensionProvisioning*)
      say "The agent could not install itself; T-Pot's own installation may hold the package manager. Run ./deploy.sh" \
        "again in half an hour."
      ;;
    *"recently deleted"*)
      say "Sentinel keeps the names of deleted rules for a while. Run ./deploy.sh again in an hour."
      ;;
    *RoleAssignmentExists*)
      say "A role that the lab gives was given by hand before. Delete that assignment (az role assignment list --all), or" \
        "leave soc.webhook_principal out of lab.toml if it is the app registration's; then run ./deploy.sh again."
      ;;
    *DeploymentActive*)
      say "An earlier run of this deployment is still going on in Azure. Wait for it, then run this again."
      ;;
    *InsufficientQuota*)
      say "The OpenAI quota of $LOCATION is used up: lower the model's capacity in lab.toml."
      ;;
    *SkuNotAvailable* | *QuotaExceeded*)
      say "Azure has no room for $VM_SIZE in $LOCATION: choose another size or location in lab.toml, generate again."
      ;;
  esac
}

# Sentinel refuses the rule until its service principal's role has spread, so the rule comes last and is tried again.
deploy_rule() {
  local playbook severities where
  step "Automation rule: incident created -> playbook"
  if [ -z "$PRINCIPAL" ]; then
    say "Left out: the service principal 'Azure Security Insights' was not found. In the Azure portal:" \
      "  Microsoft Sentinel > $WORKSPACE_NAME > Settings > Settings > Playbook permissions > Configure permissions:" \
      "  choose the resource group $SOC_GROUP and apply. Then run ./deploy.sh again: it finds the principal and" \
      "  makes the rule. If your account may not read the directory, put the object id of 'Azure Security Insights'" \
      "  (Entra ID > Enterprise applications) into lab.toml. Until then run the playbook on an incident by hand."
    left "the automation rule: allow it in the portal as said above, then run ./deploy.sh again"
    return
  fi
  playbook="$(outputs soc playbookId)"
  severities="$(az deployment group show --resource-group "$SOC_GROUP" --name "$LAB_NAME-soc" \
    --query properties.parameters.incidentSeverities.value --output json < /dev/null | tr -d ' \r\n')"
  where=(--resource-group "$(workspace_group)")
  if [ -n "$WORKSPACE_SUBSCRIPTION" ]; then
    where=("${where[@]}" --subscription "$WORKSPACE_SUBSCRIPTION")
  fi
  if retry 10 'Caller is missing required playbook triggering permissions' \
    az deployment group create "${where[@]}" --name "$LAB_NAME-rule" --template-file soc/automation-rule.json \
    --parameters "workspaceName=$WORKSPACE_NAME" "playbookId=$playbook" "labName=$LAB_NAME" \
    "incidentSeverities=$severities" --output none; then
    say "ok  automation rule"
  else
    printf '%s\n' "$ERROR" >&2
    failed "the automation rule is not made. Run ./deploy.sh again in some minutes."
  fi
}

# A lab that had a playbook before: what a deployment no longer names, Azure keeps.
leave_playbook() {
  local old
  old="$(ask_az resource list --resource-group "$SOC_GROUP" --resource-type Microsoft.Logic/workflows \
    --query "[?name=='playbook-$LAB_NAME'].id")" || old=''
  [ -n "$old" ] || return 0
  warn "playbook-$LAB_NAME of an earlier deployment is still there, and incidents may get two comments."
  left "the old playbook: delete its automation rule (Microsoft Sentinel > Automation), then
    az resource delete --ids $old"
}

# --- the functions

functions_wanted() {
  ask_az deployment group show --resource-group "$SOC_GROUP" --name "$LAB_NAME-soc" \
    --query 'properties.outputs.functionNames.value'
}

# Azure lists functions as APP/FUNCTION, a while after an upload.
functions_there() {
  local there name look=0
  while [ "$look" -lt 3 ]; do
    there="$(ask_az functionapp function list --resource-group "$SOC_GROUP" --name "$1" --query '[].name')" || there=''
    for name in $2; do
      grep -q "/$name\$" <<< "$there" || there=''
    done
    [ -z "$there" ] || return 0
    look=$((look + 1))
    pause 10
  done
  return 1
}

# An upload is refused until the app's fresh role on its storage has spread; and az may call a failed one a success.
upload_functions() {
  local app wanted try=1 package="honeytriage package --target azure -o functions.zip"
  has_playbook || package="honeytriage package --target azure --sweep -o functions.zip"
  step "Functions"
  if [ ! -f functions.zip ]; then
    say "functions.zip is not in this folder, so nothing was uploaded. Make it as the project's README says, with:" \
      "  $package" \
      "put it here and run ./deploy.sh again."
    left "the functions: $package, then ./deploy.sh again"
    return
  fi
  # The names of a zip's files stand in it as they are.
  if ! has_playbook && ! grep -aq 'incident-sweep/function.json' functions.zip; then
    failed "functions.zip has no incident-sweep, so nothing was uploaded. Make it again: $package"
    return
  fi
  app="$(outputs soc functionAppName)"
  wanted="$(functions_wanted)"
  while [ "$try" -le 10 ]; do
    say "    uploading functions.zip to $app (try $try of 10)"
    if az functionapp deployment source config-zip --resource-group "$SOC_GROUP" --name "$app" --src functions.zip \
      --output none < /dev/null 2> "$SCRATCH/error"; then
      if functions_there "$app" "$wanted"; then
        say "ok  functions: ${wanted//$'\n'/, }"
        return
      fi
      say "    az reports success, but the functions are not there (${wanted//$'\n'/, })"
    elif grep -qE 'BlobUploadFailed|Status Code: (403|409|503)|ongoing deployment' "$SCRATCH/error"; then
      say "    refused: the app's role on its storage has not spread yet"
    else
      cat "$SCRATCH/error" >&2
      break
    fi
    try=$((try + 1))
    pause 30
  done
  failed "the functions are not uploaded. Run ./deploy.sh again."
}

# --- T-Pot

first_line() { awk 'NF && !found { print substr($0, 1, 200); found = 1 }'; }

# on_vm VM COMMAND: sets ANSWER to what the command prints on the VM, through Azure's agent: SSH moves to another port
# meanwhile. Empty without an answer; then ERROR says why. A VM that reboots can hold the call for long: it is given up
# after five minutes.
on_vm() {
  local deadline=$((SECONDS + 300)) asking
  az vm run-command invoke --resource-group "$HONEYPOT_GROUP" --name "$1" --command-id RunShellScript \
    --scripts "$2" --query 'value[0].message' --output tsv > "$SCRATCH/answer" 2> "$SCRATCH/error" < /dev/null &
  asking=$!
  while kill -0 "$asking" 2> /dev/null; do
    if [ "$STOPPED" = yes ] || [ "$SECONDS" -ge "$deadline" ]; then
      kill "$asking" 2> /dev/null || :
      break
    fi
    sleep 0.2 || :
  done
  wait "$asking" 2> /dev/null || :
  ANSWER="$(sed -n '/\[stdout\]/,/\[stderr\]/p' "$SCRATCH/answer" | sed '1d;$d' | harmless)"
  ERROR="$(first_line < "$SCRATCH/error")"
}

# The status is one of: installing STEP, failed STEP, rebooting, up. Without a file cloud-init has not come so far.
wait_for_tpot() {
  local vm look=0 status='' last=none start="$SECONDS" minutes
  step "T-Pot installs itself on the VM (15 to 40 minutes; Ctrl-C stops the waiting, not the installation)"
  vm="$(outputs honeypot vmName)"
  trap 'STOPPED=yes' INT
  while [ "$look" -lt 120 ] && [ $((SECONDS - start)) -lt 3600 ] && [ "$STOPPED" = no ]; do
    on_vm "$vm" 'cat /var/lib/honeytriage/status'
    [ "$STOPPED" = no ] || break
    status="$(first_line <<< "$ANSWER")"
    if [ "$status" != "$last" ]; then
      minutes=$(((SECONDS - start) / 60))
      say "    $minutes min  ${status:-no status yet${ERROR:+ ($ERROR)}}"
      last="$status"
    fi
    case "$status/$ERROR" in
      up/* | failed* | */*"requires the VM to be running"*) break ;;
    esac
    look=$((look + 1))
    pause 30 || :
  done
  trap 'exit 130' INT
  if [ "$STOPPED" = yes ]; then
    say "" "Stopped waiting. T-Pot goes on by itself; ./deploy.sh looks again."
    return
  fi
  case "$status/$ERROR" in
    up/*) say "ok  T-Pot is up" ;;
    failed*) explain_tpot "$vm" "${status#failed }" ;;
    */*"requires the VM to be running"*)
      failed "the VM is not running. Start it: az vm start --resource-group $HONEYPOT_GROUP --name $vm"
      ;;
    *) failed "T-Pot is not up after an hour (last: ${status:-no answer}). Run ./deploy.sh again to look once more." ;;
  esac
}

explain_tpot() { # explain_tpot VM STEP
  on_vm "$1" 'tail -n 15 /var/log/honeytriage-install.log'
  say "    The end of its log:" "$ANSWER"
  failed "T-Pot's installation stopped at the step: $2"
  say "    The whole log: /var/log/honeytriage-install.log on the VM. When the cause is mended, on the VM:" \
    "      sudo /opt/honeytriage/install.sh" \
    "    Or make a new VM: ./destroy.sh honeypot, then ./deploy.sh"
}

# --- what came out

summary() {
  local id customer playbook runs app vault openai ssh web password
  step "The lab"
  if has_stack soc; then
    read_lines id customer playbook runs app vault openai <<< "$(outputs soc workspaceId workspaceCustomerId \
      playbookName playbookRunsLink functionAppName vaultName openAiAccountName)"
    say "Workspace      $WORKSPACE_NAME ($customer)" "               $id"
    [ -z "$playbook" ] || say "Playbook       $playbook, its runs: $runs"
    [ -z "$app" ] || say "Functions      $app: $(functions_wanted | tr '\n' ' ')"
    [ -z "$vault" ] || say "Key vault      $vault"
    [ -z "$openai" ] || say "Azure OpenAI   $openai"
  fi
  if has_stack honeypot; then
    read_lines ssh web password <<< "$(outputs honeypot sshCommand webUrl passwordPlace)"
    say "SSH            $ssh"
    case "$EDITION" in
      sensor | mobile) ;;
      *) say "Web            $web (the certificate is T-Pot's own)" "Web password   $password" ;;
    esac
  fi
  say "" "Remove it all with: ./destroy.sh"
  if has_stack soc; then
    say "Try it with:        ./try.sh"
  fi
}

log_in
confirm_subscription "Deploy there?"
check_all deploy
if has_stack soc && [ -n "$NEEDED_KEY" ]; then
  read_key
fi
what_if || fail "what-if failed; see above. Nothing was created."
say ""
confirm "Deploy this?" || fail "stopped. Nothing was created."
for stack in $STACKS; do
  deploy_stack "$stack"
done
if has_stack soc; then
  if has_playbook; then deploy_rule; else leave_playbook; fi
  if has_functions; then
    upload_functions
  fi
fi
if has_stack honeypot; then
  wait_for_tpot
fi
summary
if [ "$STOPPED" = yes ]; then
  exit 130
fi
if [ -n "$LEFT" ]; then
  say "" "Not done yet:$LEFT"
fi
[ "$FAILED" = no ]
