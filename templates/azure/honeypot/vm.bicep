// The VM. Its disk, network interface and public IP address are deleted with it.

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the VM.')
param vmName string

@description('Resource id of the subnet.')
param subnetId string

@description('Resource id of the public IP address.')
param publicIpId string

@description('Name of the Linux user who may log in.')
param adminUsername string

@description('Public SSH key of that user.')
param sshPublicKey string

@description('VM size.')
param vmSize string

@description('Size of the system disk in GB.')
param diskSizeGb int

@description('Kind of the system disk.')
param diskType string

@description('The text of cloud-init.yaml.')
param customData string

@description('Daily shutdown, HHMM in UTC, or empty.')
param shutdownTime string

@description('Who gets a mail before the shutdown, or empty.')
param shutdownMail string

@description('True: the agent that ships logs needs an identity.')
param shipsLogs bool

resource nic 'Microsoft.Network/networkInterfaces@2026-03-01' = {
  name: 'nic-${vmName}'
  location: location
  tags: tags
  properties: {
    ipConfigurations: [
      {
        name: 'ipconfig'
        properties: {
          privateIPAllocationMethod: 'Dynamic'
          subnet: {
            id: subnetId
          }
          publicIPAddress: {
            id: publicIpId
            properties: {
              deleteOption: 'Delete'
            }
          }
        }
      }
    ]
  }
}

// Without logs to ship there is no managed identity: whoever captures the honeypot finds no token for Azure on it. With
// them there is one, which has no role. All that its token opens is the one rule for logs: it can add false lines to the
// honeypot's tables, and can read nothing.
resource vm 'Microsoft.Compute/virtualMachines@2026-04-01' = {
  name: vmName
  location: location
  tags: tags
  identity: {
    type: shipsLogs ? 'SystemAssigned' : 'None'
  }
  properties: {
    hardwareProfile: {
      vmSize: vmSize
    }
    securityProfile: {
      securityType: 'TrustedLaunch'
      uefiSettings: {
        secureBootEnabled: true
        vTpmEnabled: true
      }
    }
    storageProfile: {
      imageReference: {
        publisher: 'Canonical'
        offer: 'ubuntu-24_04-lts'
        sku: 'server'
        version: 'latest'
      }
      osDisk: {
        name: 'disk-${vmName}'
        createOption: 'FromImage'
        deleteOption: 'Delete'
        diskSizeGB: diskSizeGb
        managedDisk: {
          storageAccountType: diskType
        }
      }
    }
    osProfile: {
      computerName: vmName
      adminUsername: adminUsername
      customData: base64(customData)
      linuxConfiguration: {
        disablePasswordAuthentication: true
        ssh: {
          publicKeys: [
            {
              path: '/home/${adminUsername}/.ssh/authorized_keys'
              keyData: sshPublicKey
            }
          ]
        }
      }
    }
    networkProfile: {
      networkInterfaces: [
        {
          id: nic.id
          properties: {
            deleteOption: 'Delete'
          }
        }
      ]
    }
    diagnosticsProfile: {
      bootDiagnostics: {
        enabled: true
      }
    }
  }
}

var noMail = {
  status: 'Disabled'
  timeInMinutes: 30
}

var mail = {
  status: 'Enabled'
  timeInMinutes: 30
  emailRecipient: shutdownMail
  notificationLocale: 'en'
}

resource shutdown 'Microsoft.DevTestLab/schedules@2018-09-15' = if (!empty(shutdownTime)) {
  // Azure finds the schedule of a VM by this very name.
  name: 'shutdown-computevm-${vmName}'
  location: location
  tags: tags
  properties: {
    status: 'Enabled'
    taskType: 'ComputeVmShutdownTask'
    targetResourceId: vm.id
    timeZoneId: 'UTC'
    dailyRecurrence: {
      time: shutdownTime
    }
    notificationSettings: empty(shutdownMail) ? noMail : mail
  }
}

@description('Resource id of the VM.')
output vmId string = vm.id
