import { resolveTcpOptions, TCP_OPTION_RANGES } from '@weft/fabric'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { star } from '../../run/small-scenarios.fixture.ts'
import { compileScenario } from '../compile.ts'

/** Values about the ends of a range, and the ends themselves. */
const about = (option: keyof typeof TCP_OPTION_RANGES) => {
  const { min, max } = TCP_OPTION_RANGES[option]
  const ends = fc.constantFrom(min, max, min - 1, max + 1)
  return fc.oneof(
    { arbitrary: ends, weight: 1 },
    { arbitrary: fc.integer({ min, max: Math.min(max, 100_000) }), weight: 9 },
  )
}
const bytes = (option: keyof typeof TCP_OPTION_RANGES) =>
  about(option).map((value) => `${Math.min(value, Number.MAX_SAFE_INTEGER)}B`)
const time = fc.constantFrom('1ps', '1us', '1ms', '200ms', '1s', '120s', '121s')
const flag = fc.boolean()

const tcp = fc.record(
  {
    mss: bytes('mssBytes'),
    initialWindow: about('initialWindowSegments'),
    initialRto: time,
    minRto: time,
    maxRto: fc.constantFrom('199ms', '120s', '10min', '11min'),
    synRetries: about('synRetries'),
    sack: flag,
    duplicateAcks: about('duplicateAckThreshold'),
    delayedAckSegments: about('delayedAckSegments'),
    sendBuffer: fc.oneof(bytes('sendBufferBytes'), fc.constant('1MB')),
    receiveBuffer: fc.oneof(bytes('receiveBufferBytes'), fc.constant('1MB')),
    windowScaling: flag,
    initialSsthresh: fc.constantFrom('unlimited', '1B', '64kB'),
    timestamps: flag,
  },
  { requiredKeys: [] },
)

it('what the border accepts, the transport takes; what it refuses, it refuses in words', () => {
  const counts = { accepted: 0, refused: 0 }
  const property = fc.property(tcp, fc.constantFrom('newreno', 'dctcp'), (options, control) => {
    const entry = { from: 'r/h1', to: 'r/h2', burst: '1kB', transport: { [control]: options } }
    const compiled = compileScenario({ weft: 1, regions: star(2), traffic: [entry] })
    if (compiled.ok) {
      counts.accepted++
      const { transport } = compiled.value.blueprint.traffic[0]!
      if (transport.kind === 'tcp') expect(resolveTcpOptions(transport.options).control).toBe(control)
      return
    }
    counts.refused++
    for (const { path, message } of compiled.issues) {
      expect(path.slice(0, 4)).toEqual(['traffic', 0, 'transport', control])
      expect(message).not.toMatch(/Bytes|Ps\b|undefined/)
    }
  })
  fc.assert(property, { numRuns: 400 })
  expect(Math.min(counts.accepted, counts.refused)).toBeGreaterThan(20)
})
