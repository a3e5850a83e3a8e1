metadata description = 'Gives an identity one role on one storage queue.'

@description('Name of the storage account.')
param storageAccountName string

@description('Name of the queue.')
param queueName string

@description('Object id of the identity.')
param principalId string

@description('GUID of the role definition.')
param roleId string

resource storage 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: storageAccountName

  resource queues 'queueServices' existing = {
    name: 'default'

    resource queue 'queues' existing = {
      name: queueName
    }
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: storage::queues::queue
  // The identity is part of the name: Azure refuses to give an assignment to another one.
  name: guid(storage::queues::queue.id, principalId, roleId)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    principalId: principalId
    // Without the type, Azure looks a fresh identity up before it has spread, and refuses.
    principalType: 'ServicePrincipal'
  }
}
