import { expect, test } from 'vitest'
import { leafSpine, region } from '../builders/fabric.ts'
import { scenario } from '../builders/scenario.ts'
import { traffic } from '../builders/traffic.ts'
import { worstCase } from '../worst-case/worst-case.ts'
import {
  availabilityReport,
  diffReport,
  drainReport,
  planReport,
  whatIfReport,
  worstCaseReport,
} from './index.ts'

const design = (spines: number) =>
  scenario({
    name: `${spines} spines`,
    regions: {
      ord1: region({
        fabric: leafSpine({ leaves: 3, spines, hostsPerLeaf: 2, hostLink: '50Gbps', fabricLink: '100Gbps' }),
      }),
    },
    traffic: [traffic.allToAll({ name: 'all', sizes: '1MB', load: '40%' })],
    availability: [{ of: 'switch', tier: 'spine', up: '99.9%' }],
  })

test('every answer in TypeScript has its report, which names the scenario and its data', async () => {
  const [two, three] = [design(2), design(3)]
  const of = 'switch/spine'
  const pages = [
    await planReport(two, await two.plan({ perYear: '30%' }), { perYear: '30%' }),
    await whatIfReport(two, await two.whatIf({ any: 1, of })),
    availabilityReport(two, await two.availability()),
    drainReport(two, two.drain({ drain: ['ord1/spine-0'] })),
    worstCaseReport(two, await worstCase(two.blueprint.network)),
    diffReport(two, three, two.diff(three)),
  ]
  const titles = pages.map((page) => /<title>(.*?)<\/title>/.exec(page)![1])
  expect(titles).toEqual([
    '2 spines · Weft capacity plan',
    '2 spines · Weft what if',
    '2 spines · Weft availability',
    '2 spines · Weft drains',
    '2 spines · Weft worst case',
    '2 spines and 3 spines · Weft diff',
  ])
  for (const page of pages) {
    expect(page).toMatch(/SHA-256 of the data of 2 spines<\/dt><dd><code>[0-9a-f]{64}/)
    expect(page.replace(/<script[\s\S]*?<\/script>/g, '')).not.toMatch(/NaN|undefined|Infinity/)
  }
})
