import type { HostBlueprint } from '../blueprint/network.ts'
import type { AddressTable } from '../model/address-table.ts'
import type { AddressRange, HostAddresses } from '../routing/destinations.ts'
import type { Topology } from '../routing/topology.ts'

type Family = 'ipv4' | 'ipv6'

/** An address that goes from one host to another. */
export interface MovedAddress {
  readonly address: number
  /** Node index of the host that had it until now. */
  readonly from: number
}

/**
 * Which host has which address. One that several have in their blueprints is at one of them at a time: at first at the first that
 * runs, and then at whichever takes it over.
 */
export class AddressHolders {
  /** Ids by interface, of what each host has now. */
  readonly now: HostAddresses
  private readonly byInterface = new Map<number, readonly (readonly number[])[]>()
  private readonly ranges = new Map<number, AddressRange>()
  private readonly holder: number[] = []
  /** By host that shares any with others: ids by interface, whoever has them. */
  private readonly listed = new Map<number, readonly (readonly number[])[]>()
  private readonly first = { ipv4: new Map<number, number>(), ipv6: new Map<number, number>() }
  private readonly addresses: AddressTable

  /** Interns in order of nodes, then interfaces, so that the ids of what a host is the first to have are consecutive. */
  constructor(topology: Topology, addresses: AddressTable, runs: (node: number) => boolean) {
    this.now = this.byInterface
    this.addresses = addresses
    const bearers = new Map<number, number[]>()
    topology.nodes.forEach((node, index) => {
      if (node.kind !== 'host') return
      const first = addresses.size
      const { interfaces } = node as HostBlueprint
      const all = interfaces.map((nic) => nic.addresses.map((address) => addresses.intern(address)))
      this.byInterface.set(index, all)
      for (const address of all.flat()) {
        const holder = this.holder[address]
        if (holder === undefined) this.holder[address] = index
        else if (holder !== index) bearers.set(address, [...(bearers.get(address) ?? [holder]), index])
        const firsts = this.first[addresses.isIpv6(address) ? 'ipv6' : 'ipv4']
        if (!firsts.has(index)) firsts.set(index, address)
      }
      this.ranges.set(index, { first, count: addresses.size - first })
    })
    for (const [address, hosts] of bearers) this.share(address, hosts, runs)
  }

  /** The node index of the host that has this address. */
  hostOf(address: number): number | undefined {
    return this.holder[address]
  }

  /** A host's first address of this family, had by it or not now; undefined when it has none. */
  firstOf(host: number, family: Family): number | undefined {
    return this.first[family].get(host)
  }

  /**
   * What stands for a host as a sender that has no address of this family any more: as nobody has that on an interface, what is
   * sent from it is dropped at the host. A host number of RFC 1122 §3.2.1.3 (b), or a link's own address (RFC 4291 §2.5.6).
   */
  noneOf(host: number, family: Family): number {
    for (let number = host + 1; ; number++) {
      const text =
        family === 'ipv4'
          ? `0.${(number >>> 16) & 0xff}.${(number >>> 8) & 0xff}.${number & 0xff}`
          : `fe80::${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`
      const address = this.addresses.intern(text)
      this.holder[address] ??= host
      if (this.holder[address] === host) return address
    }
  }

  /** The ids that belong to a host, consecutive; beside these it may have some that were another's first. */
  rangeOf(host: number): AddressRange {
    return this.ranges.get(host)!
  }

  /** What this host would take from others. */
  wantedBy(host: number): readonly MovedAddress[] {
    const all = this.listed.get(host)?.flat() ?? []
    return all.flatMap((address) => {
      const from = this.holder[address]!
      return from === host ? [] : [{ address, from }]
    })
  }

  /** From now on this host has what it shares with others. */
  takeOver(host: number): void {
    const wanted = this.wantedBy(host)
    for (const { address, from } of wanted) {
      this.without(from, address)
      this.holder[address] = host
    }
    if (wanted.length > 0) this.byInterface.set(host, this.listed.get(host)!)
  }

  private share(address: number, hosts: readonly number[], runs: (node: number) => boolean): void {
    const [first] = hosts
    const holder = hosts.find(runs) ?? first!
    for (const host of hosts) {
      if (!this.listed.has(host)) this.listed.set(host, this.byInterface.get(host)!)
      if (host !== holder) this.without(host, address)
    }
    this.holder[address] = holder
  }

  private without(host: number, address: number): void {
    const all = this.byInterface.get(host)!
    this.byInterface.set(
      host,
      all.map((nic) => nic.filter((each) => each !== address)),
    )
  }
}
