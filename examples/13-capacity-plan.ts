// Covers: capacity planning: room until limits, dates, next upgrades, sizes for grown demand.
// Scenario: a leaf/spine fabric with one slow spine, two kinds of traffic that grow differently, costs of links and devices.
import { leafSpine, region, renderPlan, scenario, traffic } from '@weft/scenarios'

const fabric = leafSpine(
  { leaves: 8, spines: 4, hostsPerLeaf: 16, hostLink: '25Gbps', fabricLink: '100Gbps' },
  [{ links: 'ord1/leaf-*:ord1/spine-3', rate: '40Gbps' }],
)

const growing = scenario({
  name: 'growing',
  regions: { ord1: region({ fabric }) },
  traffic: [
    traffic.allToAll({ name: 'web-search', sizes: 'WebSearch', load: 0.1 }),
    traffic.allToAll({ name: 'storage', sizes: 'AliStorage2019', load: 0.05 }),
  ],
  plan: {
    from: '2026-01-31',
    growth: { traffic: { 'web-search': '25%', storage: '60%' } },
    costs: {
      currency: 'EUR',
      links: {
        fabric: {
          each: 1200,
          upgrades: [
            { to: '100Gbps', cost: 900 },
            { to: '400Gbps', cost: 2500 },
          ],
        },
        host: { each: 150, upgrades: [{ to: '100Gbps', cost: 700 }] },
      },
      devices: { spine: 60_000, leaf: 25_000, host: 9_000 },
    },
  },
})

const plan = await growing.plan({ growth: '2.5x' })
console.log(renderPlan(plan, { color: false }))

// what a script may want to know
const { failures, failure } = plan
console.log(`${failures.total} failures, ${failures.computed} computed; first to go: ${failure!.resource}`)
