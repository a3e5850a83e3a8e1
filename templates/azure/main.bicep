targetScope = 'subscription'

metadata description = 'A whole lab: Microsoft Sentinel with a playbook, and a honeypot, in two resource groups.'

// ---- The lab

@description('Region of every resource.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the lab, the prefix of most names: 2 to 20 of a-z, 0-9 and -, the first a letter.')
@minLength(2)
@maxLength(20)
param labName string

@description('Resource group of Sentinel and the playbook. It is made.')
param socGroup string

@description('Resource group of the honeypot. It is made.')
param honeypotGroup string

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

@description('True: the honeypot ships its logs to the workspace, which gets tables, rules, workbook and hunting queries.')
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

// ---- The honeypot

@description('Name of the Linux user who may log in by SSH. T-Pot refuses root and tpot.')
param adminUsername string

@description('Public SSH key of that user. There is no password.')
param sshPublicKey string

@description('Who may reach SSH (64295), web interface (64297) and sensor port (64294). Ranges must not overlap.')
@minLength(1)
param adminCidrs array

@description('Ports open to the Internet, TCP and UDP, such as 1-64000 or 22. Management ports stay closed.')
param exposedPorts array

@description('TCP ports and port ranges that the VM may reach on the Internet besides 80 and 443.')
param outboundPorts array

@description('VM size. T-Pot needs 16 GB of memory for a hive, 8 GB for a sensor.')
param vmSize string

@description('Size of the system disk in GB.')
param diskSizeGb int

@description('Kind of the system disk.')
@allowed([
  'StandardSSD_LRS'
  'Premium_LRS'
])
param diskType string

@description('DNS label of the public IP address. Empty: the lab name and a suffix.')
param dnsLabel string

@description('The text of cloud-init.yaml, which installs T-Pot. No secrets. It cannot change once the VM exists.')
param customData string

@description('Daily shutdown, HHMM in UTC. Empty: never. Nothing starts the VM again.')
param shutdownTime string

@description('Who gets a mail 30 minutes before the shutdown. Empty: nobody.')
param shutdownMail string

@description('Monthly budget of this resource group, in the currency of the subscription. 0: no budget.')
param budgetAmount int

@description('Who gets the mails of the budget. Empty: the owners of the resource group.')
param budgetMails array

// ---- Both stacks

resource socResourceGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: socGroup
  location: location
  tags: tags
}

resource honeypotResourceGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: honeypotGroup
  location: location
  tags: tags
}

module soc 'soc.bicep' = {
  scope: socResourceGroup
  name: '${labName}-soc'
  params: {
    location: location
    tags: tags
    labName: labName
    workspaceName: workspaceName
    workspaceGroup: workspaceGroup
    workspaceSubscription: workspaceSubscription
    retentionDays: retentionDays
    dailyCapGb: dailyCapGb
    honeypotLogs: honeypotLogs
    playbookFlavour: playbookFlavour
    incidentSeverities: incidentSeverities
    sentinelAutomationPrincipalId: sentinelAutomationPrincipalId
    deployAutomationRule: deployAutomationRule
    webhookUrl: webhookUrl
    webhookPrincipalId: webhookPrincipalId
    webhookKey: webhookKey
    completer: completer
    modelUrl: modelUrl
    modelName: modelName
    modelVersion: modelVersion
    modelCapacity: modelCapacity
    deployOpenAi: deployOpenAi
    deployVault: deployVault
    modelKey: modelKey
    redact: redact
    shadow: shadow
    alertMails: alertMails
  }
}

module honeypot 'honeypot.bicep' = {
  scope: honeypotResourceGroup
  name: '${labName}-honeypot'
  params: {
    location: location
    tags: tags
    labName: labName
    adminUsername: adminUsername
    sshPublicKey: sshPublicKey
    adminCidrs: adminCidrs
    exposedPorts: exposedPorts
    outboundPorts: outboundPorts
    vmSize: vmSize
    diskSizeGb: diskSizeGb
    diskType: diskType
    dnsLabel: dnsLabel
    customData: customData
    shutdownTime: shutdownTime
    shutdownMail: shutdownMail
    budgetAmount: budgetAmount
    budgetMails: budgetMails
    logWorkspaceName: honeypotLogs ? workspaceName : ''
    logWorkspaceGroup: empty(workspaceGroup) ? socGroup : workspaceGroup
    logWorkspaceSubscription: workspaceSubscription
  }
  // The tables must be there before the rule that fills them.
  dependsOn: [
    soc
  ]
}

@description('Resource group of Sentinel and the playbook.')
output socGroup string = socResourceGroup.name

@description('Resource group of the honeypot.')
output honeypotGroup string = honeypotResourceGroup.name

@description('Resource id of the workspace.')
output workspaceId string = soc.outputs.workspaceId

@description('GUID of the workspace, by which agents and queries know it.')
output workspaceCustomerId string = soc.outputs.workspaceCustomerId

@description('Name of the playbook.')
output playbookName string = soc.outputs.playbookName

@description('Resource id of the playbook.')
output playbookId string = soc.outputs.playbookId

@description('Portal page with the runs of the playbook.')
output playbookRunsLink string = soc.outputs.playbookRunsLink

@description('Name of the automation rule, whether it is deployed here or later.')
output automationRuleGuid string = soc.outputs.automationRuleGuid

@description('Name of the function app. Empty: there is none.')
output functionAppName string = soc.outputs.functionAppName

@description('Name of the function app\'s storage account. Empty: there is none.')
output storageAccountName string = soc.outputs.storageAccountName

@description('Name of the key vault. Empty: there is none.')
output vaultName string = soc.outputs.vaultName

@description('Name of the Azure OpenAI account. Empty: there is none.')
output openAiAccountName string = soc.outputs.openAiAccountName

@description('Names of the functions.')
output functionNames array = soc.outputs.functionNames

@description('Name of the VM.')
output vmName string = honeypot.outputs.vmName

@description('Resource id of the VM.')
output vmId string = honeypot.outputs.vmId

@description('Public IP address of the honeypot.')
output publicIp string = honeypot.outputs.publicIp

@description('DNS name of the honeypot.')
output fqdn string = honeypot.outputs.fqdn

@description('How to log in, once T-Pot is installed.')
output sshCommand string = honeypot.outputs.sshCommand

@description('T-Pot web interface, with a self-signed certificate. The editions sensor and mobile have none.')
output webUrl string = honeypot.outputs.webUrl

// It says where the password is, and the linter goes by the name.
#disable-next-line outputs-should-not-contain-secrets
@description('Where the password of the web interface is, and how to read it.')
output passwordPlace string = honeypot.outputs.passwordPlace
