metadata description = 'Gives an identity one role on one Application Insights component.'

@description('Name of the Application Insights component.')
param insightsName string

@description('Object id of the identity.')
param principalId string

@description('GUID of the role definition.')
param roleId string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  // The identity is part of the name: Azure refuses to give an assignment to another one.
  name: guid(insights.id, principalId, roleId)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    principalId: principalId
    // Without the type, Azure looks a fresh identity up before it has spread, and refuses.
    principalType: 'ServicePrincipal'
  }
}
