metadata description = 'The automation rule that runs the playbook. Deploy it to the group of the workspace.'

@description('Name of the workspace with Microsoft Sentinel.')
param workspaceName string

@description('Resource id of the playbook.')
param playbookId string

@description('Name of the lab.')
param labName string

@description('Severities of the incidents that the playbook runs on, as Sentinel spells them. Empty: every incident.')
param incidentSeverities array

var severityCondition = {
  conditionType: 'Property'
  conditionProperties: {
    propertyName: 'IncidentSeverity'
    operator: 'Equals'
    propertyValues: incidentSeverities
  }
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' existing = {
  name: workspaceName
}

// Azure refuses the rule until "Azure Security Insights" may run playbooks in the playbook's group, and such a role
// takes minutes to spread. If the answer is "Caller is missing required playbook triggering permissions", wait half a
// minute and deploy this file again.
resource rule 'Microsoft.SecurityInsights/automationRules@2025-09-01' = {
  scope: workspace
  name: guid(workspace.id, playbookId)
  properties: {
    displayName: '${labName}: run the playbook on new incidents'
    order: 500
    triggeringLogic: {
      isEnabled: true
      triggersOn: 'Incidents'
      triggersWhen: 'Created'
      // No condition on the provider: the Defender portal gives all incidents another one, and the rule would not run.
      conditions: empty(incidentSeverities) ? [] : [severityCondition]
    }
    actions: [
      {
        order: 1
        actionType: 'RunPlaybook'
        actionConfiguration: {
          logicAppResourceId: playbookId
          tenantId: tenant().tenantId
        }
      }
    ]
  }
}
