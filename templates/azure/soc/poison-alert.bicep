metadata description = 'A mail when the function app puts a message aside that it could not handle.'

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the lab.')
param labName string

@description('Name of the Application Insights component of the function app.')
param insightsName string

@description('Mail addresses.')
param alertMails array

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource mails 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${labName}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    // At most 12 characters. It stands in the mails.
    groupShortName: take(labName, 12)
    emailReceivers: [
      for (mail, index) in alertMails: {
        name: 'mail-${index}'
        emailAddress: mail
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alert 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: 'alert-${labName}-poison'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: '${labName}: a message was put aside'
    description: 'An incident got no comment. See the queues incidents-poison and comments-poison.'
    severity: 2
    enabled: true
    scopes: [
      insights.id
    ]
    evaluationFrequency: 'PT15M'
    // Twice the frequency: what is logged just before a look arrives just after it, and counts in the next one.
    windowSize: 'PT30M'
    criteria: {
      allOf: [
        {
          // Our handler logs the first, the host the second when a message has failed too often.
          query: '''
traces
| where message contains '"event":"poison"' or message contains 'Moving message to queue'
'''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    autoMitigate: false
    // One mail for what both looks see.
    muteActionsDuration: 'PT30M'
    // A component that is minutes old may not know its tables yet.
    skipQueryValidation: true
    actions: {
      actionGroups: [
        mails.id
      ]
    }
  }
}
