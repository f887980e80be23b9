import type { HostPattern } from './ingress-blueprint.ts'

/** Values by host pattern, found from the most specific: the host itself, wildcards by their suffix, any host. */
export class HostIndex<Value> {
  private readonly exact = new Map<string, Value>()
  private readonly one = new Map<string, Value>()
  private readonly some = new Map<string, Value>()
  private any: Value | undefined = undefined

  /** The value of this very pattern. */
  at(pattern: HostPattern): Value | undefined {
    if (pattern.kind === 'any') return this.any
    return pattern.kind === 'exact' ? this.exact.get(pattern.host) : this[pattern.labels].get(pattern.suffix)
  }

  set(pattern: HostPattern, value: Value): void {
    if (pattern.kind === 'any') this.any = value
    else if (pattern.kind === 'exact') this.exact.set(pattern.host, value)
    else this[pattern.labels].set(pattern.suffix, value)
  }

  /** The values of all patterns that hold for a host as `canonicalHost` gives it, the most specific first. */
  matching(host: string): Value[] {
    const found: (Value | undefined)[] = [this.exact.get(host)]
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const suffix = host.slice(dot + 1)
      const isOneLabel = host.lastIndexOf('.', dot - 1) < 0
      if (dot === 0) continue
      if (isOneLabel) found.push(this.one.get(suffix))
      found.push(this.some.get(suffix))
    }
    found.push(this.any)
    return found.filter((value) => value !== undefined)
  }
}

/** A host as patterns have it: lower case, without a port (RFC 9110 §7.2) and without the dot that ends a full name. */
export function canonicalHost(given: string): string {
  const host = given.startsWith('[') ? given.slice(1, given.indexOf(']')) : given.replace(/:\d*$/, '')
  return host.toLowerCase().replace(/\.$/, '')
}

/** One text for equal patterns. */
export function hostKey(pattern: HostPattern): string {
  if (pattern.kind === 'any') return '*'
  return pattern.kind === 'exact' ? pattern.host : `*.${pattern.suffix} ${pattern.labels}`
}

/** The pattern as people write it. */
export function formatHost(pattern: HostPattern): string {
  if (pattern.kind === 'any') return '*'
  return pattern.kind === 'exact' ? pattern.host : `*.${pattern.suffix}`
}
