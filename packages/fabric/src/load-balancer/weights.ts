import { InvariantError } from '@weft/core'
import type { BalancedEndpoint } from './balancer.ts'

/** The sum of weights; throws on an empty list and on weights that are no whole numbers of 1 or more. */
export function totalWeight(endpoints: readonly BalancedEndpoint[]): number {
  if (endpoints.length === 0) throw new InvariantError('a balancer needs at least one endpoint')
  return endpoints.reduce((sum, { name, weight }) => {
    if (!(Number.isInteger(weight) && weight >= 1))
      throw new InvariantError(`endpoint ${name} has weight ${weight}; expected a whole number of 1 or more`)
    return sum + weight
  }, 0)
}
