metadata description = 'A key vault for one key.'

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the key vault.')
param vaultName string

@description('Name of the secret.')
param secretName string

@description('What the key is for.')
param purpose string

@description('The key. Empty: the secret is left as it is.')
@secure()
param key string

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
      // Neither function app nor playbook has an address of its own that a firewall could know.
      defaultAction: 'Allow'
    }
  }
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = if (!empty(key)) {
  parent: vault
  name: secretName
  tags: tags
  properties: {
    value: key
    contentType: purpose
  }
}
