import { ConfigError } from '@weft/core'
import type { PoolAddress } from './nat-pool.ts'
import { PORT_KINDS, type PortKind, portKindOf } from './port-kinds.ts'
import { PORT_MAX, type PortRange, usablePorts } from './port-ranges.ts'

/** In place of a part: nobody has this port. */
export const NO_PART = -1

const PARTS_MAX = 32_767

/**
 * Shares a pool out among so many NATs, 1 to 32,767, in blocks of so many consecutive ports: block by block in turn, so
 * that no two parts differ by more than a block of any kind of protocol. Ports of a range that fill no whole block go in
 * a smaller one. Throws ConfigError where some part would have no port of TCP.
 */
export function splitPool(
  pool: readonly PoolAddress[],
  parts: number,
  blockSize: number,
): readonly (readonly PoolAddress[])[] {
  refuseNonsense(parts, blockSize)
  const shares = Array.from({ length: parts }, () => new Map<number, Record<PortKind, PortRange[]>>())
  for (const kind of PORT_KINDS) {
    let turn = 0
    for (const { address, ports } of pool)
      for (const block of blocksOf(ports[kind], blockSize)) {
        const share = shares[turn++ % parts]!
        const own = share.get(address) ?? { tcp: [], udp: [], icmp: [], portless: [] }
        own[kind].push(block)
        share.set(address, own)
      }
    if (kind === 'tcp' && turn < parts)
      refusePool(
        `${turn} blocks of ${blockSize} ports for ${parts} parts; take smaller blocks or fewer parts`,
      )
  }
  return shares.map((share) =>
    [...share].map(([address, ports]) => {
      const merged = PORT_KINDS.map((kind) => [kind, usablePorts(ports[kind])])
      return { address, ports: Object.fromEntries(merged) as PoolAddress['ports'] }
    }),
  )
}

/** Which part of a split pool an external port belongs to: where replies must go. */
export class PoolParts {
  /** By kind and address, a part for each port. */
  private readonly byAddress = PORT_KINDS.map(() => new Map<number, Int16Array>())

  constructor(parts: readonly (readonly PoolAddress[])[]) {
    parts.forEach((part, i) => {
      for (const { address, ports } of part)
        PORT_KINDS.forEach((kind, k) => {
          const owners = this.byAddress[k]!.get(address) ?? new Int16Array(PORT_MAX + 1).fill(NO_PART)
          this.byAddress[k]!.set(address, owners)
          for (const [from, to] of ports[kind]) owners.fill(i, from, to + 1)
        })
    })
  }

  /** The port is 0 for protocols without ports. */
  partOf(protocol: number, address: number, port: number): number {
    return this.byAddress[portKindOf(protocol)]!.get(address)?.[port] ?? NO_PART
  }
}

function blocksOf(ranges: readonly PortRange[], size: number): PortRange[] {
  return ranges.flatMap(([from, to]) => {
    const blocks: PortRange[] = []
    for (let at = from; at <= to; at += size) blocks.push([at, Math.min(at + size - 1, to)])
    return blocks
  })
}

function refuseNonsense(parts: number, blockSize: number): void {
  if (!(Number.isInteger(parts) && parts >= 1 && parts <= PARTS_MAX))
    refusePool(`got ${parts} parts, expected a whole number from 1 to ${PARTS_MAX}`)
  if (!(Number.isInteger(blockSize) && blockSize >= 1 && blockSize <= PORT_MAX + 1))
    refusePool(`got blocks of ${blockSize} ports, expected a whole number from 1 to ${PORT_MAX + 1}`)
}

function refusePool(message: string): never {
  throw new ConfigError([{ path: ['splitPool'], message }])
}
