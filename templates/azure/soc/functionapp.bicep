metadata description = 'The function app that writes the comments, with its storage, queues and log. It uses no keys.'

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the function app.')
param functionAppName string

@description('Name of its plan.')
param planName string

@description('Name of its Application Insights component.')
param insightsName string

@description('Name of its storage account.')
param storageAccountName string

@description('Resource id of the workspace: its incidents get the comments, and it keeps the log.')
param workspaceId string

@description('Who writes the comments: the built-in runbook alone, or a model too.')
@allowed([
  'runbook'
  'model'
])
param completer string

@description('Address of the model up to and with /v1. Empty with the runbook.')
param modelUrl string

@description('Name of the model.')
param modelName string

@description('Where the key of the model is, never the key itself. Empty: the model needs none.')
param modelKeyReference string

@description('What a model gets to read.')
@allowed([
  'off'
  'on'
  'strict'
])
param redact string

@description('True: the comments are made but not written.')
param shadow bool

@description('Names of machines that are honeypots, separated by commas. Their logs are in the workspace. Empty: none.')
param honeypots string

@description('True: nothing but a sweep finds incidents, so it looks back a whole day.')
param sweeps bool

var packageContainer = 'package'
var queueNames = ['incidents', 'incidents-poison', 'comments', 'comments-poison']

var storageSettings = [
  {
    // The name alone, and no connection string: the app's own identity opens the account.
    name: 'AzureWebJobsStorage__accountName'
    value: storageAccountName
  }
  {
    name: 'AzureWebJobsStorage__credential'
    value: 'managedidentity'
  }
]

var logSettings = [
  {
    name: 'APPLICATIONINSIGHTS_CONNECTION_STRING'
    value: insights.properties.ConnectionString
  }
  {
    name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
    value: 'Authorization=AAD'
  }
]

var triageSettings = [
  {
    name: 'HONEYTRIAGE_WORKSPACES'
    value: workspaceId
  }
  {
    name: 'HONEYTRIAGE_COMPLETER'
    value: completer
  }
]

var modelSettings = [
  {
    name: 'HONEYTRIAGE_MODEL_URL'
    value: modelUrl
  }
  {
    name: 'HONEYTRIAGE_MODEL'
    value: modelName
  }
  {
    name: 'HONEYTRIAGE_REDACT'
    value: redact
  }
]

var keySettings = [
  {
    name: 'HONEYTRIAGE_MODEL_KEY'
    value: modelKeyReference
  }
]

var shadowSettings = [
  {
    name: 'HONEYTRIAGE_SHADOW'
    value: 'true'
  }
]

var honeypotSettings = [
  {
    name: 'HONEYTRIAGE_HONEYPOTS'
    value: honeypots
  }
  {
    name: 'HONEYTRIAGE_SIGHTINGS'
    value: 'true'
  }
]

var sweepSettings = [
  {
    name: 'HONEYTRIAGE_SWEEP_WINDOW'
    value: '86400'
  }
]

var sweepOrNone = sweeps ? sweepSettings : []
var honeypotsOrNone = empty(honeypots) ? [] : honeypotSettings
var otherSettings = concat(honeypotsOrNone, shadowOrNone, sweepOrNone)
var modelOrNone = completer == 'model' ? modelSettings : []
var keyOrNone = completer == 'model' && !empty(modelKeyReference) ? keySettings : []
var shadowOrNone = shadow ? shadowSettings : []

resource storage 'Microsoft.Storage/storageAccounts@2026-06-01' = {
  name: storageAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      // The playbook and the app have no addresses that a firewall could know. Only tokens of Microsoft Entra open it.
      defaultAction: 'Allow'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource package 'containers' = {
      name: packageContainer
      properties: {
        publicAccess: 'None'
      }
    }
  }

  resource queues 'queueServices' = {
    name: 'default'
  }
}

// All of them now: the playbook sends to the first before the app has ever run.
resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2026-06-01' = [
  for queueName in queueNames: {
    parent: storage::queues
    name: queueName
  }
]

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceId
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
  }
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: functionAppName
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packageContainer}'
          authentication: {
            type: 'SystemAssignedIdentity'
          }
        }
      }
      scaleAndConcurrency: {
        // The least that Azure allows. Sentinel takes 75 comments in 5 minutes: more instances would only wait.
        maximumInstanceCount: 40
        instanceMemoryMB: 512
      }
      runtime: {
        name: 'custom'
        version: '1.0'
      }
    }
    siteConfig: {
      // No ftpsState: Flex Consumption has no FTP, and some regions refuse the setting (error 51021). The passwords
      // that FTP would need are off below.
      minTlsVersion: '1.2'
      appSettings: concat(storageSettings, logSettings, triageSettings, modelOrNone, keyOrNone, otherSettings)
    }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

@description('Object id of the function app\'s identity.')
output principalId string = app.identity.principalId
