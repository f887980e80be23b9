import { describe, expect, test } from 'vitest'
import { ConfigError, HandlerError } from './errors.ts'
import { Interrupt, type Process, timeout } from './process.ts'
import { Resource } from './resource.ts'
import { allOf, anyOf, Condition, Signal } from './signal.ts'
import { Simulation } from './simulation.ts'
import { US, us } from './time.ts'

function setUp() {
  const sim = new Simulation()
  const log: string[] = []
  return { sim, log, write: (what: string) => log.push(`${what} at ${sim.now / US}`) }
}

test('sleeps for what it yields', () => {
  const { sim, log, write } = setUp()
  for (const [name, periodUs] of [
    ['a', 2],
    ['b', 3],
  ] as const) {
    sim.spawn(function* () {
      for (let i = 0; i < 2; i++) {
        yield us(periodUs)
        write(name)
      }
    })
  }
  sim.run()
  expect(log).toEqual(['a at 2', 'b at 3', 'a at 4', 'b at 6'])
})

test('starts at the instant of spawn, after what was pending for it', () => {
  const { sim, log, write } = setUp()
  sim.at(0, () => write('pending'))
  sim.spawn(function* () {
    write('process')
    yield 0
    write('after a sleep of zero')
  })
  sim.at(0, () => write('pushed later'))
  sim.run()
  expect(log).toEqual(['pending at 0', 'process at 0', 'pushed later at 0', 'after a sleep of zero at 0'])
})

describe('waiting', () => {
  test('a signal wakes all its waiters in order, with its value, and late ones at once', () => {
    const { sim, log, write } = setUp()
    const signal = new Signal<string>()
    for (const [name, startUs] of [
      ['early', 0],
      ['also early', 1],
      ['late', 9],
    ] as const) {
      sim.spawn(function* () {
        yield us(startUs)
        write(`${name} got ${yield* signal.wait()}`)
      })
    }
    sim.at(us(5), () => signal.fire('news'))
    sim.run()
    expect(log).toEqual(['early got news at 5', 'also early got news at 5', 'late got news at 9'])
    expect(signal.value).toBe('news')
    expect(() => signal.fire('old news')).toThrow(/fires once/)
  })

  test('a condition wakes those that wait just then, every time', () => {
    const { sim, log, write } = setUp()
    const condition = new Condition<number>()
    sim.spawn(function* () {
      for (;;) write(`got ${yield* condition.wait()}`)
    })
    for (const time of [1, 2, 3]) sim.at(us(time), () => condition.notifyAll(time))
    sim.run()
    expect(log).toEqual(['got 1 at 1', 'got 2 at 2', 'got 3 at 3'])
    expect(condition.waiterCount).toBe(1)
  })

  test('joining gives what the other returned, even when it has ended before', () => {
    const { sim, log, write } = setUp()
    const worker = sim.spawn(function* () {
      yield us(4)
      return 42
    })
    for (const startUs of [0, 8]) {
      sim.spawn(function* () {
        yield us(startUs)
        write(`joined ${yield* worker.wait()}`)
      })
    }
    expect(worker.isAlive).toBe(true)
    sim.run()
    expect(log).toEqual(['joined 42 at 4', 'joined 42 at 8'])
    expect(worker.isAlive).toBe(false)
  })

  test('any of several, with a time limit', () => {
    const { sim, log, write } = setUp()
    const reply = new Signal<string>()
    sim.spawn(function* () {
      const first = yield* anyOf(reply, timeout(sim, us(3))).wait()
      write(`${first.index} ${first.value}`)
      const second = yield* anyOf(reply, timeout(sim, us(10))).wait()
      write(`${second.index} ${second.value}`)
      const third = yield* anyOf(timeout(sim, us(1)), reply).wait()
      write(`${third.index} ${third.value}`)
    })
    sim.at(us(7), () => reply.fire('pong'))
    sim.run()
    expect(log).toEqual(['1 undefined at 3', '0 pong at 7', '1 pong at 7'])
    expect(reply.waiterCount).toBe(0)
  })

  test('all of several, in the order named', () => {
    const { sim, log, write } = setUp()
    const worker = (delayUs: number) =>
      sim.spawn(function* () {
        yield us(delayUs)
        return delayUs
      })
    sim.spawn(function* () {
      write(`${yield* allOf(worker(5), worker(2), worker(3)).wait()}`)
      write(`${(yield* allOf().wait()).length}`)
    })
    sim.run()
    expect(log).toEqual(['5,2,3 at 5', '0 at 5'])
  })
})

