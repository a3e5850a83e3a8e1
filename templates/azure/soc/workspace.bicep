metadata description = 'A Log Analytics workspace with Microsoft Sentinel and its health log.'

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the workspace.')
param workspaceName string

@description('Days that the workspace keeps its data.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('Most gigabytes a day that the workspace takes in, as a number such as 0.5. Empty: no cap.')
param dailyCapGb string

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    workspaceCapping: {
      // A string, because Bicep has no fractions. -1 is no cap.
      dailyQuotaGb: json(empty(dailyCapGb) ? '-1' : dailyCapGb)
    }
    features: {
      enableLogAccessUsingOnlyResourcePermissions: true
      // Agents and diagnostics use Microsoft Entra. Nobody needs the workspace's shared key.
      disableLocalAuth: true
    }
    publicNetworkAccessForIngestion: 'Enabled'
    publicNetworkAccessForQuery: 'Enabled'
  }
}

// This turns Sentinel on. The older solution "SecurityInsights(NAME)" is not enough.
resource onboarding 'Microsoft.SecurityInsights/onboardingStates@2025-09-01' = {
  scope: workspace
  name: 'default'
  properties: {}
}

resource health 'Microsoft.SecurityInsights/settings@2025-10-01-preview' existing = {
  scope: workspace
  name: 'SentinelHealth'
}

// Failed automation rules and playbooks then stand in the table SentinelHealth.
// The newest stable version lacks categoryGroup, and its only name is "service".
#disable-next-line use-recent-api-versions
resource healthLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: health
  name: 'health-to-workspace'
  properties: {
    workspaceId: workspace.id
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
  }
  dependsOn: [
    onboarding
  ]
}

@description('GUID of the workspace, by which agents and queries know it.')
output customerId string = workspace.properties.customerId
