import { describe, expect, test } from 'vitest'
import { graph, region } from '../../builders/fabric.ts'
import { scenario } from '../../builders/scenario.ts'
import { traffic } from '../../builders/traffic.ts'
import { subjectOf } from '../../whatif/subject.ts'
import { whatIf } from '../../whatif/whatif.ts'
import { type AnswerName, answerReports, planReport } from './answers.fixture.ts'
import { renderFailuresReport } from './failures-report.ts'
import { minutesText, nines } from './nines.ts'

const withoutScripts = (page: string) =>
  page.replace(/<script[\s\S]*?<\/script>/g, '').replace(/<style[\s\S]*?<\/style>/g, '')
const textOf = (page: string) =>
  withoutScripts(page)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

const said: Readonly<Record<AnswerName, readonly (string | RegExp)[]>> = {
  plan: [
    'Weft capacity plan',
    /Room for 1\.43× today&#39;s demand/,
    'under a single failure',
    'leaf → spine',
    'Bars: share of the rate now',
    'via spine',
    'All demand is shown.',
    'Next upgrades',
  ],
  single: ['On the network', 'Down: ord1/leaf-0:ord1/spine-0'],
  failures: [
    'What breaks',
    'Failure matrix',
    'Every set is here.',
    'Shown alone by',
    'weft whatif a.yaml --fail ',
  ],
  pairs: ['Every pair', 'On the diagonal one part alone.', 'Minimal sets'],
  availability: ['99.9999%', 'Time in which demand is served in full', 'target 99.9999%', 'and 191 like it'],
  drain: ['Room at every step', 'No order has more room at its tightest step', '1. ord1/leaf-0'],
  worst: ['The matrix that loads the first', 'What loads it', 'linear programme', '200Gbps'],
  diff: ['They differ', 'before: today.yaml', 'after: tomorrow.yaml', 'Nodes after only: 1', 'ord1/spine-2'],
}

describe.each(Object.keys(said) as AnswerName[])('the report of %s', (name) => {
  const page = answerReports()[name]()

  test('says what matters in words, and what it rests on', async () => {
    const text = textOf(await page)
    for (const words of said[name]) {
      if (typeof words === 'string') expect(text).toContain(words)
      else expect(text).toMatch(words)
    }
    for (const words of [
      'Clock steady',
      'Seed pictures',
      '0123456789abcdef',
      'weft plan &#39;my file.yaml&#39;',
      'line 3: a warning',
    ])
      expect(text).toContain(words)
    expect(text).not.toMatch(/NaN|undefined|Infinity|\[object|∞/)
  })

  test('is one file that asks for nothing, and gives the same bytes every time', async () => {
    const text = await page
    expect(text).not.toMatch(
      /https?:|src=|@import|url\((?!#)|<link(?! rel="icon" href="data:,")|<iframe|<object|<img/,
    )
    expect(text).toContain('default-src &#39;none&#39;; script-src &#39;sha256-')
    expect(text.length).toBeLessThan(200_000)
    expect(await answerReports()[name]()).toBe(text)
  })

  test('has unique ids, and every reference to one resolves; every picture has words', async () => {
    const text = withoutScripts(await page)
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, url, href] of text.matchAll(/url\(#([^)]+)\)|href="#([^"]+)"/g))
      expect(ids).toContain(url ?? href)
    for (const [figure] of text.matchAll(/<figure[^>]*>/g))
      if (figure.includes('role="img"')) expect(figure).toMatch(/aria-label="[^"]{20,}/)
  })

  test('user text is never markup, wherever it stands', async () => {
    const poisoned = await answerReports(true)[name]()
    expect(poisoned).toContain('&lt;script&gt;alert(1)')
    expect(poisoned.match(/<script/g)).toHaveLength(2)
    expect(poisoned.match(/<\/script/g)).toHaveLength(2)
    expect(poisoned).not.toContain('<img')
  })
})

test('a plan of 10,000 resources takes less than 500 kB', async () => {
  const page = await planReport(undefined, undefined, 10_000)
  expect(textOf(page)).toContain('10,000 directions')
  expect(textOf(page)).toContain('Left to the JSON answer: 9,700 resources with more room.')
  expect(page.length).toBeLessThan(500_000)
})

const link = (host: string) => ({
  between: [host, 's'] as [string, string],
  rate: '1Gbps' as const,
  delay: '1us' as const,
})

test('a network of one switch has a report', async () => {
  const subject = subjectOf(
    scenario({
      regions: {
        net: region({
          fabric: graph({ switches: ['s'], hosts: ['a', 'b'], links: [link('a'), link('b')] }),
        }),
      },
      traffic: [traffic.allToAll({ name: 'all', sizes: '1MB', load: '30%' })],
    }).compiled,
  )
  const about = { name: 'one', command: 'weft', inputs: [], seed: '1', warnings: [] }
  const page = await renderFailuresReport({
    answer: await whatIf(subject, { any: 1, of: 'switch' }),
    subject,
    command: 'weft',
    about,
  })
  expect(textOf(page)).toContain('Sets looked at 1')
  expect(textOf(page)).not.toMatch(/NaN|undefined|Infinity|Every pair/)
})

test.each([
  [0, '0%'],
  [1, '100%'],
  [0.5, '50%'],
  [0.999, '99.9%'],
  [0.9995, '99.95%'],
  [0.9999983, '99.99983%'],
  [1 - 1e-9, '99.9999999%'],
])('as many nines as there are: %d', (share, text) => expect(nines(share)).toBe(text))

test.each([
  [0.5, '30 s'],
  [52.56, '52.6 min'],
  [525.6, '8.76 h'],
])('%d minutes', (minutes, text) => expect(minutesText(minutes)).toBe(text))
