metadata description = 'Playbook: it sends the id of a new incident to a webhook, with a key from the key vault.'

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the playbook.')
param playbookName string

@description('Name of the connection to Microsoft Sentinel.')
param sentinelConnectionName string

@description('Resource id of the workspace that gets the playbook\'s log.')
param workspaceId string

@description('Address of the webhook.')
param webhookUrl string

@description('Name of the key vault.')
param vaultName string

@description('Name of the secret with the key that the webhook wants.')
param secretName string

var sentinelApiId = subscriptionResourceId('Microsoft.Web/locations/managedApis', location, 'azuresentinel')

resource sentinel 'Microsoft.Web/connections@2016-06-01' = {
  name: sentinelConnectionName
  location: location
  tags: tags
  // Azure needs the kind, the types do not know it.
  #disable-next-line BCP187
  kind: 'V1'
  properties: {
    displayName: 'Microsoft Sentinel'
    customParameterValues: {}
    // The playbook's own identity, and nobody's sign-in. The types do not know the property.
    #disable-next-line BCP037
    parameterValueType: 'Alternative'
    api: {
      id: sentinelApiId
    }
  }
}

resource playbook 'Microsoft.Logic/workflows@2019-05-01' = {
  name: playbookName
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    state: 'Enabled'
    definition: loadJsonContent('workflows/webhook.json')
    parameters: {
      '$connections': {
        value: {
          azuresentinel: {
            id: sentinelApiId
            connectionId: sentinel.id
            connectionName: sentinelConnectionName
            connectionProperties: {
              authentication: {
                type: 'ManagedServiceIdentity'
              }
            }
          }
        }
      }
      webhookUrl: {
        value: webhookUrl
      }
      keyUrl: {
        value: 'https://${vaultName}${environment().suffixes.keyvaultDns}/secrets/${secretName}'
      }
      keyAudience: {
        value: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
      }
    }
  }
}

// The newest stable version lacks categoryGroup, and its only name is "service".
#disable-next-line use-recent-api-versions
resource log 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: playbook
  name: 'runs-to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
  }
}

@description('Object id of the playbook\'s identity.')
output principalId string = playbook.identity.principalId
