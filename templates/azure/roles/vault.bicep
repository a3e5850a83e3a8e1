metadata description = 'Gives an identity one role on one key vault.'

@description('Name of the key vault.')
param vaultName string

@description('Object id of the identity.')
param principalId string

@description('GUID of the role definition.')
param roleId string

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' existing = {
  name: vaultName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  // The identity is part of the name: Azure refuses to give an assignment to another one.
  name: guid(vault.id, principalId, roleId)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    principalId: principalId
    // Without the type, Azure looks a fresh identity up before it has spread, and refuses.
    principalType: 'ServicePrincipal'
  }
}
