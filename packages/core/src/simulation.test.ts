import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigError, HandlerError, RunawayError } from './errors.ts'
import { HeapQueue } from './event-queue/heap-queue.ts'
import { type EventHandler, Simulation } from './simulation.ts'
import { LONG_TIME_MAX, TIME_MAX, us } from './time.ts'
import { Timer } from './timer.ts'
import { EventTrace } from './trace.ts'

/** A small model that mixes everything: events, timers, calls and processes, with many equal times. */
function mixedModel(seed: string, queue: 'calendar' | 'heap' = 'calendar') {
  const sim = new Simulation({ seed, queue })
  const random = sim.random('model')
  const timer = new Timer(sim, { onTimer: () => {} })
  const node: EventHandler = {
    name: 'node',
    onEvent: (ttl) => {
      timer.set(sim.now + random.int(8) * 100)
      if (random.int(4) === 0) timer.cancel()
      if (ttl > 0) for (let i = 0; i < 2; i++) sim.schedule(sim.now + random.int(5) * 100, id, ttl - 1)
      if (random.int(3) === 0) sim.after(random.int(4) * 100, () => {})
    },
  }
  const id = sim.register(node)
  sim.spawn(function* ticker() {
    for (let i = 0; i < 20; i++) yield random.int(4) * 100
  })
  sim.schedule(0, id, 6)
  return sim
}

describe('run', () => {
  test('runs events up to and including the horizon and leaves the clock there', () => {
    const sim = new Simulation()
    const seen: number[] = []
    for (const time of [10, 20, 21]) sim.at(time, () => seen.push(sim.now))
    expect(sim.run(20)).toBe(2)
    expect(seen).toEqual([10, 20])
    expect(sim.run(20)).toBe(0)
    expect(sim.run(30)).toBe(1)
    expect(sim.now).toBe(30)
  })

  test('without a horizon ends with the last event and leaves the clock there', () => {
    const sim = new Simulation()
    sim.at(us(3), () => {})
    sim.run()
    expect(sim.now).toBe(us(3))
  })

  test('stop ends it after the current event, and the next run goes on', () => {
    const sim = new Simulation()
    const seen: string[] = []
    sim.at(5, () => {
      seen.push('first')
      sim.stop()
    })
    sim.at(5, () => seen.push('second'))
    sim.run(100)
    expect([...seen, sim.now]).toEqual(['first', 5])
    sim.run(100)
    expect([...seen, sim.now]).toEqual(['first', 'second', 100])
  })

  test('any cut into slices gives the same events and the same digest', () => {
    const property = fc.property(fc.string(), fc.array(fc.nat(4000)), (seed, cuts) => {
      const whole = mixedModel(seed)
      const count = whole.run()
      const sliced = mixedModel(seed)
      const counts = [...cuts].sort((a, b) => a - b).map((until) => sliced.run(until))
      counts.push(sliced.run())
      expect(counts.reduce((a, b) => a + b)).toBe(count)
      expect(sliced.digest.toString()).toBe(whole.digest.toString())
    })
    fc.assert(property, { numRuns: 60 })
  })

  test('both queues give the same digest, different seeds different ones', () => {
    const digests = new Set<string>()
    for (let seed = 0; seed < 20; seed++) {
      const [fast, reference] = [mixedModel(`${seed}`), mixedModel(`${seed}`, 'heap')]
      expect(fast.run()).toBe(reference.run())
      expect(fast.digest.toString()).toBe(reference.digest.toString())
      digests.add(fast.digest.toString())
    }
    expect(digests.size).toBe(20)
  })

  test('refuses horizons that the clock cannot represent', () => {
    const sim = new Simulation()
    expect(() => sim.run(2 ** 53)).toThrow(/until: the horizon is 9007199254740992 ps; .* 2.5 hours/)
    expect(() => sim.run(Number.NaN)).toThrow(ConfigError)
    expect(() => sim.run(0.5)).toThrow(/whole picoseconds/)
    expect(sim.run(TIME_MAX)).toBe(0)
  })

  test('runs for weeks where that is asked for: calls, timers, processes', () => {
    const HOUR = 3600e12
    const WEEK = 168 * HOUR
    const digests = (['calendar', 'heap'] as const).map((queue) => {
      const sim = new Simulation({ queue, timeMaxPs: LONG_TIME_MAX })
      const seen: string[] = []
      sim.at(4 * WEEK, () => seen.push(`call at ${sim.now / HOUR} h`))
      sim.after(WEEK, () => sim.after(WEEK, () => seen.push(`second call at ${sim.now / HOUR} h`)))
      const timer = new Timer(sim, { onTimer: () => seen.push(`timer at ${sim.now / HOUR} h`) })
      timer.set(2 * HOUR)
      // put off again and again, it fires once
      sim.spawn(function* keepAlive() {
        for (let hour = 0; hour < 500; hour++) {
          timer.set(sim.now + 3 * HOUR)
          yield HOUR
        }
      })
      sim.run(5 * WEEK)
      expect(sim.now).toBe(5 * WEEK)
      expect(seen).toEqual(['second call at 336 h', 'timer at 502 h', 'call at 672 h'])
      return sim.digest.toString()
    })
    expect(digests[0]).toBe(digests[1])
  })

  test('refuses what is later than its own end', () => {
    const sim = new Simulation({ timeMaxPs: 1e18 })
    expect(() => sim.run(1.1e18)).toThrow(
      /the horizon is 1100000000000000000 ps; expected up to 1000000000000000000 ps/,
    )
    expect(() => sim.at(1.1e18, () => {})).toThrow(/expected whole picoseconds up to 1000000000000000000/)
    expect(() => sim.after(1.1e18, () => {})).toThrow(/from 0 ps is later than 1000000000000000000 ps/)
    expect(() => sim.schedule(1.1e18, 0)).toThrow(/which is now, to 1000000000000000000 ps/)
    expect(sim.run()).toBe(0)
  })

  test.each([0, 1.5, 2 ** 63, Number.NaN, Number.POSITIVE_INFINITY])('refuses to end at %d', (timeMaxPs) => {
    expect(() => new Simulation({ timeMaxPs })).toThrow(
      /timeMaxPs: got .*; expected whole picoseconds from 1 to 2\^63/,
    )
  })

  test('leaves the end of time to a queue of your own', () => {
    const queue = new HeapQueue({ timeMaxPs: 1e17 })
    expect(() => new Simulation({ queue, timeMaxPs: 1e18 })).toThrow(/timeMaxPs: stands beside a queue/)
    const sim = new Simulation({ queue })
    expect(sim.run(1e17)).toBe(0)
    expect(() => sim.run(2e17)).toThrow(/expected up to 100000000000000000 ps/)
  })

  test('refuses to run within a run', () => {
    const sim = new Simulation()
    sim.at(0, () => void sim.run())
    expect(() => sim.run()).toThrow(/must not call run/)
  })

  test('ends with an error when advanceTo has left events overdue', () => {
    const sim = new Simulation()
    sim.at(us(1), () => {})
    sim.advanceTo(us(2))
    expect(() => sim.run()).toThrow(/due at 1000000 ps, but it is 2000000 ps already/)
  })
})

