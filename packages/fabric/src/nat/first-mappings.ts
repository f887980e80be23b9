const NOTES_MAX = 10

/** What stood for what, and towards whom at first. Addresses are interned. */
export interface MappingNote {
  readonly atPs: number
  readonly protocol: number
  readonly inside: number
  readonly insidePort: number
  readonly external: number
  readonly externalPort: number
  readonly remote: number
  readonly remotePort: number
}

/** What is asked of a mapping. */
interface MappingEnds {
  protocolOf(mapping: number): number
  insideAddressOf(mapping: number): number
  insidePortOf(mapping: number): number
  externalAddressOf(mapping: number): number
  externalPortOf(mapping: number): number
}

/** The first ten mappings of a NAT, by which its way to choose ports can be seen. */
export class FirstMappings {
  readonly notes: MappingNote[] = []

  note(of: MappingEnds, mapping: number, remote: number, remotePort: number, atPs: number): void {
    if (this.notes.length === NOTES_MAX) return
    this.notes.push({
      atPs,
      protocol: of.protocolOf(mapping),
      inside: of.insideAddressOf(mapping),
      insidePort: of.insidePortOf(mapping),
      external: of.externalAddressOf(mapping),
      externalPort: of.externalPortOf(mapping),
      remote,
      remotePort,
    })
  }
}
