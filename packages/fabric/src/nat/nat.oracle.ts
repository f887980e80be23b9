import type { ResolvedNatOptions } from './nat-options.ts'
import {
  FILTERED,
  HOST_LIMIT,
  NO_MAPPING,
  type NatOutcome,
  PORTS_EXHAUSTED,
  TABLE_FULL,
  TRANSLATED,
} from './nat-outcome.ts'

/** A mapping as the definitions of RFC 4787 have it: a list of these, looked through from the start, is all that the oracle has. */
export interface OracleMapping {
  readonly protocol: number
  readonly inside: number
  readonly insidePort: number
  /** What its behaviour looks at; undefined: does not matter. */
  readonly remote: number | undefined
  readonly remotePort: number | undefined
  readonly external: number
  readonly port: number
  expiryPs: number
  sessions: number
  readonly flags: Set<'came in' | 'open' | 'fin in' | 'fin out'>
}

interface End {
  readonly mapping: OracleMapping
  readonly remote: number | undefined
  readonly remotePort: number | undefined
  expiryPs: number
  sessions: number
}

interface Held {
  readonly mapping: OracleMapping
  readonly untilPs: number
}

/** Which external endpoints a new mapping may get; where it lists none, it must be refused. */
export interface Legal {
  readonly outcome: NatOutcome
  /** `address:port`. */
  readonly choices: ReadonlySet<string>
}

const [TCP, UDP, ICMP] = [6, 17, 1]
const hasPorts = (protocol: number) => protocol === TCP || protocol === UDP
const kindOf = (protocol: number) =>
  protocol === TCP ? 'tcp' : protocol === UDP ? 'udp' : protocol === ICMP ? 'icmp' : 'portless'

/** Naive model of a NAT: what it must answer where that is determined, and what it may where it is not. */
export class NatOracle {
  now = 0
  mappings: OracleMapping[] = []
  ends: End[] = []
  held: Held[] = []
  private readonly options: ResolvedNatOptions
  /** The external address of an inside one, where they are paired: which it is, is for a hash to say. */
  private readonly homes: ReadonlyMap<number, number>

  constructor(options: ResolvedNatOptions, homes: ReadonlyMap<number, number>) {
    this.options = options
    this.homes = homes
  }

  advance(nowPs: number): void {
    this.now = nowPs
    this.held = this.held.filter(({ untilPs }) => untilPs > nowPs)
    for (const mapping of this.mappings.filter(({ expiryPs }) => expiryPs <= nowPs))
      this.end(mapping, mapping.expiryPs)
    this.ends = this.ends.filter(({ expiryPs }) => expiryPs > nowPs)
  }

  find(
    protocol: number,
    inside: number,
    insidePort: number,
    remote: number,
    remotePort: number,
  ): OracleMapping | undefined {
    const seen = this.seen(this.options.mapping, protocol, remote, remotePort)
    return this.mappings.find(
      (m) =>
        m.protocol === protocol &&
        m.inside === inside &&
        m.insidePort === insidePort &&
        m.remote === seen.remote &&
        m.remotePort === seen.remotePort,
    )
  }

  /** What a packet that has no mapping may get. */
  legal(protocol: number, inside: number, insidePort: number, remote: number, remotePort: number): Legal {
    const { mappingsPerHostMax, mappingsPerHostAndKindMax, capacity } = this.options
    const own = this.mappings.filter((m) => m.inside === inside)
    const kindMax = mappingsPerHostAndKindMax?.[kindOf(protocol)] ?? Infinity
    const none = new Set<string>()
    if (own.length >= mappingsPerHostMax) return { outcome: HOST_LIMIT, choices: none }
    if (own.filter((m) => kindOf(m.protocol) === kindOf(protocol)).length >= kindMax)
      return { outcome: HOST_LIMIT, choices: none }
    if (this.mappings.length === capacity) return { outcome: TABLE_FULL, choices: none }
    const choices = this.choices(protocol, inside, insidePort, remote, remotePort)
    return { outcome: choices.size === 0 ? PORTS_EXHAUSTED : TRANSLATED, choices }
  }

  make(
    protocol: number,
    inside: number,
    insidePort: number,
    remote: number,
    remotePort: number,
    external: number,
    port: number,
  ): OracleMapping {
    const seen = this.seen(this.options.mapping, protocol, remote, remotePort)
    const end = { protocol, inside, insidePort, external, port, ...seen }
    const made = { ...end, expiryPs: Infinity, sessions: 0, flags: new Set<never>() }
    this.mappings.push(made)
    return made
  }

