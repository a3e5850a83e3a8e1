# shellcheck shell=bash
# What must hold before a deployment, and what it would change. Read by deploy.sh and what-if.sh, after steps.sh.
# shellcheck disable=SC2034 # the scripts that read this file use what it sets

OWNER=8e3af657-a8ff-443c-a75c-2fe8c4bcb635
CONTRIBUTOR=b24988ac-6180-42a0-ab88-20f7382dd24c
USER_ACCESS_ADMINISTRATOR=18d7d88d-d35e-4fb5-a5c3-7773c20a72d9
RBAC_ADMINISTRATOR=f58310d9-a9f6-439a-9e8d-f62e7b41a168
# The application id of "Azure Security Insights" is the same in every tenant; its object id is not.
SECURITY_INSIGHTS=98785600-1bb7-4fb9-b9fa-19afe2c8a360

# check_all MODE: MODE is deploy (registers what is missing) or look (only says so). Sets PRINCIPAL.
check_all() {
  step "Checks"
  check_rights
  check_providers "$1"
  if has_stack honeypot; then
    check_vm
  fi
  if has_stack soc; then
    check_workspace
    PRINCIPAL=''
    if has_playbook; then find_principal; fi
    check_soft_deleted
  fi
}

# --- rights

check_rights() {
  local me='' scope stack seen=''
  if [ "$USER_TYPE" = user ]; then
    me="$(ask_az ad signed-in-user show --query id 2> /dev/null)" || me=''
  else
    me="$(ask_az ad sp show --id "$USER_NAME" --query id 2> /dev/null)" || me=''
  fi
  if [ -z "$me" ]; then
    warn "cannot tell your roles: the directory does not say who you are. Deploying needs Owner, or Contributor and" \
      "User Access Administrator."
    return
  fi
  for stack in $STACKS; do
    scope="/subscriptions/$SUBSCRIPTION"
    if group_there "$(group_of "$stack")"; then
      scope="$scope/resourceGroups/$(group_of "$stack")"
    fi
    # soc comes first and needs more.
    [ "$scope" = "$seen" ] || check_rights_at "$me" "$scope" "$stack"
    seen="$scope"
  done
  if has_stack soc && [ -n "$WORKSPACE_GROUP" ]; then
    check_rights_at "$me" "/subscriptions/$(workspace_subscription)/resourceGroups/$WORKSPACE_GROUP" soc
  fi
}

# Only the SOC stack gives roles to identities; the honeypot stack makes resources and nothing else.
check_rights_at() {
  local roles custom role
  if ! roles="$(ask_az role assignment list --assignee "$1" --scope "$2" --include-inherited --include-groups \
    --query '[].roleDefinitionId')"; then
    warn "cannot read your roles at $2; going on."
    return
  fi
  if role_in "$roles" "$OWNER"; then
    say "ok  rights: Owner at $2"
    return
  fi
  if role_in "$roles" "$CONTRIBUTOR"; then
    if [ "$3" = honeypot ]; then
      say "ok  rights: Contributor at $2"
      return
    fi
    if role_in "$roles" "$USER_ACCESS_ADMINISTRATOR" || role_in "$roles" "$RBAC_ADMINISTRATOR"; then
      say "ok  rights: Contributor, and may give roles, at $2"
      return
    fi
  fi
  custom="$(ask_az role definition list --custom-role-only true --scope "$2" --query '[].name')" || custom=''
  for role in $custom; do
    if role_in "$roles" "$role"; then
      warn "you have a role of your organization's own at $2; whether it is enough shows when deploying."
      return
    fi
  done
  if [ "$3" = honeypot ]; then
    fail "you need the role Contributor (or Owner) at $2. Nothing was created. Roles from PIM must be active."
  fi
  fail "you need the role Owner, or Contributor and User Access Administrator, at $2: the lab gives roles to its" \
    "identities. Nothing was created. Ask whoever owns the subscription; roles from PIM must be active."
}

role_in() { grep -qi "$2\$" <<< "$1"; }

# --- resource providers

