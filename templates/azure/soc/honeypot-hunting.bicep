metadata description = 'Hunting queries over the logs of the honeypots. Deploy it to the group of the workspace.'

@description('Name of the workspace with Microsoft Sentinel.')
param workspaceName string

@description('Name of the lab.')
param labName string

var catalog = loadJsonContent('hunting/hunting.json')

var queries = {
  'shared-credentials': loadTextContent('hunting/shared-credentials.kql')
  'rare-commands': loadTextContent('hunting/rare-commands.kql')
  'payload-spread': loadTextContent('hunting/payload-spread.kql')
  'payload-hosts': loadTextContent('hunting/payload-hosts.kql')
  'many-honeypots': loadTextContent('hunting/many-honeypots.kql')
  'patient-addresses': loadTextContent('hunting/patient-addresses.kql')
  'web-attacks': loadTextContent('hunting/web-attacks.kql')
  'cves-tried': loadTextContent('hunting/cves-tried.kql')
  'client-families': loadTextContent('hunting/client-families.kql')
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' existing = {
  name: workspaceName
}

resource search 'Microsoft.OperationalInsights/workspaces/savedSearches@2026-03-01' = [
  for item in catalog.queries: {
    parent: workspace
    name: '${guid(workspace.id, labName)}-${item.key}'
    // Without it Azure refuses to write over a query of an earlier deployment.
    etag: '*'
    properties: {
      category: 'Hunting Queries'
      displayName: item.displayName
      query: queries[item.key]
      version: 2
      tags: [
        {
          name: 'description'
          // By the end of the description, destroy.sh knows the queries of this lab.
          value: '${item.description} Lab: ${labName}.'
        }
        {
          name: 'tactics'
          value: join(item.tactics, ',')
        }
        {
          name: 'techniques'
          value: join(item.techniques, ',')
        }
      ]
    }
  }
]
