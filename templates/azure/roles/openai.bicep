metadata description = 'Gives an identity one role on one Azure OpenAI account.'

@description('Name of the Azure OpenAI account.')
param accountName string

@description('Object id of the identity.')
param principalId string

@description('GUID of the role definition.')
param roleId string

resource account 'Microsoft.CognitiveServices/accounts@2026-07-01' existing = {
  name: accountName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  // The identity is part of the name: Azure refuses to give an assignment to another one.
  name: guid(account.id, principalId, roleId)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    principalId: principalId
    // Without the type, Azure looks a fresh identity up before it has spread, and refuses.
    principalType: 'ServicePrincipal'
  }
}
