metadata description = 'A key vault for the key of a language model.'

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the key vault.')
param vaultName string

@description('Key of the model. Empty: the secret is left as it is.')
@secure()
param modelKey string

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' = {
  name: vaultName
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    // Roles decide who reads. There are no access policies.
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    // No purge protection, on purpose: it cannot be undone, and would keep the name of a lab that is gone for a week.
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      // The function app has no address of its own that a firewall could know.
      defaultAction: 'Allow'
    }
  }
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = if (!empty(modelKey)) {
  parent: vault
  name: 'model-key'
  tags: tags
  properties: {
    value: modelKey
    contentType: 'key of a language model'
  }
}
