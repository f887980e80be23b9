import { type Conditions, compareConditions, conditionsOf, fieldsOf, holdFor } from './conditions.ts'
import { canonicalHost, HostIndex } from './host-index.ts'
import type { HttpRequest, RequestAction, RequestRules } from './ingress-blueprint.ts'
import { PathIndex } from './path-index.ts'

/** No rule matches. */
export const UNROUTED = -1

const NOT_FOUND: RequestAction = { kind: 'answer', status: 404 }

/** Request rules compiled: a look-up per label of the host and per element of the path, however many rules there are. */
export class RequestRouter {
  private readonly rules: RequestRules
  private readonly conditions: readonly Conditions[]
  private readonly hosts = new HostIndex<PathIndex>()

  constructor(rules: RequestRules) {
    this.rules = rules
    this.conditions = rules.rules.map(conditionsOf)
    const indexes = new Set<PathIndex>()
    for (const [rule, { host, path }] of rules.rules.entries()) {
      let index = this.hosts.at(host)
      if (index === undefined) {
        index = new PathIndex()
        indexes.add(index)
        this.hosts.set(host, index)
      }
      index.add(path, rule)
    }
    const compare = (a: number, b: number) =>
      compareConditions(this.conditions[a]!, this.conditions[b]!) || a - b
    for (const index of indexes) index.seal(compare)
  }

  /** The index of the rule that takes a request, or UNROUTED. */
  match(request: HttpRequest): number {
    const path = pathOf(request)
    const fields = fieldsOf(request)
    const wanted = (rule: number) => holdFor(this.conditions[rule]!, fields)
    for (const index of this.hosts.matching(canonicalHost(request.host))) {
      const rule = index.find(path, wanted)
      if (rule !== UNROUTED || !this.rules.fallsThroughHosts) return rule
    }
    return UNROUTED
  }

  /** What becomes of a request that this rule took; UNROUTED gives what becomes of the others. */
  action(rule: number): RequestAction {
    return rule === UNROUTED ? (this.rules.otherwise ?? NOT_FOUND) : this.rules.rules[rule]!.action
  }
}

/** Without the query; an empty path is the root (RFC 9110 §4.2.3). */
function pathOf({ path }: HttpRequest): string {
  const end = path.indexOf('?')
  const whole = end < 0 ? path : path.slice(0, end)
  return whole === '' ? '/' : whole
}
