import { ConfigError } from './errors.ts'

/** Something that a process can wait for, with the value it is woken with. */
export abstract class Waitable<Value> {
  readonly #waiters = new Set<Waiter>()

  get waiterCount(): number {
    return this.#waiters.size
  }

  /** `const value = yield* waitable.wait()` in a process: the typed form of `yield waitable`. */
  *wait(): Generator<this, Value, unknown> {
    return (yield this) as Value
  }

  subscribe(waiter: Waiter): void {
    this.#waiters.add(waiter)
  }

  unsubscribe(waiter: Waiter): void {
    this.#waiters.delete(waiter)
  }

  /** Wakes all that wait now, in the order in which they came. */
  protected wakeAll(value: Value): void {
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    for (const waiter of waiters) waiter.wake(value)
  }
}

export interface Waiter {
  wake(value: unknown): void
}

/** Something that happens once: who waits for it later is woken at once, with the same value. */
export class Signal<Value = void> extends Waitable<Value> {
  #fired: { readonly value: Value } | undefined

  get hasFired(): boolean {
    return this.#fired !== undefined
  }

  /** What it was fired with; undefined before. */
  get value(): Value | undefined {
    return this.#fired?.value
  }

  fire(value: Value): void {
    if (this.#fired !== undefined) {
      throw new ConfigError([
        { path: ['fire'], message: 'a signal fires once; what happens again is a Condition' },
      ])
    }
    this.#fired = { value }
    this.wakeAll(value)
  }

  override subscribe(waiter: Waiter): void {
    if (this.#fired === undefined) super.subscribe(waiter)
    else waiter.wake(this.#fired.value)
  }
}

/** Something that happens again and again: each time wakes those that wait just then. */
export class Condition<Value = void> extends Waitable<Value> {
  notifyAll(value: Value): void {
    this.wakeAll(value)
  }
}

/** Which of several waitables was first, and its value. */
export interface First {
  readonly index: number
  readonly value: unknown
}

/** Fires with the first of these; of those that have fired already, the first named. */
export function anyOf(...waitables: readonly Waitable<unknown>[]): Signal<First> {
  const first = new Signal<First>()
  const waiters = waitables.map((_, index): Waiter => ({ wake: (value) => decide({ index, value }) }))
  const decide = (outcome: First) => {
    if (first.hasFired) return
    for (const [index, waitable] of waitables.entries()) waitable.unsubscribe(waiters[index]!)
    first.fire(outcome)
  }
  for (const [index, waitable] of waitables.entries())
    if (!first.hasFired) waitable.subscribe(waiters[index]!)
  return first
}

/** Fires with the values of all of these, in the order named, once the last has come. */
export function allOf(...waitables: readonly Waitable<unknown>[]): Signal<unknown[]> {
  const all = new Signal<unknown[]>()
  const values: unknown[] = waitables.map(() => undefined)
  let missing = waitables.length
  if (missing === 0) all.fire(values)
  for (const [index, waitable] of waitables.entries()) {
    waitable.subscribe({
      wake: (value) => {
        values[index] = value
        if (--missing === 0) all.fire(values)
      },
    })
  }
  return all
}
