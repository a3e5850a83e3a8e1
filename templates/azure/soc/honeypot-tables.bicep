metadata description = 'Tables for the logs of the honeypots, one for each. Deploy it to the group of the workspace.'

@description('Name of the Log Analytics workspace.')
param workspaceName string

// heralding is left out: T-Pot has it write CSV.
var logs = loadJsonContent('../honeypot/logs.json')

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' existing = {
  name: workspaceName
}

// No retention of their own: it is that of the workspace.
resource table 'Microsoft.OperationalInsights/workspaces/tables@2026-03-01' = [
  for log in logs.tables: {
    parent: workspace
    name: log.table
    properties: {
      plan: 'Analytics'
      schema: {
        name: log.table
        columns: log.columns
      }
    }
  }
]
