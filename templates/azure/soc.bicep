metadata description = 'Microsoft Sentinel with a playbook that comments on new incidents.'

// ---- The lab

@description('Region of every resource.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the lab, the prefix of most names: 2 to 20 of a-z, 0-9 and -, the first a letter.')
@minLength(2)
@maxLength(20)
param labName string

// ---- The workspace

@description('Name of the Log Analytics workspace.')
param workspaceName string

@description('Resource group of an existing workspace with Sentinel, which stays as it is. Empty: it is made here.')
param workspaceGroup string

@description('Subscription of the existing workspace. Empty: this one.')
param workspaceSubscription string

@description('Days that a new workspace keeps its data.')
param retentionDays int

@description('Most gigabytes a day that a new workspace takes in, as a number such as 0.5. Empty: no cap.')
param dailyCapGb string

// ---- The honeypot's logs

@description('True: tables, rules, workbook and hunting queries for the honeypot\'s logs.')
param honeypotLogs bool

// ---- The playbook

@description('How a comment is made: by the function app (sweep: without a playbook), functions elsewhere, Azure OpenAI, or as in the tutorial.')
@allowed([
  'functions'
  'sweep'
  'webhook'
  'keyless'
  'classic'
])
param playbookFlavour string

@description('Severities of the incidents that get a comment, as Sentinel spells them. Empty: every incident.')
param incidentSeverities array

@description('Object id of the service principal "Azure Security Insights". Empty: neither its role nor the rule.')
param sentinelAutomationPrincipalId string

@description('False: soc/automation-rule.bicep is deployed later, when the role has spread.')
param deployAutomationRule bool

// ---- The webhook of functions elsewhere

@description('Address of the webhook, in flavour webhook.')
param webhookUrl string

@description('Object id of the service principal by which these functions write. Empty: it gets no role here.')
param webhookPrincipalId string

@description('Key that the webhook wants, for the key vault.')
@secure()
param webhookKey string = ''

// ---- Who answers

@description('Who writes the comments of the function app: the built-in runbook alone, or a model too.')
@allowed([
  'runbook'
  'model'
])
param completer string

@description('Address of a model\'s server of your own, up to and with /v1. Empty: Azure OpenAI, or no model.')
param modelUrl string

@description('Name of the model.')
param modelName string

@description('Version of the model in Azure OpenAI. Empty: Azure\'s default.')
param modelVersion string

@description('Thousands of tokens a minute that Azure OpenAI may handle.')
param modelCapacity int

@description('True: makes an Azure OpenAI account with the model. Flavour keyless always has one.')
param deployOpenAi bool

@description('True: makes a key vault for the key of the model or of the webhook.')
param deployVault bool

@description('Key of the model: for the key vault, and in flavour classic for the connection to OpenAI.')
@secure()
param modelKey string = ''

@description('What a model gets to read: everything, names as placeholders, or little more than techniques and counts.')
@allowed([
  'off'
  'on'
  'strict'
])
param redact string

@description('True: the function app makes its comments but does not write them.')
param shadow bool

@description('Who gets a mail when the function app puts a message aside. Empty: nobody.')
param alertMails array

// ---- Names

var unique = uniqueString(resourceGroup().id, labName)
var playbookName = 'playbook-${labName}'
var functionAppName = 'func-${labName}-${unique}'
var insightsName = 'appi-${labName}'
var storageAccountName = 'st${unique}'
var vaultName = 'kv-${unique}'
var openAiAccountName = 'oai-${labName}-${unique}'
var sentinelConnectionName = 'con-${labName}-sentinel'
var openAiConnectionName = 'con-${labName}-openai'
var incidentQueue = 'incidents'
var functionNames = ['incident-trigger', 'gpt-complete', 'add-comment']
var secretName = isWebhook ? 'webhook-key' : 'model-key'

// ---- What this lab has

var isFunctions = playbookFlavour == 'functions'
var isSweep = playbookFlavour == 'sweep'
var hasFunctions = isFunctions || isSweep
var isWebhook = playbookFlavour == 'webhook'
var isKeyless = playbookFlavour == 'keyless'
var isClassic = playbookFlavour == 'classic'
var isNewWorkspace = empty(workspaceGroup)
var hasOpenAi = deployOpenAi || isKeyless
var hasAutomationPrincipal = !isSweep && !empty(sentinelAutomationPrincipalId)
var hasPoisonAlert = hasFunctions && !empty(alertMails)

// A server of one's own comes before Azure OpenAI.
var asksModel = hasFunctions && completer == 'model'
var asksOpenAi = asksModel && hasOpenAi && empty(modelUrl)
var openAiUrl = 'https://${openAiAccountName}.openai.azure.com/openai/v1'

