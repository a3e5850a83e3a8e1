metadata description = 'Playbook without functions and keys: it asks Azure OpenAI and adds the escaped answer.'

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

@description('Address of the Azure OpenAI account up to and with /openai/v1.')
param modelUrl string

@description('Name of the deployment of the model.')
param modelName string

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
    // Only a live run can tell whether Sentinel decodes the escaped characters before it reads Markdown. So the
    // workflow also breaks links and takes brackets and line breaks out.
    definition: loadJsonContent('workflows/keyless.json')
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
      modelUrl: {
        value: modelUrl
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
