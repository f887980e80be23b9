import { expect, test } from 'vitest'
import { Digest } from './digest.ts'
import { randomStream } from './random.ts'

type Event = [time: number, handler: number, a: number, b: number]

function digestOf(events: readonly Event[]): bigint {
  const digest = new Digest()
  for (const event of events) digest.add(...event)
  return BigInt(`0x${digest}`)
}

function bitsIn(word: bigint): number {
  return word.toString(2).replaceAll('0', '').length
}

function without(events: readonly Event[], index: number): Event[] {
  return events.filter((_, i) => i !== index)
}

const random = randomStream('digest', 'events')
const someEvents = (count: number): Event[] =>
  Array.from({ length: count }, () => [
    Math.floor(random.next() * 2 ** 53),
    random.int(1000),
    random.int(2 ** 31) - 2 ** 30,
    random.int(2 ** 31) - 2 ** 30,
  ])

test('any one bit of an event turns about half of the bits of the digest', () => {
  const flips: ((event: Event, bit: number) => Event)[] = [
    ([time, handler, a, b], bit) => [Number(BigInt(time) ^ (1n << BigInt(bit % 53))), handler, a, b],
    ([time, handler, a, b], bit) => [time, handler ^ (1 << (bit % 20)), a, b],
    ([time, handler, a, b], bit) => [time, handler, a ^ (1 << (bit % 32)), b],
    ([time, handler, a, b], bit) => [time, handler, a, b ^ (1 << (bit % 32))],
  ]
  for (const [field, flip] of flips.entries()) {
    let turned = 0
    let turnedMin = 64
    const trials = 2000
    for (let trial = 0; trial < trials; trial++) {
      // Both the first of several events and the last.
      const events = someEvents(1 + (trial % 4))
      const changed = [flip(events[0]!, trial), ...events.slice(1)]
      const bits = bitsIn(digestOf(events) ^ digestOf(changed))
      turned += bits
      turnedMin = Math.min(turnedMin, bits)
    }
    // 64 fair coins have mean 32 and standard deviation 4: the mean of 2,000 is within 0.4, the least above 10.
    expect(Math.abs(turned / trials - 32), `field ${field}`).toBeLessThan(0.5)
    expect(turnedMin, `field ${field}`).toBeGreaterThan(8)
  }
})

test('the order of events counts, also among events of one instant that differ little', () => {
  const digests = new Set<bigint>()
  const events: Event[] = Array.from({ length: 7 }, (_, i) => [1000, i & 1, i >> 1, 0])
  const permute = (done: readonly Event[], rest: readonly Event[]): void => {
    if (rest.length === 0) digests.add(digestOf(done))
    for (const [i, next] of rest.entries()) permute([...done, next], without(rest, i))
  }
  permute([], events)
  expect(digests.size).toBe(5040)
})

test('small differences do not collide: every small event, and every pair of fields swapped', () => {
  const digests = new Set<bigint>()
  for (let time = 0; time < 16; time++) {
    for (let handler = 0; handler < 16; handler++) {
      for (let a = 0; a < 16; a++) for (let b = 0; b < 16; b++) digests.add(digestOf([[time, handler, a, b]]))
    }
  }
  expect(digests.size).toBe(16 ** 4)
})

test('a missing, an additional and a repeated event show', () => {
  const events = someEvents(50)
  const variants = events.flatMap((event, i) => [
    without(events, i),
    [...events.slice(0, i), event, ...events.slice(i)],
  ])
  const digests = new Set([events, ...variants, [...events, [0, 0, 0, 0] as Event], []].map(digestOf))
  expect(digests.size).toBe(103)
})

test('stays what it was: results of different versions of the same model can be compared', () => {
  const events: Event[] = Array.from({ length: 1000 }, (_, i) => [i * 1_000_003, i % 7, i, -i])
  expect(digestOf([]).toString(16)).toBe('a1a70fc5bca40b87')
  expect(digestOf(events).toString(16)).toBe('3710760b4856214e')
})