describe('interrupt', () => {
  const sleeper = (write: (what: string) => void) =>
    function* () {
      for (;;) {
        try {
          yield us(10)
          write('slept')
          return
        } catch (error) {
          write(`${(error as Interrupt).reason}`)
        }
      }
    }

  test('arrives where the process waits, and what it waited for is forgotten', () => {
    const { sim, log, write } = setUp()
    const process = sim.spawn(sleeper(write))
    sim.at(us(4), () => process.interrupt('alarm'))
    sim.run()
    expect(log).toEqual(['alarm at 4', 'slept at 14'])
  })

  test('several at one instant arrive one by one', () => {
    const { sim, log, write } = setUp()
    const process = sim.spawn(sleeper(write))
    sim.at(us(4), () => {
      process.interrupt('one')
      process.interrupt('two')
    })
    sim.run()
    expect(log).toEqual(['one at 4', 'two at 4', 'slept at 14'])
  })

  test('ends the wait for a signal', () => {
    const { sim, log, write } = setUp()
    const signal = new Signal()
    const process = sim.spawn(function* () {
      try {
        yield signal
      } catch (error) {
        write(`${error instanceof Interrupt}`)
      }
    })
    sim.at(1, () => process.interrupt())
    sim.at(us(2), () => signal.fire())
    sim.run()
    expect(log).toEqual(['true at 0.000001'])
    expect(signal.waiterCount).toBe(0)
  })

  test('unhandled, it ends the run', () => {
    const { sim } = setUp()
    const process = sim.spawn(function* napping() {
      yield us(10)
    })
    sim.at(us(4), () => process.interrupt('alarm'))
    expect(() => sim.run()).toThrow('napping failed at 4000000 ps: interrupted: alarm')
  })

  test('is refused for a process that has ended and for the one that runs', () => {
    const { sim } = setUp()
    const self: Process = sim.spawn(function* narcissus() {
      yield 1
      self.interrupt()
    })
    expect(() => sim.run()).toThrow(/narcissus interrupts itself/)
    const ended = sim.spawn(function* () {
      yield 1
    }, 'short')
    sim.run()
    expect(() => ended.interrupt()).toThrow(/short has ended/)
  })
})

describe('errors', () => {
  test('what a process throws ends the run, with the name of the process', () => {
    const { sim } = setUp()
    const cause = new RangeError('out of ports')
    sim.spawn(function* natGateway() {
      yield us(3)
      throw cause
    })
    const run = () => sim.run()
    expect(run).toThrow(HandlerError)
    expect(sim.now).toBe(us(3))
    expect(() => {
      const again = new Simulation()
      again.spawn(function* natGateway() {
        yield us(3)
        throw cause
      })
      again.run()
    }).toThrow(expect.objectContaining({ message: 'natGateway failed at 3000000 ps: out of ports', cause }))
  })

  test.each([
    ['a negative delay', -5, /got -5; expected zero or more/],
    ['half a picosecond', 0.5, /got 0.5; expected whole picoseconds/],
    ['something else', 'soon', /sloppy yielded soon; expected a delay in picoseconds or a waitable/],
  ])('yielding %s', (_, yielded, message) => {
    const { sim } = setUp()
    sim.spawn(function* sloppy() {
      yield yielded as number
    })
    expect(() => sim.run()).toThrow(message)
  })
})

describe('resource', () => {
  test('serves first come, first served, as many at a time as it has servers', () => {
    const { sim, log, write } = setUp()
    const server = new Resource(2, 'server')
    for (const name of ['a', 'b', 'c', 'd']) {
      sim.spawn(function* () {
        yield* server.hold(us(5))
        write(name)
      })
    }
    sim.at(us(1), () => expect([server.inUse, server.queueLength]).toEqual([2, 2]))
    sim.run()
    expect(log).toEqual(['a at 5', 'b at 5', 'c at 10', 'd at 10'])
    expect([server.inUse, server.queueLength]).toEqual([0, 0])
  })

  test('an interrupted wait leaves the queue, an interrupted service frees the server', () => {
    const { sim, log, write } = setUp()
    const server = new Resource()
    const customer = (name: string) =>
      sim.spawn(function* () {
        try {
          yield* server.hold(us(10))
          write(name)
        } catch {
          write(`${name} left`)
        }
      })
    const [first, second] = [customer('first'), customer('second'), customer('third')]
    sim.at(us(2), () => second!.interrupt())
    sim.at(us(3), () => first!.interrupt())
    sim.run()
    expect(log).toEqual(['second left at 2', 'first left at 3', 'third at 13'])
  })

  test('refuses servers that are no number, and a release of what it does not hold', () => {
    expect(() => new Resource(0, 'door')).toThrow('capacity: door has 0 servers')
    const server = new Resource()
    const request = server.request()
    server.release(request)
    expect(() => server.release(request)).toThrow(ConfigError)
  })
})
