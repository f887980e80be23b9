// Covers: a study over two parameters, results as a table; NewReno and DCTCP with datacentre timers.
// Scenario: 4 to 60 senders answer one client with 256 kB each, all at once, over 25 Gbit/s links: the incast of a
//   partition/aggregate service. No protocol can be faster than the client's link; drops and timeouts are what it costs.
import { dropsOf, leafSpine, region, scenario, traffic } from '@weft/scenarios'

const CLIENT = 'ord1/leaf-0/host-0'
const LINK_BPS = 25e9
const BYTES = 256_000

const fabric = leafSpine({
  leaves: 4,
  spines: 4,
  hostsPerLeaf: 20,
  hostLink: '25Gbps',
  fabricLink: '100Gbps',
  queue: { capacity: '256 packets', ecnThreshold: '65 packets' },
})

async function incast(senders: number, transport: object) {
  const from = Array.from({ length: senders }, (_, i) => `ord1/leaf-${1 + (i % 3)}/host-${Math.floor(i / 3)}`)
  const result = await scenario({
    regions: { ord1: region({ fabric }) },
    traffic: [traffic.incast({ from, to: CLIENT, size: '256kB', transport })],
    run: { for: '1ms', drain: '1s' },
  }).run()
  const [flows] = result.flows
  return {
    p99Ms: flows!.all.fctPs.p99.value! / 1e9,
    dropped: dropsOf(result),
    timeouts: flows!.timeouts,
    marked: result.links.reduce((sum, { marked }) => sum + marked!, 0),
    done: flows!.completed,
  }
}

const transports = {
  newreno: { newreno: { minRto: '1ms' } },
  dctcp: { dctcp: { minRto: '1ms' } },
}
console.log('senders  least ms   control   p99 ms  dropped  marked  timeouts  done')
for (const senders of [4, 16, 60]) {
  const leastMs = (senders * BYTES * 8 * 1e3) / LINK_BPS
  for (const [name, transport] of Object.entries(transports)) {
    const { p99Ms, dropped, marked, timeouts, done } = await incast(senders, transport)
    const cells = [
      String(senders).padStart(7),
      leastMs.toFixed(3).padStart(8),
      `  ${name.padEnd(8)}`,
      p99Ms.toFixed(3).padStart(6),
      String(dropped).padStart(7),
      String(marked).padStart(6),
      String(timeouts).padStart(8),
      `${done}/${senders}`.padStart(5),
    ]
    console.log(cells.join('  '))
  }
}