  /** A packet of a mapping that lives by its own timer; false where the filter could not remember the remote end. */
  follow(
    m: OracleMapping,
    isInbound: boolean,
    tcpFlags: number,
    remote: number,
    remotePort: number,
  ): boolean {
    this.read(m, isInbound, tcpFlags)
    const timeoutPs = this.timeoutOf(m)
    if (!isInbound || this.options.refreshesInbound) m.expiryPs = this.now + timeoutPs
    return isInbound || this.letIn(m, remote, remotePort, timeoutPs, 0)
  }

  retain(m: OracleMapping, remote: number, remotePort: number): boolean {
    if (!this.letIn(m, remote, remotePort, Infinity, 1)) return false
    m.sessions++
    return true
  }

  release(m: OracleMapping, remote: number, remotePort: number): void {
    const end = this.endOf(m, remote, remotePort)
    if (end !== undefined && --end.sessions === 0) this.ends = this.ends.filter((other) => other !== end)
    if (--m.sessions === 0) this.end(m, this.now)
  }

  /** What becomes of a packet from outside, and whose it is. */
  inbound(
    protocol: number,
    external: number,
    port: number,
    remote: number,
    remotePort: number,
  ): { outcome: NatOutcome; mapping?: OracleMapping } {
    const seen = this.seen('address-and-port-dependent', protocol, remote, remotePort)
    const mapping = this.mappings.find(
      (m) =>
        m.protocol === protocol &&
        m.external === external &&
        m.port === port &&
        (!this.options.overloading || (m.remote === seen.remote && m.remotePort === seen.remotePort)),
    )
    if (mapping === undefined) return { outcome: NO_MAPPING }
    return this.isLetIn(mapping, remote, remotePort)
      ? { outcome: TRANSLATED, mapping }
      : { outcome: FILTERED }
  }

  private choices(
    protocol: number,
    inside: number,
    insidePort: number,
    remote: number,
    remotePort: number,
  ): ReadonlySet<string> {
    const { options } = this
    const kind = kindOf(protocol)
    const isTaken = (external: number, port: number) =>
      [...this.mappings, ...this.held.map(({ mapping }) => mapping)].some(
        (m) =>
          m.protocol === protocol &&
          m.external === external &&
          m.port === port &&
          (!options.overloading ||
            (m.remote === remote && (!hasPorts(protocol) || m.remotePort === remotePort))),
      )
    const home = options.pairing === 'paired' ? this.homes.get(inside) : undefined
    const addresses = options.pool.filter(({ address }) => home === undefined || address === home)
    const free = addresses.flatMap(({ address, ports }) =>
      ports[kind].flatMap(([from, to]) =>
        Array.from({ length: to - from + 1 }, (_, i) => from + i)
          .filter((port) => !isTaken(address, port))
          .filter((port) => !options.keepsParity || !hasPorts(protocol) || (port & 1) === (insidePort & 1))
          .map((port) => [address, port] as const),
      ),
    )
    const text = (ends: readonly (readonly [number, number])[]) => new Set(ends.map((end) => end.join(':')))
    const newest = this.newest(protocol, inside, insidePort)
    const again = free.filter(([address, port]) => address === newest?.external && port === newest.port)
    if (again.length > 0) return text(again)
    if (options.blocks !== undefined && kind !== 'portless') return text(this.inBlocks(inside, free))
    if (options.allocation !== 'preserve' || kind === 'portless') return text(free)
    const ofAddress = addresses.map(({ address, ports }) => {
      const freeThere = free.filter(([external]) => external === address)
      const kept = freeThere.filter(([, port]) => port === insidePort)
      return kept.length > 0 ? kept : this.ofClass(ports[kind], kind, insidePort, freeThere)
    })
    return text(ofAddress.flat())
  }

  /** Where ports are overloaded and preserved, the mapping whose external port an inside endpoint has again if it may. */
  private newest(protocol: number, inside: number, insidePort: number): OracleMapping | undefined {
    if (!this.options.overloading || this.options.allocation !== 'preserve') return undefined
    const isOwn = (m: OracleMapping) =>
      m.protocol === protocol && m.inside === inside && m.insidePort === insidePort
    return this.mappings.filter(isOwn).at(-1)
  }

  /** RFC 4787 REQ-3 a; Linux's classes are proved beside Linux. */
  private ofClass(
    ranges: readonly (readonly [number, number])[],
    kind: string,
    insidePort: number,
    free: readonly (readonly [number, number])[],
  ): readonly (readonly [number, number])[] {
    if (this.options.portClasses === 'none' || kind === 'icmp') return free
    const isSame = (port: number) => port < 1024 === insidePort < 1024
    const isThere = ranges.some(([from, to]) => isSame(from) || isSame(to))
    return isThere ? free.filter(([, port]) => isSame(port)) : free
  }