// A reference: the key itself is in the vault, and Azure OpenAI has none.
var vaultReference = deployVault ? 'keyvault://${vaultName}/${secretName}' : ''
var modelKeyReference = asksOpenAi ? 'entra://cognitiveservices.azure.com/.default' : vaultReference

// ---- Built-in roles, the same in every tenant

var sentinelReader = '8d289c81-5878-46d4-8554-54e1e3d8b5cb'
var sentinelResponder = '3e150937-b8fe-4cfb-8069-0eaf05ecd056'
var sentinelAutomationContributor = 'f4c81013-99ee-4d62-a7ee-b3f1f648599a'
var logAnalyticsReader = '73c42c96-874c-492b-b04d-ab87d138a893'
var storageQueueMessageSender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var storageQueueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'
var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var cognitiveServicesOpenAiUser = '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd'

// ---- The workspace

var workspaceSubscriptionId = empty(workspaceSubscription) ? subscription().subscriptionId : workspaceSubscription
var workspaceGroupName = isNewWorkspace ? resourceGroup().name : workspaceGroup

module workspace 'soc/workspace.bicep' = if (isNewWorkspace) {
  name: '${labName}-workspace'
  params: {
    location: location
    tags: tags
    workspaceName: workspaceName
    retentionDays: retentionDays
    dailyCapGb: dailyCapGb
  }
}

resource existingWorkspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' existing = {
  scope: resourceGroup(workspaceSubscriptionId, workspaceGroupName)
  name: workspaceName
}

// ---- The honeypot's logs

module honeypotTables 'soc/honeypot-tables.bicep' = if (honeypotLogs) {
  scope: resourceGroup(workspaceSubscriptionId, workspaceGroupName)
  name: '${labName}-honeypot-tables'
  params: {
    workspaceName: workspaceName
  }
  dependsOn: [
    workspace
  ]
}

module honeypotRules 'soc/honeypot-rules.bicep' = if (honeypotLogs) {
  scope: resourceGroup(workspaceSubscriptionId, workspaceGroupName)
  name: '${labName}-honeypot-rules'
  params: {
    workspaceName: workspaceName
    labName: labName
  }
  dependsOn: [
    honeypotTables
  ]
}

module honeypotHunting 'soc/honeypot-hunting.bicep' = if (honeypotLogs) {
  scope: resourceGroup(workspaceSubscriptionId, workspaceGroupName)
  name: '${labName}-honeypot-hunting'
  params: {
    workspaceName: workspaceName
    labName: labName
  }
  dependsOn: [
    honeypotTables
  ]
}

module honeypotWorkbook 'soc/honeypot-workbook.bicep' = if (honeypotLogs) {
  name: '${labName}-honeypot-workbook'
  params: {
    location: location
    tags: tags
    labName: labName
    workspaceId: existingWorkspace.id
  }
  dependsOn: [
    workspace
  ]
}

// ---- What answers

module openAi 'soc/openai.bicep' = if (hasOpenAi) {
  name: '${labName}-openai'
  params: {
    location: location
    tags: tags
    accountName: openAiAccountName
    modelName: modelName
    modelVersion: modelVersion
    modelCapacity: modelCapacity
  }
}

module vault 'soc/vault.bicep' = if (deployVault) {
  name: '${labName}-vault'
  params: {
    location: location
    tags: tags
    vaultName: vaultName
    secretName: secretName
    purpose: isWebhook ? 'key of a webhook' : 'key of a language model'
    key: isWebhook ? webhookKey : modelKey
  }
}

module functionApp 'soc/functionapp.bicep' = if (hasFunctions) {
  name: '${labName}-functionapp'
  params: {
    location: location
    tags: tags
    functionAppName: functionAppName
    planName: 'plan-${labName}'
    insightsName: insightsName
    storageAccountName: storageAccountName
    workspaceId: existingWorkspace.id
    completer: completer
    modelUrl: asksOpenAi ? openAiUrl : modelUrl
    modelName: modelName
    modelKeyReference: modelKeyReference
    redact: redact
    shadow: shadow
    sweeps: isSweep
    // The honeypot stack names its VM so.
    honeypots: honeypotLogs ? 'vm-${labName}' : ''
  }
  dependsOn: [
    workspace
  ]
}

module poisonAlert 'soc/poison-alert.bicep' = if (hasPoisonAlert) {
  name: '${labName}-poison-alert'
  params: {
    location: location
    tags: tags
    labName: labName
    insightsName: insightsName
    alertMails: alertMails
  }
  dependsOn: [
    functionApp
  ]
}

// ---- The playbook, in one of four flavours, or none

