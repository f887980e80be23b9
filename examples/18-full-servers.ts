// Covers: hosts that accept a limited number of connections, under every clock, and the places that growth takes.
// Scenario: four hosts call a server that accepts 15 connections at once, 160 times a second each. A call of 10 kB has its
//   place for 16 ms, two round trips, so that 10 places are wanted on the mean. Under the packet and the flow clock
//   they are counted; the steady clock and the plan go by Erlang's loss formula, told how long a call lasts.
import { leafSpine, region, renderPlan, scenario, traffic } from '@weft/scenarios'

const SERVER = { hosts: 'dc/leaf-1/host-0', max: 15, whenFull: 'reset' as const, holding: '16ms' }
const link = { rate: '10Gbps', delay: '1ms' }
const fabric = {
  ...leafSpine({ leaves: 2, spines: 2, hostsPerLeaf: 4, hostLink: link, fabricLink: link }),
  connections: [SERVER],
}
const calls = traffic.fromTo({
  name: 'calls',
  from: 'dc/leaf-0',
  to: 'dc/leaf-1/host-0',
  sizes: '10kB',
  flowRate: '160/s',
})
const servers = scenario({
  name: 'full-servers',
  regions: { dc: region({ fabric }) },
  traffic: [calls],
  run: { for: '10s', warmup: '1s' },
})

for (const clock of ['packet', 'flow', 'steady'] as const) {
  const [pool] = (await servers.run({ clock })).pools
  const mean = pool!.inUseMean!.toFixed(1)
  const refused = `${(100 * pool!.blocking!).toFixed(1)} %`
  console.log(`${clock} clock: ${mean} of ${pool!.size} places in use, refused ${refused}`)
}

console.log(renderPlan(await servers.plan({ growth: '2x' }), { color: false }))
