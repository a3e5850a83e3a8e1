metadata description = 'Gives an identity one role on the resource group that this is deployed to.'

@description('Object id of the identity.')
param principalId string

@description('GUID of the role definition.')
param roleId string

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  // The identity is part of the name: Azure refuses to give an assignment to another one.
  name: guid(resourceGroup().id, principalId, roleId)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    principalId: principalId
    // Without the type, Azure looks a fresh identity up before it has spread, and refuses.
    principalType: 'ServicePrincipal'
  }
}
