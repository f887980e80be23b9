// Covers: manifests in a program: property-based tests of their network policies, and a scenario with their text.
// Scenario: the shop of examples/zero-trust. Does it ever open anything to remove a rule that allows? Which policy, if a team
//   adds it, lets the internet at the database? And what does the network make of a packet of the checkout, which needs it?
import { leafSpine, reach, region, scenario } from '@weft/scenarios'
import { assertNothingOpens, policyAdded, ruleRemoved } from '@weft/scenarios/kit'
import { readManifestTexts } from '@weft/scenarios/node'
import fc from 'fast-check'

const shop = readManifestTexts('examples/zero-trust/after')
const before = reach(shop)
fc.assert(fc.property(ruleRemoved(shop), ({ manifests }) => assertNothingOpens(before, reach(manifests))))
console.log('removing a rule that allows opens nothing')

const isClosed = fc.property(policyAdded(shop), ({ manifests }) => {
  const who = reach(manifests)
  return who.fromOutside(who.classOf('shop/database')).length === 0
})
const { counterexample } = fc.check(isClosed, { seed: 1 })
console.log(`the internet reaches the database ${counterexample![0].change}`)

const fabric = leafSpine({ leaves: 2, spines: 2, hostsPerLeaf: 4, hostLink: '25Gbps', fabricLink: '100Gbps' })
const { verdict } = scenario({
  regions: { ord1: region({ fabric }) },
  kubernetes: [{ region: 'ord1', manifests: shop }],
}).explain({ from: 'shop/checkout', to: 'shop/database', port: 5432 })
console.log(`a packet from the checkout to the database is ${verdict}`)