providers() {
  if has_stack soc; then
    say Microsoft.OperationalInsights Microsoft.OperationsManagement Microsoft.SecurityInsights Microsoft.Insights \
      Microsoft.Web
    if has_playbook; then say Microsoft.Logic; fi
    if has_functions; then say Microsoft.App Microsoft.Storage; fi
    if [ "$USES_VAULT" = yes ]; then say Microsoft.KeyVault; fi
    if [ "$USES_OPENAI" = yes ]; then say Microsoft.CognitiveServices; fi
  fi
  if has_stack honeypot; then
    say Microsoft.Compute Microsoft.Network Microsoft.DevTestLab Microsoft.Consumption
    if [ "$SHIPS_LOGS" = yes ]; then say Microsoft.Insights; fi
  fi
}

check_providers() {
  local known name state missing=''
  known="$(ask_az provider list --query '[].[namespace, registrationState]')" ||
    fail "cannot list the subscription's resource providers."
  # Azure writes some names its own way (microsoft.insights), so case does not count.
  for name in $(providers); do
    if ! grep -qi "^${name}[[:space:]]Registered\$" <<< "$known"; then
      missing="$missing $name"
    fi
  done
  if [ -z "$missing" ]; then
    say "ok  resource providers are registered"
    return
  fi
  if [ "$1" = look ]; then
    say "--  not registered yet, deploy.sh does it:$missing"
    return
  fi
  FRESH_PROVIDERS="$missing"
  for name in $missing; do
    say "    registering $name"
    az provider register --namespace "$name" --output none < /dev/null ||
      fail "cannot register $name: ask whoever owns the subscription. Nothing was created."
  done
  for name in $missing; do
    wait_for_provider "$name"
  done
  say "ok  resource providers are registered"
}

wait_for_provider() {
  local look=0 state=''
  while [ "$look" -lt 90 ]; do
    state="$(ask_az provider show --namespace "$1" --query registrationState)" || state=''
    [ "$state" != Registered ] || return 0
    look=$((look + 1))
    pause 10
  done
  fail "$1 is still '$state' after 15 minutes. Nothing was created; run this again later."
}

# --- the honeypot's VM

check_vm() {
  local row family restrictions there
  if group_there "$HONEYPOT_GROUP"; then
    there="$(ask_az vm list --resource-group "$HONEYPOT_GROUP" --query "[?name=='vm-$LAB_NAME'].name")" || there=''
    if [ -n "$there" ]; then
      say "ok  VM: $there is there already"
      return
    fi
  fi
  say "    looking up $VM_SIZE in $LOCATION (this takes a minute)"
  row="$(ask_az vm list-skus --location "$LOCATION" --size "$VM_SIZE" --resource-type virtualMachines --all \
    --query "[?name=='$VM_SIZE'].[family, to_string(restrictions[?type=='Location'].reasonCode)]")" ||
    fail "cannot list the VM sizes of $LOCATION."
  row="${row%%$'\n'*}"
  [ -n "$row" ] || fail "$LOCATION has no VM size $VM_SIZE. $(other_size)"
  IFS=$'\t' read -r family restrictions <<< "$row"
  case "$restrictions" in
    '[]' | null) ;;
    *) fail "your subscription may not use $VM_SIZE in $LOCATION ($restrictions). $(other_size)" ;;
  esac
  check_quota "$family"
}

other_size() {
  say "Nothing was created. Choose another size or location in lab.toml and generate again; what is free shows:" \
    "  az vm list-skus --location $LOCATION --resource-type virtualMachines --output table" \
    "Standard_E2s_v5 (2 cores, 16 GB) runs a hive where Standard_D4s_v5 does not fit."
}

check_quota() {
  local usage name used limit seen=''
  if ! usage="$(ask_az vm list-usage --location "$LOCATION" --query '[].[name.value, currentValue, limit]')"; then
    warn "cannot read the quota of $LOCATION; going on."
    return
  fi
  while IFS=$'\t' read -r name used limit; do
    case "$(lower "$name")" in
      cores | "$(lower "$1")")
        seen="$seen $name"
        if [ $((limit - used)) -lt "$VM_CORES" ]; then
          fail "the quota $name in $LOCATION is short: $VM_SIZE needs $VM_CORES cores, $used of $limit are used." \
            "Nothing was created. Choose a smaller size or another location in lab.toml and generate again," \
            "or ask for more in the Azure portal under Quotas > Compute."
        fi
        ;;
    esac
  done <<< "$usage"
  say "ok  VM: $VM_SIZE may be used, and the quota has room (${seen# })"
}

