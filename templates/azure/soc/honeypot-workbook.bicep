metadata description = 'Workbook: who attacks the honeypots, from where, with what.'

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the lab.')
param labName string

@description('Resource id of the workspace.')
param workspaceId string

var layout = loadJsonContent('workbook/workbook.json')

var queries = {
  'attack-map': loadTextContent('workbook/attack-map.kql')
  'attacks-over-time': loadTextContent('workbook/attacks-over-time.kql')
  honeypots: loadTextContent('workbook/honeypots.kql')
  countries: loadTextContent('workbook/countries.kql')
  addresses: loadTextContent('workbook/addresses.kql')
  credentials: loadTextContent('workbook/credentials.kql')
  commands: loadTextContent('workbook/commands.kql')
  downloads: loadTextContent('workbook/downloads.kql')
  exploits: loadTextContent('workbook/exploits.kql')
  'web-requests': loadTextContent('workbook/web-requests.kql')
}

// Each panel takes its time from the picker, so its query names none.
var contents = [
  for panel in layout.panels: {
    version: 'KqlItem/1.0'
    title: panel.title
    query: queries[panel.key]
    size: panel.size
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    crossComponentResources: [
      workspaceId
    ]
    timeContextFromParameter: 'TimeRange'
    visualization: panel.visualization
  }
]

var panels = [
  for (panel, index) in layout.panels: {
    type: 3
    name: panel.key
    customWidth: panel.width
    content: union(contents[index], panel.settings)
  }
]

var notebook = {
  version: 'Notebook/1.0'
  items: concat(layout.head, panels)
  fallbackResourceIds: [
    workspaceId
  ]
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, labName, 'honeypot')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: '${labName}: honeypot'
    description: 'Attacks on the honeypots of the lab ${labName}.'
    category: 'sentinel'
    version: '1.0'
    sourceId: workspaceId
    serializedData: string(notebook)
  }
}
