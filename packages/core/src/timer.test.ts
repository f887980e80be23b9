import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Simulation } from './simulation.ts'
import { US, us } from './time.ts'
import { Timer } from './timer.ts'

/** A simulation whose timers and calls write what happened, and when in microseconds. */
function setUp(...kinds: number[]) {
  const sim = new Simulation()
  const log: string[] = []
  const write = (what: string) => log.push(`${what} at ${sim.now / US}`)
  const owner = { name: 'owner', onTimer: (kind: number) => write(`timer ${kind}`) }
  return { sim, log, write, owner, timers: kinds.map((kind) => new Timer(sim, owner, kind)) }
}

test('fires at its deadline, once, and is then no longer armed', () => {
  const { sim, log, timers } = setUp(7)
  timers[0]!.set(us(5))
  expect(timers[0]!.armed).toBe(true)
  sim.run()
  expect(log).toEqual(['timer 7 at 5'])
  expect(timers[0]!.armed).toBe(false)
})

test('a deadline moved later is stored: one pending event however often', () => {
  const { sim, log, timers } = setUp(0)
  const timer = timers[0]!
  for (let i = 1; i <= 100; i++) {
    timer.deadline = us(i)
    timer.arm()
    expect(sim.queue.size).toBe(1)
  }
  sim.run()
  expect(log).toEqual(['timer 0 at 100'])
  expect(sim.eventsRun).toBe(2)
})

test('a deadline moved earlier fires then, and not at the former deadline again', () => {
  const { sim, log, timers } = setUp(0)
  timers[0]!.set(us(9))
  timers[0]!.set(us(2))
  expect(sim.queue.size).toBe(1)
  sim.run()
  expect(log).toEqual(['timer 0 at 2'])
  expect(sim.now).toBe(us(2))
})

test('a cancelled timer keeps no run going', () => {
  const { sim, log, timers } = setUp(0)
  timers[0]!.set(us(1000))
  sim.at(us(1), () => timers[0]!.cancel())
  sim.run()
  expect(log).toEqual([])
  expect(sim.now).toBe(us(1))
  timers[0]!.deadline = Number.POSITIVE_INFINITY
  timers[0]!.arm()
  expect(sim.queue.size).toBe(0)
})

test('can be armed again from its own expiry, and from one that was put off', () => {
  const { sim, log, write } = setUp()
  const timer: Timer = new Timer(sim, {
    onTimer: () => {
      write('tick')
      if (sim.now < us(6)) timer.set(sim.now + us(2))
    },
  })
  timer.set(us(2))
  sim.run()
  expect(log).toEqual(['tick at 2', 'tick at 4', 'tick at 6'])
})

test('at equal times: stands where it was armed or moved earlier', () => {
  const { sim, log, write, timers } = setUp(0, 1)
  sim.at(us(5), () => write('before'))
  timers[0]!.set(us(5))
  timers[1]!.set(us(9))
  sim.at(us(5), () => write('between'))
  timers[1]!.set(us(5))
  sim.run()
  expect(log).toEqual(['before at 5', 'timer 0 at 5', 'between at 5', 'timer 1 at 5'])
})

test('at equal times: moved later, stands where the deadline that was put off passed', () => {
  const { sim, log, write, timers } = setUp(0)
  timers[0]!.set(us(3))
  timers[0]!.set(us(5))
  sim.at(us(5), () => write('pushed before 3'))
  sim.at(us(4), () => sim.at(us(5), () => write('pushed at 4')))
  sim.run()
  expect(log).toEqual(['pushed before 3 at 5', 'timer 0 at 5', 'pushed at 4 at 5'])
})

test('released indices are given out again, and a released timer cannot be armed', () => {
  const { sim, log, owner, timers } = setUp(1)
  timers[0]!.set(us(1))
  timers[0]!.release()
  timers[0]!.release()
  const next = [new Timer(sim, owner, 2), new Timer(sim, owner, 3)]
  for (const timer of next) timer.set(us(4))
  sim.run()
  expect(log).toEqual(['timer 2 at 4', 'timer 3 at 4'])
  expect(() => timers[0]!.set(us(9))).toThrow(/timer 1 of owner was released/)
})

test('refuses a deadline in the past, and none at all', () => {
  const { sim, timers } = setUp(0)
  sim.at(us(3), () => timers[0]!.set(us(2)))
  expect(() => sim.run()).toThrow(/due at 2000000 ps; expected a time from 3000000 ps/)
  expect(() => timers[0]!.set(Number.NaN)).toThrow(/due at NaN ps/)
})

test('fires exactly when an event would that is cancelled and scheduled anew each time', () => {
  const move = fc.record({ atUs: fc.nat(40), deadlineUs: fc.option(fc.nat(40)) })
  const property = fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
    const { sim, log, timers } = setUp(0)
    const naive = new Simulation()
    const naiveLog: string[] = []
    let event = naive.at(0, () => {})
    for (const { atUs, deadlineUs } of moves) {
      // Odd against even times, so that no move happens at the very instant of a deadline.
      const at = us(2 * atUs + 1)
      const deadline = deadlineUs === null ? undefined : at + us(2 * deadlineUs + 1)
      sim.at(at, () => (deadline === undefined ? timers[0]!.cancel() : timers[0]!.set(deadline)))
      naive.at(at, () => {
        event.cancel()
        if (deadline !== undefined)
          event = naive.at(deadline, () => naiveLog.push(`timer 0 at ${naive.now / US}`))
      })
    }
    sim.run()
    naive.run()
    expect(log).toEqual(naiveLog)
  })
  fc.assert(property)
})
