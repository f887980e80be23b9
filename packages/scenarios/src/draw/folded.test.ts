import { expect, it } from 'vitest'
import { folded } from './folded.ts'
import type { DrawableLink, DrawableNode } from './network.ts'

const link = (a: string, b: string): DrawableLink => ({
  name: `${a}:${b}`,
  ends: [a, b],
  tier: 'x',
  rateBps: 1e9,
  delayPs: 0,
})
const host = (name: string): DrawableNode => ({ name, kind: 'host' })

const network = {
  nodes: [
    host('shop/web'),
    host('r/leaf/host-0'),
    { name: 'r/leaf/host-0/vswitch', kind: 'vswitch', tier: 'vswitch' } as const,
    host('r/leaf/host-1'),
    { name: 'r/leaf', kind: 'switch', tier: 'leaf' } as const,
    { name: 'r/gateway-0', kind: 'gateway', tier: 'gateway' } as const,
    { name: 'internet', kind: 'switch', tier: 'internet' } as const,
    host('internet/client-0'),
  ],
  links: [
    link('r/leaf/host-0/vswitch', 'shop/web'),
    link('r/leaf/host-0', 'r/leaf/host-0/vswitch'),
    link('r/leaf', 'r/leaf/host-0/vswitch'),
    link('r/leaf', 'r/leaf/host-1'),
    link('r/gateway-0', 'r/leaf'),
    link('internet', 'r/gateway-0'),
    link('internet', 'internet/client-0'),
  ],
}

it('servers are drawn with what runs on them, and the internet with everybody there', () => {
  const drawn = folded({ network, loads: [], changes: [] }).network
  expect(drawn.nodes.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    'host r/leaf/host-0',
    'host r/leaf/host-1',
    'switch r/leaf',
    'gateway r/gateway-0',
    'switch internet',
  ])
  expect(drawn.links.map(({ ends }) => ends.join(' '))).toEqual([
    'r/leaf r/leaf/host-0',
    'r/leaf r/leaf/host-1',
    'r/gateway-0 r/leaf',
    'internet r/gateway-0',
  ])
})

it('what loads and fails is told of who is drawn', () => {
  const utilization = { mean: 0.5, max: 1 }
  const loads = [
    { link: 'r/leaf:r/leaf/host-0/vswitch', from: 'r/leaf/host-0/vswitch', utilization },
    { link: 'r/leaf/host-0/vswitch:shop/web', from: 'shop/web', utilization },
  ]
  const changes = [{ atPs: 1, action: 'fail', target: 'r/leaf/host-0/vswitch' } as const]
  const drawn = folded({ network, loads, changes })
  expect(drawn.loads).toEqual([{ ...loads[0], from: 'r/leaf/host-0' }])
  expect(drawn.changes).toEqual([{ ...changes[0], target: 'r/leaf/host-0' }])
})
