metadata description = 'Analytics rules over the logs of the honeypots. Deploy it to the group of the workspace.'

@description('Name of the workspace with Microsoft Sentinel.')
param workspaceName string

@description('Name of the lab.')
param labName string

var catalog = loadJsonContent('rules/rules.json')

var queries = {
  'cowrie-login': loadTextContent('rules/cowrie-login.kql')
  'malware-download': loadTextContent('rules/malware-download.kql')
  'brute-force': loadTextContent('rules/brute-force.kql')
  'suricata-exploit': loadTextContent('rules/suricata-exploit.kql')
  'new-botnet-key': loadTextContent('rules/new-botnet-key.kql')
  'seen-on-estate': loadTextContent('rules/seen-on-estate.kql')
  'account-tried': loadTextContent('rules/account-tried.kql')
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' existing = {
  name: workspaceName
}

// Azure runs each query once before it takes the rule, so the tables must be there. Only a live run can tell how soon
// a new table counts: if the answer is "One of the tables does not exist", wait some minutes and deploy again.
resource rule 'Microsoft.SecurityInsights/alertRules@2025-09-01' = [
  for item in catalog.rules: {
    scope: workspace
    name: guid(workspace.id, labName, item.key)
    kind: 'Scheduled'
    properties: {
      displayName: item.displayName
      // By the end of the description, destroy.sh knows the rules of this lab.
      description: '${item.description} Lab: ${labName}.'
      severity: item.severity
      enabled: true
      query: replace(queries[item.key], 'HONEYPOT_VM', 'vm-${labName}')
      queryFrequency: item.frequency
      queryPeriod: item.period
      triggerOperator: 'GreaterThan'
      triggerThreshold: 0
      suppressionEnabled: false
      suppressionDuration: 'PT5H'
      tactics: item.tactics
      techniques: item.techniques
      entityMappings: item.entityMappings
      customDetails: item.customDetails
      // An address at most: text of an attacker must not become a title.
      alertDetailsOverride: {
        alertDisplayNameFormat: item.title
        alertSeverityColumnName: item.severityColumn
      }
      eventGroupingSettings: {
        aggregationKind: item.eventGrouping
      }
      // One incident for an address, however often it comes back.
      incidentConfiguration: {
        createIncident: true
        groupingConfiguration: {
          enabled: true
          reopenClosedIncident: false
          lookbackDuration: item.lookback
          matchingMethod: 'Selected'
          groupByEntities: item.groupByEntities
          groupByAlertDetails: []
          groupByCustomDetails: []
        }
      }
    }
  }
]
