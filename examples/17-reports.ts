// Covers: reports of a plan, of failures, of an order of drains and of a comparison, written from a program.
// Scenario: two designs of one fabric. A review wants a page for each question, and to see at a glance what each page says
//   first; the pages are written to a temporary folder here, and taken away again.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { leafSpine, region, scenario, traffic } from '@weft/scenarios'
import { diffReport, drainReport, planReport, whatIfReport } from '@weft/scenarios/report'

const design = (spines: number) =>
  scenario({
    name: `${spines} spines`,
    regions: {
      ord1: region({
        fabric: leafSpine({ leaves: 4, spines, hostsPerLeaf: 8, hostLink: '25Gbps', fabricLink: '100Gbps' }),
      }),
    },
    traffic: [traffic.allToAll({ name: 'storage', sizes: 'AliStorage2019', load: 0.6 })],
    plan: { from: '2026-01-31', growth: '30%' },
  })

const [today, tomorrow] = [design(2), design(3)]
const growth = { growth: '2x' }

const folder = mkdtempSync(join(tmpdir(), 'weft-reports-'))
try {
  const pages = {
    'plan.html': await planReport(today, await today.plan(growth), growth),
    'failures.html': await whatIfReport(today, await today.whatIf({ any: 2, of: 'link/fabric' })),
    'drains.html': drainReport(today, today.drain({ drain: ['ord1/spine-*'] })),
    'diff.html': diffReport(today, tomorrow, today.diff(tomorrow)),
  }
  for (const [file, page] of Object.entries(pages)) writeFileSync(join(folder, file), page)

  for (const file of readdirSync(folder).sort()) {
    const page = readFileSync(join(folder, file), 'utf8')
    console.log(`${file}: ${textOf(/<title>(.*?)<\/title>/.exec(page)![1]!)}`)
    console.log(`  says first: ${textOf(/<strong>(.*?)<\/strong>/.exec(page)![1]!)}`)
    const sections = [...page.matchAll(/<h2[^>]*>(.*?)<\/h2>/g)].map(([, heading]) => textOf(heading!))
    console.log(`  sections: ${sections.join('; ')}`)
    console.log(`  ${page.length < 200_000 ? 'less' : 'more'} than 200 kB, and nothing beside it\n`)
  }
} finally {
  rmSync(folder, { recursive: true })
}

/** Without markup. */
function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, '').replaceAll('&#39;', "'")
}
