metadata description = 'Ships the logs of the honeypots to a Log Analytics workspace: rule, association, agent.'

@description('Region of the VM.')
param location string

@description('Region of the workspace: a rule and its endpoint must be there.')
param workspaceLocation string

@description('Tags of every resource.')
param tags object

@description('Name of the lab.')
param labName string

@description('Name of the VM.')
param vmName string

@description('Name of the Linux user in whose home T-Pot is.')
param adminUsername string

@description('Resource id of the workspace, which has the tables.')
param workspaceId string

// What is read of each line, and what becomes of it. A client of h0neytr4p may claim any address in X-Forwarded-For, and
// h0neytr4p believes it: its lines keep no address. Suricata has the true one.
var logs = loadJsonContent('logs.json')

var declarations = [
  for log in logs.tables: '"Custom-${replace(log.table, '_CL', '')}":{"columns":${string(log.fields)}}'
]

resource endpoint 'Microsoft.Insights/dataCollectionEndpoints@2024-03-11' = {
  name: 'dce-${labName}'
  location: workspaceLocation
  tags: tags
  kind: 'Linux'
  properties: {
    networkAcls: {
      publicNetworkAccess: 'Enabled'
    }
  }
}

resource rule 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: 'dcr-${labName}'
  location: workspaceLocation
  tags: tags
  kind: 'Linux'
  properties: {
    description: 'Logs of the honeypots.'
    dataCollectionEndpointId: endpoint.id
    streamDeclarations: json('{${join(declarations, ',')}}')
    dataSources: {
      logFiles: [
        for log in logs.tables: {
          name: log.honeypot
          streams: [
            'Custom-${replace(log.table, '_CL', '')}'
          ]
          // Exactly this file: its compressed predecessors lie beside it.
          filePatterns: [
            '/home/${adminUsername}/tpotce/data/${log.file}'
          ]
          format: 'json'
        }
      ]
    }
    destinations: {
      logAnalytics: [
        {
          name: 'workspace'
          workspaceResourceId: workspaceId
        }
      ]
    }
    dataFlows: [
      for log in logs.tables: {
        streams: [
          'Custom-${replace(log.table, '_CL', '')}'
        ]
        destinations: [
          'workspace'
        ]
        transformKql: log.transform
        outputStream: 'Custom-${log.table}'
      }
    ]
  }
}

resource vm 'Microsoft.Compute/virtualMachines@2026-04-01' existing = {
  name: vmName
}

// The agent needs no role: the association is what lets the VM's identity publish to this one rule.
resource association 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  scope: vm
  name: 'honeypot-logs'
  properties: {
    description: 'Logs of the honeypots.'
    dataCollectionRuleId: rule.id
  }
}

// Only a live run can tell whether the agent may read the logs: they belong to the user and group tpot, with mode 770.
resource agent 'Microsoft.Compute/virtualMachines/extensions@2026-04-01' = {
  parent: vm
  name: 'AzureMonitorLinuxAgent'
  location: location
  tags: tags
  properties: {
    publisher: 'Microsoft.Azure.Monitor'
    type: 'AzureMonitorLinuxAgent'
    typeHandlerVersion: '1.33'
    autoUpgradeMinorVersion: true
    enableAutomaticUpgrade: true
  }
  dependsOn: [
    association
  ]
}
