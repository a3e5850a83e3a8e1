metadata description = 'Playbook as in the tutorial: it asks OpenAI with a key, and adds each answer as a comment.'

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

@description('Name of the connection to OpenAI.')
param openAiConnectionName string

@description('Name of OpenAI\'s model.')
param modelName string

@description('Key of OpenAI as the connector wants it: "Bearer sk-...". Empty: the connection is left as it is.')
@secure()
param modelKey string

var sentinelApiId = subscriptionResourceId('Microsoft.Web/locations/managedApis', location, 'azuresentinel')
var openAiApiId = subscriptionResourceId('Microsoft.Web/locations/managedApis', location, 'openaiip')

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

// Azure never gives the key back. So a deployment without one leaves the connection alone, and the first one needs it.
// Only a live run can tell whether every region offers this connector, as it comes from an independent publisher.
resource openAi 'Microsoft.Web/connections@2016-06-01' = if (!empty(modelKey)) {
  name: openAiConnectionName
  location: location
  tags: tags
  properties: {
    displayName: 'OpenAI (Independent Publisher)'
    customParameterValues: {}
    parameterValues: {
      // The connector sends the value as it is: with the word Bearer before the key.
      api_key: startsWith(modelKey, 'Bearer ') ? modelKey : 'Bearer ${modelKey}'
    }
    api: {
      id: openAiApiId
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
    // Only a live run can tell: whether the connector passes max_completion_tokens on (its own list has max_tokens,
    // which newer models refuse), whether For_each may loop over hidden outputs, and whether Sentinel decodes the
    // escaped characters before it reads Markdown.
    definition: loadJsonContent('workflows/classic.json')
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
          openaiip: {
            id: openAiApiId
            connectionId: openAi.id
            connectionName: openAiConnectionName
          }
        }
      }
      modelName: {
        value: modelName
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
