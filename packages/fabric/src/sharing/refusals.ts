import { InvariantError } from '@weft/core'

export function refuseFlow(flow: number): never {
  throw new InvariantError(`there is no flow ${flow}: it was never added, or has been removed`)
}

export function refuseResource(resource: number, count: number): never {
  throw new InvariantError(`there is no resource ${resource}: ${count} have been added, numbered from 0`)
}

export function refuseCapacity(capacity: number): never {
  throw new InvariantError(`a capacity is 0 or more and finite, got ${capacity}`)
}

export function refuseCost(cost: number, resource: number): never {
  throw new InvariantError(`the cost at resource ${resource} is more than 0 and finite, got ${cost}`)
}

export function refuseWeight(weight: number): never {
  throw new InvariantError(`a weight is more than 0 and finite, got ${weight}`)
}

export function refuseCap(cap: number): never {
  throw new InvariantError(`a cap is 0 or more, Infinity for none, got ${cap}`)
}

export function refuseUnlimited(): never {
  throw new InvariantError('a flow that crosses no resource needs a finite cap: its rate would be infinite')
}

export function refuseTime(now: number, settledAt: number, next: number): never {
  throw new InvariantError(
    `time goes from ${settledAt} on, and no further than the next completion at ${next}, got ${now}: ` +
      'stop or complete the flow that is due first',
  )
}

export function refuseAmount(amount: number): never {
  throw new InvariantError(`the amount of a flow is 0 or more and finite, got ${amount}`)
}
