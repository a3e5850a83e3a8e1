// A budget warns, it stops nothing. Azure counts the cost of the resource group with a delay of about a day.

@description('Name of the lab.')
param labName string

@description('Amount a month, in the currency of the subscription.')
param amount int

@description('Who gets the mails. Empty: the owners of the resource group.')
param mails array

@description('First day of the current month. Only a parameter default may ask for the time.')
param startDate string = utcNow('yyyy-MM-01')

var roles = empty(mails) ? ['Owner'] : []

resource budget 'Microsoft.Consumption/budgets@2026-06-01' = {
  // Azure refuses another start date for a budget that exists. With the month in its name, the lab can be deployed
  // again in a later month; the older budget goes on and says the same.
  #disable-next-line use-stable-resource-identifiers
  name: 'budget-${labName}-${substring(startDate, 0, 7)}'
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      Actual80: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: mails
        contactRoles: roles
      }
      Forecasted100: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: mails
        contactRoles: roles
      }
    }
  }
}
