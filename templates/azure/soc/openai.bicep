metadata description = 'An Azure OpenAI account with one model. It has no keys: who asks needs a role.'

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the account. It is also the first part of its address.')
param accountName string

@description('Name of the model. The deployment has the same name.')
param modelName string

@description('Version of the model. Empty: Azure\'s default.')
param modelVersion string

@description('Thousands of tokens a minute.')
@minValue(1)
param modelCapacity int

resource account 'Microsoft.CognitiveServices/accounts@2026-07-01' = {
  name: accountName
  location: location
  tags: tags
  kind: 'OpenAI'
  sku: {
    name: 'S0'
  }
  properties: {
    // Tokens of Microsoft Entra are taken only under a name of its own.
    customSubDomainName: accountName
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      // Neither the playbook nor the function app has an address of its own that a firewall could know.
      defaultAction: 'Allow'
    }
  }

  resource model 'deployments' = {
    name: modelName
    sku: {
      name: 'GlobalStandard'
      capacity: modelCapacity
    }
    properties: {
      model: {
        format: 'OpenAI'
        name: modelName
        version: empty(modelVersion) ? null : modelVersion
      }
      versionUpgradeOption: 'OnceCurrentVersionExpired'
    }
  }
}