describe('at and after', () => {
  test('answer what the call is cancelled by', () => {
    const sim = new Simulation()
    const seen: string[] = []
    const calls = ['a', 'b', 'c'].map((name, i) => sim.after(us(i), () => seen.push(name)))
    expect(calls[1]!.cancel()).toBe(true)
    expect(calls[1]!.cancel()).toBe(false)
    sim.run()
    expect(calls[0]!.cancel()).toBe(false)
    expect(seen).toEqual(['a', 'c'])
  })

  test('a stale call cancels nothing, though its slot serves another', () => {
    const sim = new Simulation()
    let count = 0
    const stale = sim.after(1, () => count++)
    sim.run()
    sim.after(1, () => count++)
    expect(stale.cancel()).toBe(false)
    sim.run()
    expect(count).toBe(2)
  })

  test.each([
    ['past', (sim: Simulation) => sim.at(9, () => {}), 'timePs: 9 ps is in the past: it is 10 ps now'],
    [
      'fraction',
      (sim: Simulation) => sim.at(10.5, () => {}),
      'timePs: got 10.5; expected whole picoseconds up to 2^53 - 1',
    ],
    [
      'NaN',
      (sim: Simulation) => sim.after(Number.NaN, () => {}),
      'delayPs: got NaN; expected whole picoseconds',
    ],
    [
      'negative',
      (sim: Simulation) => sim.after(-1, () => {}),
      'delayPs: got -1; expected zero or more: the past cannot be changed',
    ],
    [
      'too late',
      (sim: Simulation) => sim.after(TIME_MAX, () => {}),
      `delayPs: ${TIME_MAX} ps from 10 ps is later than 2^53 - 1 ps`,
    ],
  ])('refuse: %s', (_, schedule, message) => {
    const sim = new Simulation()
    sim.run(10)
    expect(() => schedule(sim)).toThrow(
      new ConfigError([{ path: [message.split(': ')[0]!], message: message.replace(/^\w+: /, '') }]),
    )
  })
})

