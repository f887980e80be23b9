import { MS, SECOND } from '@weft/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EDGE_PLACES } from '../src/edge/edge-blueprint.ts'
import { DatagramEcho } from './helpers/datagram-echo.ts'
import { OUTSIDE, POOL, regionOnline, WORKLOADS } from './helpers/region-online.ts'

const NAMES = Object.keys(WORKLOADS)
/** Few ports, so that workloads meet at the same ones; the pool has as few. */
const PORTS = [2000, 2001, 2002]
const POOL_PORTS = [2000, 2003] as const
/** Below any timeout: all connections live at once. */
const STEP_PS = 10 * MS

const outward = fc.record({
  kind: fc.constant('outward' as const),
  from: fc.constantFrom(...NAMES),
  sourcePort: fc.constantFrom(...PORTS),
  to: fc.constantFrom(...OUTSIDE),
  port: fc.constantFrom(53, 80),
})
const stray = fc.record({
  kind: fc.constant('stray' as const),
  from: fc.constantFrom(...OUTSIDE),
  // nobody sends to these, so that whoever comes from them was not asked
  sourcePort: fc.constantFrom(7, 9),
  port: fc.integer({ min: POOL_PORTS[0], max: POOL_PORTS[1] }),
})
const nat = fc.record({
  profile: fc.constantFrom('linux' as const, 'rfc' as const),
  allocation: fc.constantFrom('preserve' as const, 'sequential' as const, 'random' as const),
})

it.each(EDGE_PLACES)(
  'the internet sees each sender by an end of its own, answers it, and reaches nobody else: translated at %s',
  (place) => {
    let refused = 0
    const property = fc.property(
      fc.array(fc.oneof({ weight: 3, arbitrary: outward }, { weight: 1, arbitrary: stray }), {
        maxLength: 25,
      }),
      nat,
      (sent, options) => {
        const filtering = 'address-and-port-dependent' as const
        const pool = { addresses: [POOL], ports: [POOL_PORTS] }
        const echo = new DatagramEcho(
          regionOnline({ place, nat: { ...options, filtering, pool, holdDownPs: 0, shareSize: 1 } }),
        )
        sent.forEach((each, i) => {
          const atPs = i * STEP_PS
          const { sourcePort, port } = each
          if (each.kind === 'outward') echo.send(i, each.from, each.to, { sourcePort, port, atPs })
          else echo.send(i, `internet/${each.from}`, POOL, { sourcePort, port, atPs })
        })
        echo.run(SECOND)
        const seen = new Map<string, string>()
        sent.forEach((each, i) => {
          const [got, answer, drop] = [echo.got[i], echo.answers[i], echo.drops[i]]
          if (each.kind === 'stray') {
            expect(got).toBeUndefined()
            expect(['nat-no-mapping', 'nat-filtered']).toContain(drop)
            return
          }
          if (got === undefined) {
            expect(drop).toBe('nat-ports-exhausted')
            refused++
            return
          }
          const sender = `${each.from}:${each.sourcePort}`
          const tuple = `${got.from} ${got.to}`
          expect(seen.get(tuple) ?? sender).toBe(sender)
          seen.set(tuple, sender)
          expect(answer).toMatchObject({ at: each.from, from: `${each.to}:${each.port}` })
          expect(answer!.to).toMatch(new RegExp(`:${each.sourcePort}$`))
        })
      },
    )
    fc.assert(property, { numRuns: 60 })
    expect(refused).toBeGreaterThan(0)
  },
)