module playbookFunctions 'soc/playbook-functions.bicep' = if (isFunctions) {
  name: '${labName}-playbook-functions'
  params: {
    location: location
    tags: tags
    playbookName: playbookName
    sentinelConnectionName: sentinelConnectionName
    workspaceId: existingWorkspace.id
    queueUrl: 'https://${storageAccountName}.queue.${environment().suffixes.storage}/${incidentQueue}'
  }
  dependsOn: [
    workspace
  ]
}

module playbookWebhook 'soc/playbook-webhook.bicep' = if (isWebhook) {
  name: '${labName}-playbook-webhook'
  params: {
    location: location
    tags: tags
    playbookName: playbookName
    sentinelConnectionName: sentinelConnectionName
    workspaceId: existingWorkspace.id
    webhookUrl: webhookUrl
    vaultName: vaultName
    secretName: secretName
  }
  dependsOn: [
    workspace
  ]
}

module playbookKeyless 'soc/playbook-keyless.bicep' = if (isKeyless) {
  name: '${labName}-playbook-keyless'
  params: {
    location: location
    tags: tags
    playbookName: playbookName
    sentinelConnectionName: sentinelConnectionName
    workspaceId: existingWorkspace.id
    modelUrl: openAiUrl
    modelName: modelName
  }
  dependsOn: [
    workspace
  ]
}

module playbookClassic 'soc/playbook-classic.bicep' = if (isClassic) {
  name: '${labName}-playbook-classic'
  params: {
    location: location
    tags: tags
    playbookName: playbookName
    sentinelConnectionName: sentinelConnectionName
    openAiConnectionName: openAiConnectionName
    workspaceId: existingWorkspace.id
    modelName: modelName
    modelKey: modelKey
  }
  dependsOn: [
    workspace
  ]
}

var playbookId = resourceId('Microsoft.Logic/workflows', playbookName)
var commenterPrincipalId = isKeyless ? playbookKeyless!.outputs.principalId : playbookClassic!.outputs.principalId
var senderPrincipalId = isFunctions ? playbookFunctions!.outputs.principalId : playbookWebhook!.outputs.principalId
var isSender = isFunctions || isWebhook
var playbookPrincipalId = isSender ? senderPrincipalId : commenterPrincipalId

// Object ids of identities are known only once these are made, and each assignment has one in its name. So what-if
// cannot foresee the assignments, which is all that this rule says.
#disable-diagnostics what-if-short-circuiting

// ---- What the playbook may do

// The trigger reads the incident. Only a playbook that comments itself may write.
module playbookOnWorkspace 'roles/workspace.bicep' = if (!isSweep) {
  scope: resourceGroup(workspaceSubscriptionId, workspaceGroupName)
  name: '${labName}-role-playbook-workspace'
  params: {
    workspaceName: workspaceName
    principalId: playbookPrincipalId
    roleId: isSender ? sentinelReader : sentinelResponder
  }
  dependsOn: [
    workspace
  ]
}

module playbookOnQueue 'roles/queue.bicep' = if (isFunctions) {
  name: '${labName}-role-playbook-queue'
  params: {
    storageAccountName: storageAccountName
    queueName: incidentQueue
    principalId: playbookPrincipalId
    roleId: storageQueueMessageSender
  }
  dependsOn: [
    functionApp
  ]
}

module playbookOnVault 'roles/vault.bicep' = if (isWebhook) {
  name: '${labName}-role-playbook-vault'
  params: {
    vaultName: vaultName
    principalId: playbookPrincipalId
    roleId: keyVaultSecretsUser
  }
  dependsOn: [
    vault
  ]
}

module playbookOnOpenAi 'roles/openai.bicep' = if (isKeyless) {
  name: '${labName}-role-playbook-openai'
  params: {
    accountName: openAiAccountName
    principalId: playbookPrincipalId
    roleId: cognitiveServicesOpenAiUser
  }
  dependsOn: [
    openAi
  ]
}

// ---- What the function app may do

module functionsOnWorkspace 'roles/workspace.bicep' = if (hasFunctions) {
  scope: resourceGroup(workspaceSubscriptionId, workspaceGroupName)
  name: '${labName}-role-functions-workspace'
  params: {
    workspaceName: workspaceName
    principalId: functionApp!.outputs.principalId
    roleId: sentinelResponder
  }
  dependsOn: [
    workspace
  ]
}

// What the honeypots saw of an incident's addresses.
module functionsOnLogs 'roles/workspace.bicep' = if (hasFunctions && honeypotLogs) {
  scope: resourceGroup(workspaceSubscriptionId, workspaceGroupName)
  name: '${labName}-role-functions-logs'
  params: {
    workspaceName: workspaceName
    principalId: functionApp!.outputs.principalId
    roleId: logAnalyticsReader
  }
  dependsOn: [
    workspace
  ]
}

