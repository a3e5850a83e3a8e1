metadata description = 'Gives an identity one role on one Log Analytics workspace.'

@description('Name of the Log Analytics workspace.')
param workspaceName string

@description('Object id of the identity.')
param principalId string

@description('GUID of the role definition.')
param roleId string

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' existing = {
  name: workspaceName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: workspace
  // The identity is part of the name: Azure refuses to give an assignment to another one.
  name: guid(workspace.id, principalId, roleId)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    principalId: principalId
    // Without the type, Azure looks a fresh identity up before it has spread, and refuses.
    principalType: 'ServicePrincipal'
  }
}
