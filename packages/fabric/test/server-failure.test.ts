import { MS, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { EventBlueprint } from '../src/blueprint/blueprint.ts'
import { fallibleParts } from '../src/blueprint/fallible-parts.ts'
import { Failures } from '../src/clocks/failures.ts'
import { PacketClock } from '../src/clocks/packet/packet-clock.ts'
import { Network } from '../src/build/network.ts'
import { regionOnline } from './helpers/region-online.ts'

const HOST = 'ord1/leaf-0/host-0'

/** What is up at the end of these events, of a server and what runs on it. */
function upAfter(events: readonly EventBlueprint[]) {
  const network = new Network(regionOnline({ place: 'gateways' }))
  const failures = new Failures(new PacketClock(network), events)
  network.sim.run(SECOND)
  return [HOST, `${HOST}/vswitch`].map((name) => failures.isUp(name))
}
const event = (ms: number, action: 'fail' | 'repair', target: string) => ({ atPs: ms * MS, action, target })

describe('a server that fails', () => {
  it('takes its virtual switch along, and brings it back', () => {
    expect(upAfter([event(1, 'fail', HOST)])).toEqual([false, false])
    expect(upAfter([event(1, 'fail', HOST), event(2, 'repair', HOST)])).toEqual([true, true])
  })

  it('does not bring back a virtual switch that is down by itself', () => {
    const events = [event(1, 'fail', `${HOST}/vswitch`), event(2, 'fail', HOST), event(3, 'repair', HOST)]
    expect(upAfter(events)).toEqual([true, false])
  })
})

it('what fails by itself is switches, gateways, servers, and the links between them', () => {
  const network = regionOnline({ place: 'gateways' })
  const { isSwitch, isServer, isLink } = fallibleParts(network)
  const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name)
  expect(names(network.nodes.filter(isSwitch))).toEqual([
    'ord1/gateway-0',
    'ord1/gateway-1',
    'ord1/leaf-0',
    'ord1/leaf-1',
    'ord1/spine-0',
    'ord1/spine-1',
  ])
  expect(names(network.nodes.filter(isServer))).toEqual([
    'ord1/leaf-0/host-0',
    'ord1/leaf-0/host-1',
    'ord1/leaf-1/host-0',
    'ord1/leaf-1/host-1',
  ])
  const links = names(network.links.filter(isLink))
  expect(links).toContain('internet:ord1/gateway-0')
  expect(links.filter((name) => /shop|games|internet\//.test(name))).toEqual([])
})
