// The honeypot: one Ubuntu 24.04 VM with T-Pot, in a network of its own. It may send its logs to the SOC's workspace,
// and shares nothing else with the SOC stack: deleting its resource group leaves the SOC as it is.
targetScope = 'resourceGroup'

@description('Azure region of every resource.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the lab: the prefix of resource names.')
@minLength(2)
@maxLength(20)
param labName string

@description('Name of the Linux user who may log in by SSH. T-Pot refuses root and tpot.')
param adminUsername string

@description('Public SSH key of that user. There is no password.')
param sshPublicKey string

@description('Who may reach SSH (64295), web interface (64297) and sensor port (64294). Ranges must not overlap.')
@minLength(1)
param adminCidrs array

@description('Ports open to the Internet, TCP and UDP, such as 1-64000 or 22. Management ports stay closed.')
param exposedPorts array

@description('TCP ports and port ranges that the VM may reach on the Internet besides 80 and 443.')
param outboundPorts array

@description('VM size. T-Pot needs 16 GB of memory for a hive, 8 GB for a sensor.')
param vmSize string

@description('Size of the system disk in GB.')
param diskSizeGb int

@description('Kind of the system disk.')
@allowed([
  'StandardSSD_LRS'
  'Premium_LRS'
])
param diskType string

@description('DNS label of the public IP address. Empty: the lab name and a suffix.')
param dnsLabel string

@description('The text of cloud-init.yaml, which installs T-Pot. No secrets. It cannot change once the VM exists.')
param customData string

@description('Daily shutdown, HHMM in UTC. Empty: never. Nothing starts the VM again.')
param shutdownTime string

@description('Who gets a mail 30 minutes before the shutdown. Empty: nobody.')
param shutdownMail string

@description('Monthly budget of this resource group, in the currency of the subscription. 0: no budget.')
param budgetAmount int

@description('Who gets the mails of the budget. Empty: the owners of the resource group.')
param budgetMails array

@description('Workspace that gets the logs of the honeypots, and has their tables. Empty: the logs stay on the VM.')
param logWorkspaceName string

@description('Resource group of that workspace.')
param logWorkspaceGroup string

@description('Subscription of that workspace. Empty: this one.')
param logWorkspaceSubscription string

var vmName = 'vm-${labName}'
var shipsLogs = !empty(logWorkspaceName)
var logSubscription = empty(logWorkspaceSubscription) ? subscription().subscriptionId : logWorkspaceSubscription
var logGroup = shipsLogs ? logWorkspaceGroup : resourceGroup().name

resource logWorkspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' existing = {
  scope: resourceGroup(logSubscription, logGroup)
  name: shipsLogs ? logWorkspaceName : 'none'
}

module network 'honeypot/network.bicep' = {
  name: 'honeypot-${labName}-network'
  params: {
    location: location
    tags: tags
    labName: labName
    adminCidrs: adminCidrs
    exposedPorts: exposedPorts
    outboundPorts: outboundPorts
    dnsLabel: empty(dnsLabel) ? '${labName}-${uniqueString(resourceGroup().id, labName)}' : dnsLabel
  }
}

module vm 'honeypot/vm.bicep' = {
  name: 'honeypot-${labName}-vm'
  params: {
    location: location
    tags: tags
    vmName: vmName
    subnetId: network.outputs.subnetId
    publicIpId: network.outputs.publicIpId
    adminUsername: adminUsername
    sshPublicKey: sshPublicKey
    vmSize: vmSize
    diskSizeGb: diskSizeGb
    diskType: diskType
    customData: customData
    shutdownTime: shutdownTime
    shutdownMail: shutdownMail
    shipsLogs: shipsLogs
  }
}

module logs 'honeypot/logs.bicep' = if (shipsLogs) {
  name: 'honeypot-${labName}-logs'
  params: {
    location: location
    workspaceLocation: shipsLogs ? logWorkspace.location : location
    tags: tags
    labName: labName
    vmName: vmName
    adminUsername: adminUsername
    workspaceId: logWorkspace.id
  }
  dependsOn: [
    vm
  ]
}

module budget 'honeypot/budget.bicep' = if (budgetAmount > 0) {
  name: 'honeypot-${labName}-budget'
  params: {
    labName: labName
    amount: budgetAmount
    mails: budgetMails
  }
}

@description('Name of the VM.')
output vmName string = vmName

@description('Resource id of the VM.')
output vmId string = vm.outputs.vmId

@description('Public IP address of the honeypot.')
output publicIp string = network.outputs.publicIp

@description('DNS name of the honeypot.')
output fqdn string = network.outputs.fqdn

@description('How to log in, once T-Pot is installed.')
output sshCommand string = 'ssh -p 64295 ${adminUsername}@${network.outputs.fqdn}'

@description('T-Pot web interface, with a self-signed certificate. The editions sensor and mobile have none.')
output webUrl string = 'https://${network.outputs.fqdn}:64297'

var readPassword = 'ssh -p 64295 ${adminUsername}@${network.outputs.fqdn} sudo cat /root/tpot-web-password'

// The rule goes by the name. The value only says where the password is: it is made on the VM and known only there.
#disable-next-line outputs-should-not-contain-secrets
@description('Where the password of the web interface is, and how to read it.')
output passwordPlace string = '/root/tpot-web-password on the VM: ${readPassword}'
