// Covers: failure sets worst first, shared risks, minimal sets, availability of demands, an order of drains, a diff.
// Scenario: four leaves under four spines, uplinks two thirds full. Any spine may die; two of them may not, and two pairs of
//   uplinks share a conduit. How often is everybody served, which spine is drained when, and what would a fifth spine change?
import {
  leafSpine,
  region,
  renderAvailability,
  renderDiff,
  renderDrain,
  renderWhatIf,
  scenario,
  traffic,
} from '@weft/scenarios'

const design = (spines: number) =>
  scenario({
    name: `${spines}-spines`,
    regions: {
      ord1: region({
        fabric: leafSpine({
          leaves: 4,
          spines,
          hostsPerLeaf: 8,
          hostLink: '50Gbps',
          fabricLink: { rate: '100Gbps', delay: '500ns' },
        }),
      }),
    },
    traffic: [traffic.allToAll({ name: 'storage', sizes: '1MB', load: '80%' })],
    risks: {
      'conduit-east': ['ord1/leaf-0:ord1/spine-0', 'ord1/leaf-0:ord1/spine-1'],
      'conduit-west': ['ord1/leaf-3:ord1/spine-2', 'ord1/leaf-3:ord1/spine-3'],
    },
    availability: [
      { of: 'link', tier: 'fabric', mtbf: '365d', mttr: '8h' },
      { of: 'switch', tier: 'spine', up: '99.95%' },
      { of: 'risk', mtbf: '3650d', mttr: '24h' },
    ],
  })

const four = design(4)
const show = { color: false, command: 'weft whatif four.yaml', title: 'four spines' }

console.log(renderWhatIf(await four.whatIf({ any: 2, of: 'switch/spine' }), show))
console.log(renderWhatIf(await four.whatIf({ any: 1, of: 'risk' }), show))
console.log(renderAvailability(await four.availability({ any: 2, target: 0.999 }), show))
console.log(renderDrain(four.drain({ drain: ['ord1/spine-0', 'conduit-west'], of: 'link/fabric' }), show))
console.log(renderDiff(four.diff(design(5)), { color: false, before: 'four spines', after: 'five' }))
