import { inCluster } from './label-selector.ts'
import type { PolicyProtocol, PolicyWorkload } from './policy-blueprint.ts'
import { PROTOCOLS } from './port-set.ts'

/** What the port names that rules ask for stand for at some workloads; one object for all that agree. */
export interface NamedPorts {
  readonly id: number
  /** `name/TCP` to its numbers. */
  readonly numbers: ReadonlyMap<string, readonly number[]>
}

/** Of who names no ports that a rule asks for. */
export const NO_NAMED_PORTS: NamedPorts = { id: 0, numbers: new Map() }

export const portNameKey = (name: string, protocol: PolicyProtocol, cluster?: string): string =>
  inCluster(cluster, `${name}/${protocol}`)

/** Those that a rule's named port can stand for: of one protocol, or of any. */
export const portNameKeys = (
  name: string,
  protocol: PolicyProtocol | undefined,
  cluster?: string,
): string[] =>
  protocol === undefined
    ? PROTOCOLS.map((each) => portNameKey(name, each, cluster))
    : [portNameKey(name, protocol, cluster)]

/** The port names in use by rules, and what they mean at workloads. */
export class PortNames {
  private readonly uses = new Map<string, number>()
  private readonly meanings = new Map<string, NamedPorts>([['', NO_NAMED_PORTS]])

  /** True if a name came into use. */
  use(keys: readonly string[]): boolean {
    let isNew = false
    for (const key of keys) {
      const before = this.uses.get(key) ?? 0
      isNew ||= before === 0
      this.uses.set(key, before + 1)
    }
    return isNew
  }

  /** True if a name went out of use. */
  release(keys: readonly string[]): boolean {
    let isGone = false
    for (const key of keys) {
      const left = this.uses.get(key)! - 1
      if (left > 0) this.uses.set(key, left)
      else isGone = this.uses.delete(key)
    }
    return isGone
  }

  /** Of a workload's ports only those that some rule asks for by name: others tell nobody apart. */
  meaningFor(ports: PolicyWorkload['ports'], cluster?: string): NamedPorts {
    const numbers = new Map<string, number[]>()
    for (const { name, protocol, port } of ports) {
      const key = name === undefined ? undefined : portNameKey(name, protocol, cluster)
      if (key === undefined || !this.uses.has(key)) continue
      const known = numbers.get(key) ?? []
      if (!known.includes(port))
        numbers.set(
          key,
          [...known, port].sort((a, b) => a - b),
        )
    }
    const text = [...numbers]
      .map(([key, values]) => `${key}=${values}`)
      .sort()
      .join()
    let meaning = this.meanings.get(text)
    if (meaning === undefined) {
      meaning = { id: this.meanings.size, numbers }
      this.meanings.set(text, meaning)
    }
    return meaning
  }
}
