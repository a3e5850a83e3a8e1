metadata description = 'Gives an identity one role on one storage account.'

@description('Name of the storage account.')
param storageAccountName string

@description('Object id of the identity.')
param principalId string

@description('GUID of the role definition.')
param roleId string

resource storage 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: storageAccountName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: storage
  // The identity is part of the name: Azure refuses to give an assignment to another one.
  name: guid(storage.id, principalId, roleId)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    principalId: principalId
    // Without the type, Azure looks a fresh identity up before it has spread, and refuses.
    principalType: 'ServicePrincipal'
  }
}
