import { describe, expect, it } from 'vitest'
import { deployment } from '../kubernetes/deployment.fixture.ts'
import { clusterOf } from '../kubernetes/manifests.fixture.ts'
import { compileScenario } from './compile.ts'

/** Names of all parts that a scenario with pods and a way to the internet says something of. */
function partsWith(availability: readonly object[]): string[] {
  const found = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 1, spines: 1, hostsPerLeaf: 2, hostLink: '1Gbps', fabricLink: '1Gbps' },
          },
          internet: { rate: '1Gbps' },
          nat: { pool: '198.51.100.7' },
        },
      },
      internet: { clients: 2 },
      kubernetes: [{ region: 'r', manifests: 'm' }],
      traffic: [{ from: 'shop/web', to: '192.0.2.80', port: 443, sizes: '1MB', flowRate: '1/s' }],
      availability: availability.map((entry) => ({ ...entry, up: '99%' })),
    },
    { cluster: () => clusterOf(deployment('web', 2)) },
  )
  if (!found.ok) return found.issues.map(({ message }) => message)
  return found.value.availability.map(({ name }) => name)
}

describe('parts that fail', () => {
  it('by kind are machines and cables, not what runs in servers and not who is on the internet', () => {
    expect(partsWith([{ of: 'host' }])).toEqual(['r/leaf-0/host-0', 'r/leaf-0/host-1'])
    expect(partsWith([{ of: 'switch' }])).toEqual(['r/gateway-0', 'r/leaf-0', 'r/spine-0'])
    expect(partsWith([{ of: 'link' }])).toEqual([
      'internet:r/gateway-0',
      'r/gateway-0:r/spine-0',
      'r/leaf-0:r/leaf-0/host-0/vswitch',
      'r/leaf-0:r/leaf-0/host-1/vswitch',
      'r/leaf-0:r/spine-0',
    ])
    expect(partsWith([{ of: 'link', tier: 'virtual' }])).toEqual([
      'unknown tier "virtual"; it is "internet", "gateway", "host" or "fabric"',
    ])
  })

  it('are anything by name', () => {
    expect(partsWith([{ name: 'internet/client-*' }])).toEqual(['internet/client-0', 'internet/client-1'])
  })
})