describe('what goes wrong names the handler', () => {
  test('time that stands still', () => {
    const sim = new Simulation({ eventsPerInstantMax: 1000 })
    const echo: EventHandler = { name: 'echo', onEvent: () => void sim.schedule(sim.now, id) }
    const id = sim.register(echo)
    sim.schedule(70, id)
    expect(() => sim.run()).toThrow(
      'time stands still at 70 ps after 1000 events there, the last for echo; ' +
        'if the model needs so many at one instant, raise eventsPerInstantMax',
    )
  })

  test('time that stands still across slices of a run', () => {
    const sim = new Simulation({ eventsPerInstantMax: 1000 })
    const echo: EventHandler = {
      name: 'echo',
      onEvent: () => {
        sim.schedule(sim.now, id)
        sim.stop()
      },
    }
    const id = sim.register(echo)
    sim.schedule(0, id)
    expect(() => {
      for (let i = 0; i < 2000; i++) sim.run(10)
    }).toThrow(RunawayError)
  })

  test.each(['calendar', 'heap'] as const)('more pending events than allowed: %s', (queue) => {
    const sim = new Simulation({ queue, pendingEventsMax: 5000 })
    const [quiet, flood] = ['quiet', 'flood'].map((name) =>
      sim.register({ name, onEvent: () => spread() }),
    ) as [number, number]
    const spread = () => {
      for (let i = 1; i <= 3; i++) sim.schedule(sim.now + i * us(1), flood)
    }
    for (let i = 0; i < 100; i++) sim.schedule(us(900) + i, quiet)
    sim.schedule(0, flood)
    expect(() => sim.run()).toThrow(
      /^more than 5000 events are pending at \d+ ps, 4900 of them for flood; .* raise pendingEventsMax$/,
    )
  })

  test('a handler that throws: the original error is the cause', () => {
    const sim = new Simulation()
    const cause = new TypeError('no such port')
    const id = sim.register({
      name: 'leaf-1',
      onEvent: () => {
        throw cause
      },
    })
    sim.schedule(us(2), id)
    let caught: unknown
    try {
      sim.run()
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(HandlerError)
    expect(caught).toMatchObject({
      message: 'leaf-1 failed at 2000000 ps: no such port',
      handler: 'leaf-1',
      timePs: us(2),
      cause,
    })
  })

  test('a timer that expires and a function that is called', () => {
    const fail = () => {
      throw new Error('broken')
    }
    const sim = new Simulation()
    new Timer(sim, { name: 'sender 3', onTimer: fail }, 2).set(5)
    expect(() => sim.run()).toThrow('timer 2 of sender 3 failed at 5 ps: broken')
    sim.after(1, fail)
    expect(() => sim.run()).toThrow('the call of fail failed at 6 ps: broken')
  })

  test('options that make no sense', () => {
    expect(() => new Simulation({ queue: 'fibonacci' as 'heap' })).toThrow(
      'queue: got fibonacci; expected calendar, heap',
    )
    expect(() => new Simulation({ eventsPerInstantMax: 0 })).toThrow(/^eventsPerInstantMax: got 0/)
    expect(() => new Simulation({ pendingEventsMax: 0 })).toThrow(/^pendingEventsMax: got 0/)
  })
})

describe('trace', () => {
  test('sees every event in order and dumps the last ones by name', () => {
    const sim = new Simulation()
    const trace = new EventTrace(3)
    sim.trace = trace
    const id = sim.register({ name: 'port', onEvent: () => {} })
    for (let i = 0; i < 6; i++) sim.schedule(us(i), id, i, -i)
    sim.run()
    expect(trace.count).toBe(6)
    expect(trace.capacity).toBe(4)
    expect([...trace.events()].map(({ a }) => a)).toEqual([2, 3, 4, 5])
    expect(trace.dump((handler) => sim.nameOf(handler)).split('\n')).toEqual([
      '2 earlier events were overwritten; a larger capacity keeps more',
      '#2 2000000 ps port (2, -2)',
      '#3 3000000 ps port (3, -3)',
      '#4 4000000 ps port (4, -4)',
      '#5 5000000 ps port (5, -5)',
    ])
  })

  test('does not change the run', () => {
    const [plain, traced] = [mixedModel('x'), mixedModel('x')]
    const trace = new EventTrace(16)
    traced.trace = trace
    plain.run()
    expect(traced.run()).toBe(trace.count)
    expect(traced.digest.toString()).toBe(plain.digest.toString())
  })

  test('refuses a capacity that is none', () => {
    expect(() => new EventTrace(0)).toThrow(/^capacity: got 0; expected a whole number/)
  })
})
