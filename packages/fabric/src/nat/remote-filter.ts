import { copied } from '../state-table/expiry-lists.ts'
import type { Mappings } from './mappings.ts'
import type { Dependence, ResolvedNatOptions } from './nat-options.ts'
import { hasRemotePort, portKindOf } from './port-kinds.ts'
import { RemoteEnds } from './remote-ends.ts'

/** Whether a mapping or a filter looks at the remote address, and whether at the remote port too. */
export const looksAtAddress = (dependence: Dependence): boolean => dependence !== 'endpoint-independent'
export const looksAtPort = (dependence: Dependence): boolean => dependence === 'address-and-port-dependent'

/**
 * Who outside may use a mapping (RFC 4787 §5). Where a mapping is for one remote end and the filter asks for no more, the mapping
 * itself tells; else the ends that were sent to are remembered.
 */
export class RemoteFilter {
  private readonly mappings: Mappings
  private readonly seesAddress: boolean
  private readonly seesPort: boolean
  private readonly ends: RemoteEnds | undefined
  /** Tells mappings of one row apart, since ends may outlive theirs. */
  private serial = new Int32Array(0)
  private serials = 0

  constructor(clock: { readonly now: number }, options: ResolvedNatOptions, mappings: Mappings) {
    const { mapping, filtering, capacity } = options
    this.mappings = mappings
    this.seesAddress = looksAtAddress(filtering)
    this.seesPort = looksAtPort(filtering)
    const isTold = (!this.seesAddress || looksAtAddress(mapping)) && (!this.seesPort || looksAtPort(mapping))
    if (isTold) return
    this.ends = new RemoteEnds(clock, capacity)
    mappings.onResize.push((rows) => {
      this.serial = copied(new Int32Array(rows), this.serial)
    })
  }

  /** A new mapping. */
  begin(row: number): void {
    if (this.ends !== undefined) this.serial[row] = this.serials++ | 0
  }

  isLetIn(row: number, remote: number, remotePort: number): boolean {
    if (!this.seesAddress) return true
    const { mappings } = this
    if (this.ends !== undefined)
      return this.ends.has(row, this.serial[row]!, remote, this.portSeen(row, remotePort))
    if (mappings.remoteAddress[row] !== remote) return false
    return !this.seesPort || mappings.remotePortOf(row) === this.portSeen(row, remotePort)
  }

  /** Lets the far end of a packet from inside in, for so long; false where there is no room. */
  letIn(row: number, remote: number, remotePort: number, forPs: number): boolean {
    if (this.ends === undefined) return true
    return this.ends.letIn(row, this.serial[row]!, remote, this.portSeen(row, remotePort), forPs)
  }

  /** One more session with a remote end; false where there is no room. */
  retain(row: number, remote: number, remotePort: number): boolean {
    if (this.ends === undefined) return true
    return this.ends.retain(row, this.serial[row]!, remote, this.portSeen(row, remotePort))
  }

  release(row: number, remote: number, remotePort: number): void {
    this.ends?.release(row, this.serial[row]!, remote, this.portSeen(row, remotePort))
  }

  /** As much of a remote port as the filter looks at. */
  private portSeen(row: number, remotePort: number): number {
    return this.seesPort && hasRemotePort(portKindOf(this.mappings.protocol[row]!)) ? remotePort : 0
  }
}