  private inBlocks(
    inside: number,
    free: readonly (readonly [number, number])[],
  ): readonly (readonly [number, number])[] {
    const { size, blocksMax = 1 } = this.options.blocks!
    const blockOf = (external: number, port: number) => {
      const [from, to] = this.options.pool.find(({ address }) => address === external)!.ports.tcp[0]!
      const block = Math.floor((port - from) / size)
      return port < from || (block + 1) * size > to - from + 1 ? undefined : `${external}:${block}`
    }
    const owners = new Map<string, number>()
    for (const m of [...this.mappings, ...this.held.map(({ mapping }) => mapping)])
      if (kindOf(m.protocol) !== 'portless') owners.set(blockOf(m.external, m.port)!, m.inside)
    const inOwn = free.filter(([external, port]) => owners.get(blockOf(external, port) ?? '') === inside)
    if (inOwn.length > 0) return inOwn
    const owned = [...owners.values()].filter((owner) => owner === inside).length
    if (owned >= blocksMax) return []
    return free.filter(([external, port]) => {
      const block = blockOf(external, port)
      return block !== undefined && !owners.has(block)
    })
  }

  private end(m: OracleMapping, atPs: number): void {
    this.mappings = this.mappings.filter((other) => other !== m)
    const untilPs = atPs + this.options.holdDownPs
    if (untilPs > this.now) this.held.push({ mapping: m, untilPs })
  }

  private seen(dependence: string, protocol: number, remote: number, remotePort: number) {
    const looksAtPort = dependence === 'address-and-port-dependent' && hasPorts(protocol)
    return {
      remote: dependence === 'endpoint-independent' ? undefined : remote,
      remotePort: looksAtPort ? remotePort : undefined,
    }
  }

  private isLetIn(m: OracleMapping, remote: number, remotePort: number): boolean {
    const { filtering, mapping } = this.options
    if (filtering === 'endpoint-independent') return true
    if (!this.remembers) {
      const seen = this.seen(filtering, m.protocol, remote, remotePort)
      const ofMapping = this.seen(filtering, m.protocol, m.remote!, m.remotePort ?? 0)
      return (
        mapping !== 'endpoint-independent' &&
        seen.remote === ofMapping.remote &&
        seen.remotePort === ofMapping.remotePort
      )
    }
    return this.endOf(m, remote, remotePort) !== undefined
  }

  /** Whether mappings do not tell whom the filter lets in. */
  private get remembers(): boolean {
    const strictness = ['endpoint-independent', 'address-dependent', 'address-and-port-dependent']
    return strictness.indexOf(this.options.filtering) > strictness.indexOf(this.options.mapping)
  }

  private endOf(m: OracleMapping, remote: number, remotePort: number): End | undefined {
    const seen = this.seen(this.options.filtering, m.protocol, remote, remotePort)
    return this.ends.find(
      (end) => end.mapping === m && end.remote === seen.remote && end.remotePort === seen.remotePort,
    )
  }

  private letIn(
    m: OracleMapping,
    remote: number,
    remotePort: number,
    forPs: number,
    sessions: number,
  ): boolean {
    if (!this.remembers) return true
    let end = this.endOf(m, remote, remotePort)
    if (end === undefined) {
      if (this.ends.length === this.options.capacity) return false
      const seen = this.seen(this.options.filtering, m.protocol, remote, remotePort)
      end = { mapping: m, ...seen, expiryPs: 0, sessions: 0 }
      this.ends.push(end)
    }
    end.expiryPs = this.now + forPs
    end.sessions += sessions
    return true
  }

  private read(m: OracleMapping, isInbound: boolean, flags: number): void {
    const seen = m.flags
    const [isFin, isSyn, isRst] = [(flags & 1) !== 0, (flags & 2) !== 0, (flags & 4) !== 0]
    if (m.protocol !== TCP) {
      if (isInbound) seen.add('came in')
    } else if (isRst) seen.clear()
    else if (isSyn && isInbound) seen.add('came in')
    else if (isSyn) {
      const cameIn = seen.has('came in')
      seen.clear()
      if (cameIn) seen.add('came in')
    } else {
      if (isInbound) seen.add('came in')
      else if (seen.has('came in')) seen.add('open')
      if (isFin) seen.add(isInbound ? 'fin in' : 'fin out')
    }
  }

  private timeoutOf({ protocol, flags }: OracleMapping): number {
    const { timeoutsPs } = this.options
    if (protocol === TCP) {
      const isClosed = flags.has('fin in') && flags.has('fin out')
      return flags.has('open') && !isClosed ? timeoutsPs.tcpEstablished : timeoutsPs.tcpTransitory
    }
    if (protocol === UDP) return flags.has('came in') ? timeoutsPs.udpAnswered : timeoutsPs.udp
    return protocol === ICMP ? timeoutsPs.icmp : timeoutsPs.other
  }
}