# --- Sentinel

check_workspace() {
  [ -n "$WORKSPACE_GROUP" ] || return 0
  az rest --method get --output none < /dev/null \
    --url "$(workspace_id)/providers/Microsoft.SecurityInsights/onboardingStates/default?api-version=2025-09-01" ||
    fail "the workspace $WORKSPACE_NAME of $WORKSPACE_GROUP is not there, or has no Sentinel. Nothing was created."
  say "ok  workspace: $WORKSPACE_NAME is there and has Sentinel"
}

# The service principal appears in a tenant with Sentinel's first use, so it is looked for again after a registration.
find_principal() {
  local look=1 looks=1
  PRINCIPAL="$AUTOMATION_PRINCIPAL"
  case "${FRESH_PROVIDERS:-}" in
    *SecurityInsights*) looks=4 ;;
  esac
  while [ -z "$PRINCIPAL" ]; do
    PRINCIPAL="$(ask_az ad sp show --id "$SECURITY_INSIGHTS" --query id 2> "$SCRATCH/principal")" || PRINCIPAL=''
    if [ -z "$PRINCIPAL" ] && [ "$look" -ge "$looks" ]; then
      warn "no service principal 'Azure Security Insights': $(head -n 1 "$SCRATCH/principal")"
      say "--  automation rule: left out for now"
      return
    fi
    [ -n "$PRINCIPAL" ] || pause 15
    look=$((look + 1))
  done
  say "ok  Azure Security Insights is $PRINCIPAL"
}

# --- names that stay taken

check_soft_deleted() {
  local kept kind name place found=no
  [ "$USES_VAULT" = yes ] || [ "$USES_OPENAI" = yes ] || return 0
  if ! kept="$(soft_deleted)"; then
    warn "cannot list deleted vaults and OpenAI accounts; going on."
    return
  fi
  while read -r kind name place; do
    case "$kind-$USES_VAULT-$USES_OPENAI" in
      vault-yes-* | account-*-yes)
        found=yes
        purge_arguments "$kind" "$name" "$place"
        say "!!  $name of an earlier lab is deleted, but Azure keeps its name. Purge it for good with:" \
          "      az ${PURGE[*]}"
        ;;
    esac
  done <<< "$kept"
  [ "$found" = no ] || fail "run the commands above, then this again. Nothing was created."
}

# --- what-if

# parameters STACK: sets PARAMETERS. KEY_FILE, if any, holds a key: it never stands in an argument.
parameters() {
  PARAMETERS=(--parameters "@$1.parameters.json")
  if [ "$1" != honeypot ]; then
    PARAMETERS=("${PARAMETERS[@]}" "sentinelAutomationPrincipalId=$PRINCIPAL" deployAutomationRule=false)
    if [ -n "${KEY_FILE:-}" ]; then
      PARAMETERS=("${PARAMETERS[@]}" "@$KEY_FILE")
    fi
  fi
}

# what-if by group needs the group. Where one is still missing, main.json (made for labs with both stacks) tells all.
what_if() {
  local stack group missing=''
  for stack in $STACKS; do
    group="$(group_of "$stack")"
    group_there "$group" || missing="$missing $group"
  done
  if [ -n "$missing" ] && [ -f main.json ]; then
    step "What would change (groups still to be made:$missing)"
    parameters main
    az deployment sub what-if --name "$LAB_NAME-main" --location "$LOCATION" --template-file main.json \
      "${PARAMETERS[@]}" < /dev/null || return 1
    return 0
  fi
  for stack in $STACKS; do
    group="$(group_of "$stack")"
    step "What would change in $group"
    if group_there "$group"; then
      parameters "$stack"
      az deployment group what-if --resource-group "$group" --name "$LAB_NAME-$stack" --template-file "$stack.json" \
        "${PARAMETERS[@]}" < /dev/null || return 1
    else
      say "The resource group is new, so all is new. $stack.json can make these types of resources:"
      grep -o '"type": "Microsoft\.[^"]*"' "$stack.json" | cut -d '"' -f 4 | grep -v '^Microsoft.Resources/' |
        sort -u | sed 's/^/  /' || :
    fi
  done
}
