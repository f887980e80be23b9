import { ConfigError } from '@weft/core'

/** No such address. */
export const NO_ADDRESS = -1

/** Inside addresses that have an external one to themselves: all ports and protocols, both ways, from anybody. */
export class Attachments {
  private readonly externalOf = new Map<number, number>()
  private readonly insideOf = new Map<number, number>()

  get size(): number {
    return this.externalOf.size
  }

  /** Throws ConfigError where either address is attached already. */
  attach(inside: number, external: number): void {
    const [other, holder] = [this.externalOf.get(inside), this.insideOf.get(external)]
    if (other !== undefined)
      refuseAttachment(`inside address ${inside} has external address ${other} already; detach it first`)
    if (holder !== undefined)
      refuseAttachment(`external address ${external} stands for inside address ${holder} already`)
    this.externalOf.set(inside, external)
    this.insideOf.set(external, inside)
  }

  /** Whether it was attached. */
  detach(inside: number): boolean {
    const external = this.externalOf.get(inside)
    if (external === undefined) return false
    this.externalOf.delete(inside)
    this.insideOf.delete(external)
    return true
  }

  /** The external address of an inside one, or NO_ADDRESS. */
  external(inside: number): number {
    return this.size === 0 ? NO_ADDRESS : (this.externalOf.get(inside) ?? NO_ADDRESS)
  }

  /** The inside address of an external one, or NO_ADDRESS. */
  inside(external: number): number {
    return this.size === 0 ? NO_ADDRESS : (this.insideOf.get(external) ?? NO_ADDRESS)
  }
}

export function refuseAttachment(message: string): never {
  throw new ConfigError([{ path: ['attach'], message }])
}
