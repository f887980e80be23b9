import type { FabricParts } from '@weft/fabric'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkConnected } from './connectivity.ts'
import { Problems } from '../problems.ts'

const SWITCHES = ['a', 'b', 'c']
const HOSTS = ['h', 'i', 'j', 'k']
const name = fc.constantFrom(...SWITCHES, ...HOSTS)
const pairs = fc.array(fc.tuple(name, name), { maxLength: 4 })
/** One link for each host, whose absence is refused before. */
const partners = fc.tuple(...HOSTS.map(() => fc.constantFrom(...SWITCHES, ...HOSTS.slice(0, 1))))

const isHost = (node: string) => HOSTS.includes(node)

/** Whether a packet gets from one node to the other through switches alone. */
function reaches(from: string, to: string, links: readonly (readonly [string, string])[]): boolean {
  const seen = new Set([from])
  const ahead = [from]
  for (const node of ahead) {
    if (node !== from && isHost(node)) continue
    for (const ends of links) {
      const far = ends[0] === node ? ends[1] : ends[1] === node ? ends[0] : undefined
      if (far === undefined || seen.has(far)) continue
      seen.add(far)
      ahead.push(far)
    }
  }
  return seen.has(to)
}

it('a fabric is refused where a host cannot reach another, and names two such hosts', () => {
  const counts = { connected: 0, refused: 0 }
  const property = fc.property(pairs, partners, (drawn, partner) => {
    const own = HOSTS.map((host, i): [string, string] => [host, host === partner[i] ? 'a' : partner[i]!])
    const links = [...drawn, ...own].filter(([a, b]) => a !== b)
    const nodes = [
      ...SWITCHES.map((each) => ({ kind: 'switch', name: each })),
      ...HOSTS.map((each) => ({ kind: 'host', name: each })),
    ]
    const parts = { nodes, links: links.map((ends, index) => ({ name: `link-${index}`, ends })) }
    const problems = new Problems()
    checkConnected(parts as unknown as FabricParts, [], problems)
    const apart = HOSTS.flatMap((one) =>
      HOSTS.filter((other) => other !== one && !reaches(one, other, links)).map((other) => `${one} ${other}`),
    )
    expect(problems.issues.length).toBe(apart.length > 0 ? 1 : 0)
    counts[apart.length > 0 ? 'refused' : 'connected']++
    const named = problems.issues.map(({ message }) =>
      [...message.matchAll(/"(\w)"/g)].map(([, host]) => host),
    )
    for (const hosts of named) expect(apart).toContain(hosts.join(' '))
  })
  fc.assert(property, { numRuns: 3000 })
  expect(Math.min(counts.connected, counts.refused)).toBeGreaterThan(100)
})