// What the Functions host needs: packages and locks in blobs, messages in queues, its own diagnosis in tables.
module functionsOnBlobs 'roles/storage.bicep' = if (hasFunctions) {
  name: '${labName}-role-functions-blobs'
  params: {
    storageAccountName: storageAccountName
    principalId: functionApp!.outputs.principalId
    roleId: storageBlobDataOwner
  }
}

module functionsOnQueues 'roles/storage.bicep' = if (hasFunctions) {
  name: '${labName}-role-functions-queues'
  params: {
    storageAccountName: storageAccountName
    principalId: functionApp!.outputs.principalId
    roleId: storageQueueDataContributor
  }
}

module functionsOnTables 'roles/storage.bicep' = if (hasFunctions) {
  name: '${labName}-role-functions-tables'
  params: {
    storageAccountName: storageAccountName
    principalId: functionApp!.outputs.principalId
    roleId: storageTableDataContributor
  }
}

module functionsOnInsights 'roles/insights.bicep' = if (hasFunctions) {
  name: '${labName}-role-functions-insights'
  params: {
    insightsName: insightsName
    principalId: functionApp!.outputs.principalId
    roleId: monitoringMetricsPublisher
  }
}

module functionsOnVault 'roles/vault.bicep' = if (hasFunctions && deployVault) {
  name: '${labName}-role-functions-vault'
  params: {
    vaultName: vaultName
    principalId: functionApp!.outputs.principalId
    roleId: keyVaultSecretsUser
  }
  dependsOn: [
    vault
  ]
}

module functionsOnOpenAi 'roles/openai.bicep' = if (asksOpenAi) {
  name: '${labName}-role-functions-openai'
  params: {
    accountName: openAiAccountName
    principalId: functionApp!.outputs.principalId
    roleId: cognitiveServicesOpenAiUser
  }
  dependsOn: [
    openAi
  ]
}

#restore-diagnostics what-if-short-circuiting

// ---- What functions elsewhere may do

module webhookOnWorkspace 'roles/workspace.bicep' = if (isWebhook && !empty(webhookPrincipalId)) {
  scope: resourceGroup(workspaceSubscriptionId, workspaceGroupName)
  name: '${labName}-role-webhook-workspace'
  params: {
    workspaceName: workspaceName
    principalId: webhookPrincipalId
    roleId: sentinelResponder
  }
  dependsOn: [
    workspace
  ]
}

// ---- What Sentinel may do

// It lets every rule run every playbook of this group: keep other playbooks out of it.
module sentinelOnGroup 'roles/group.bicep' = if (hasAutomationPrincipal) {
  name: '${labName}-role-sentinel-group'
  params: {
    principalId: sentinelAutomationPrincipalId
    roleId: sentinelAutomationContributor
  }
}

module automationRule 'soc/automation-rule.bicep' = if (hasAutomationPrincipal && deployAutomationRule) {
  scope: resourceGroup(workspaceSubscriptionId, workspaceGroupName)
  name: '${labName}-automation-rule'
  params: {
    workspaceName: workspaceName
    playbookId: playbookId
    labName: labName
    incidentSeverities: incidentSeverities
  }
  dependsOn: [
    workspace
    playbookFunctions
    playbookWebhook
    playbookKeyless
    playbookClassic
    sentinelOnGroup
  ]
}

var customerId = isNewWorkspace ? workspace!.outputs.customerId : existingWorkspace.properties.customerId

@description('Resource id of the workspace.')
output workspaceId string = existingWorkspace.id

@description('GUID of the workspace, by which agents and queries know it.')
output workspaceCustomerId string = customerId

@description('Name of the playbook. Empty: there is none.')
output playbookName string = isSweep ? '' : playbookName

@description('Resource id of the playbook. Empty: there is none.')
output playbookId string = isSweep ? '' : playbookId

@description('Portal page with the runs of the playbook. Empty: there is none.')
output playbookRunsLink string = isSweep ? '' : '${environment().portal}/#@${tenant().tenantId}/resource${playbookId}/logicApp'

@description('Name of the automation rule, whether it is deployed here or later. Empty: there is none.')
output automationRuleGuid string = isSweep ? '' : guid(existingWorkspace.id, playbookId)

@description('Name of the function app. Empty: there is none.')
output functionAppName string = hasFunctions ? functionAppName : ''

@description('Name of the function app\'s storage account. Empty: there is none.')
output storageAccountName string = hasFunctions ? storageAccountName : ''

@description('Name of the key vault. Empty: there is none.')
output vaultName string = deployVault ? vaultName : ''

@description('Name of the Azure OpenAI account. Empty: there is none.')
output openAiAccountName string = hasOpenAi ? openAiAccountName : ''

@description('Names of the functions.')
output functionNames array = hasFunctions ? concat(functionNames, isSweep ? ['incident-sweep'] : []) : []
