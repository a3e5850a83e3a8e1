// Network of the honeypot. The network security group is the only firewall, and the honeypot is meant to be attacked:
// so it opens what it must, keeps the management ports to the admins, and lets a captured VM reach nothing but updates.

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the lab.')
param labName string

@description('Address ranges of the admins.')
param adminCidrs array

@description('Ports and port ranges open to the Internet.')
param exposedPorts array

@description('TCP ports and port ranges that the VM may reach besides 80 and 443.')
param outboundPorts array

@description('DNS label of the public IP address.')
param dnsLabel string

// Azure takes the first rule that matches, lowest priority number first. Its own rules at 65000 and above come last:
// they admit the virtual network and all outbound traffic, which is why both are denied here by name.
var inboundRules = [
  {
    name: 'DenyVirtualNetwork'
    properties: {
      description: 'Nothing else in this network, or in one that is peered later, has business with the honeypot.'
      priority: 100
      direction: 'Inbound'
      access: 'Deny'
      protocol: '*'
      sourceAddressPrefix: 'VirtualNetwork'
      sourcePortRange: '*'
      destinationAddressPrefix: '*'
      destinationPortRange: '*'
    }
  }
  {
    name: 'AllowAdmins'
    properties: {
      description: 'SSH, web interface and the port where sensors deliver: for the admins only.'
      priority: 110
      direction: 'Inbound'
      access: 'Allow'
      protocol: 'Tcp'
      sourceAddressPrefixes: adminCidrs
      sourcePortRange: '*'
      destinationAddressPrefix: '*'
      destinationPortRanges: [
        '64294'
        '64295'
        '64297'
      ]
    }
  }
  {
    name: 'DenyManagement'
    properties: {
      description: 'Before every rule for the world, so that no exposed range can open a management port.'
      priority: 120
      direction: 'Inbound'
      access: 'Deny'
      protocol: '*'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: '*'
      destinationPortRange: '64294-64305'
    }
  }
]

// One rule for each protocol: a rule for all protocols would let in ICMP and tunnels too.
var exposedRules = [
  {
    name: 'AllowExposedTcp'
    properties: {
      description: 'The honeypots. Port 22 is the real SSH server until T-Pot is installed, then a honeypot.'
      priority: 200
      direction: 'Inbound'
      access: 'Allow'
      protocol: 'Tcp'
      sourceAddressPrefix: 'Internet'
      sourcePortRange: '*'
      destinationAddressPrefix: '*'
      destinationPortRanges: exposedPorts
    }
  }
  {
    name: 'AllowExposedUdp'
    properties: {
      description: 'The honeypots. What answers over UDP can be abused against others: look at the traffic.'
      priority: 210
      direction: 'Inbound'
      access: 'Allow'
      protocol: 'Udp'
      sourceAddressPrefix: 'Internet'
      sourcePortRange: '*'
      destinationAddressPrefix: '*'
      destinationPortRanges: exposedPorts
    }
  }
]

// Answers to those who connect need no rule: the group is stateful. Nor do the name server and the metadata that Azure
// offers on its host addresses: these rules do not apply to them.
var outboundRules = [
  {
    name: 'AllowWeb'
    properties: {
      description: 'Packages, container images and threat feeds.'
      priority: 100
      direction: 'Outbound'
      access: 'Allow'
      protocol: 'Tcp'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: 'Internet'
      destinationPortRanges: [
        '80'
        '443'
      ]
    }
  }
  {
    name: 'AllowDnsTcp'
    properties: {
      description: 'Name servers that a container asks directly.'
      priority: 110
      direction: 'Outbound'
      access: 'Allow'
      protocol: 'Tcp'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: 'Internet'
      destinationPortRange: '53'
    }
  }
  {
    name: 'AllowDnsUdp'
    properties: {
      description: 'Name servers that a container asks directly.'
      priority: 120
      direction: 'Outbound'
      access: 'Allow'
      protocol: 'Udp'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: 'Internet'
      destinationPortRange: '53'
    }
  }
  {
    name: 'AllowTime'
    properties: {
      description: 'Time servers.'
      priority: 130
      direction: 'Outbound'
      access: 'Allow'
      protocol: 'Udp'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: 'Internet'
      destinationPortRange: '123'
    }
  }
  {
    name: 'DenyInternet'
    properties: {
      description: 'A captured honeypot must not attack others.'
      priority: 4000
      direction: 'Outbound'
      access: 'Deny'
      protocol: '*'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: 'Internet'
      destinationPortRange: '*'
    }
  }
  {
    name: 'DenyVirtualNetworkOutbound'
    properties: {
      description: 'Nor anything in this network, or in one that is peered later.'
      priority: 4010
      direction: 'Outbound'
      access: 'Deny'
      protocol: '*'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: 'VirtualNetwork'
      destinationPortRange: '*'
    }
  }
]

var outboundExtraRules = [
  {
    name: 'AllowOutboundExtra'
    properties: {
      description: 'What this lab needs besides, such as a model server.'
      priority: 140
      direction: 'Outbound'
      access: 'Allow'
      protocol: 'Tcp'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: 'Internet'
      destinationPortRanges: outboundPorts
    }
  }
]

// Azure refuses a rule without a port, so an empty list leaves its rules out.
var exposedOrNone = empty(exposedPorts) ? [] : exposedRules
var outboundExtraOrNone = empty(outboundPorts) ? [] : outboundExtraRules

resource nsg 'Microsoft.Network/networkSecurityGroups@2026-03-01' = {
  name: 'nsg-${labName}-honeypot'
  location: location
  tags: tags
  properties: {
    securityRules: concat(inboundRules, exposedOrNone, outboundRules, outboundExtraOrNone)
  }
}

resource vnet 'Microsoft.Network/virtualNetworks@2026-03-01' = {
  name: 'vnet-${labName}'
  location: location
  tags: tags
  properties: {
    addressSpace: {
      // Away from 172.16.0.0/12 and 192.168.0.0/16, where Docker makes the networks of the containers.
      addressPrefixes: [
        '10.42.0.0/24'
      ]
    }
    subnets: [
      {
        name: 'honeypot'
        properties: {
          addressPrefix: '10.42.0.0/26'
          defaultOutboundAccess: false
          networkSecurityGroup: {
            id: nsg.id
          }
        }
      }
    ]
  }

  resource subnet 'subnets' existing = {
    name: 'honeypot'
  }
}

resource publicIp 'Microsoft.Network/publicIPAddresses@2026-03-01' = {
  name: 'pip-${labName}'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIPAddressVersion: 'IPv4'
    publicIPAllocationMethod: 'Static'
    dnsSettings: {
      domainNameLabel: dnsLabel
    }
  }
}

@description('Resource id of the subnet.')
output subnetId string = vnet::subnet.id

@description('Resource id of the public IP address.')
output publicIpId string = publicIp.id

@description('The public IP address.')
output publicIp string = publicIp.properties.ipAddress

@description('DNS name of the public IP address.')
output fqdn string = publicIp.properties.dnsSettings.fqdn
