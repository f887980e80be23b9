import type { Quantity } from '@weft/core'
import type { EcmpBlueprint, LinkOptions, QueueBlueprint } from '@weft/fabric'
import type { EcmpInput, LinkDetails, LinkInput, QueueInput } from '../../schema/fabric.ts'
import { DEFAULTS } from '../defaults.ts'
import type { Path, Problems } from '../problems.ts'

/** Settings that a fabric has for all its switches, hosts and links. */
export interface FabricSettings {
  readonly queue: QueueBlueprint
  readonly nicQueue: QueueBlueprint
  readonly ecmp: EcmpBlueprint
}

interface SettingsInput {
  readonly queue?: QueueInput | undefined
  readonly nicQueue?: QueueInput | undefined
  readonly ecmp?: EcmpInput | undefined
}

export function fabricSettings(input: SettingsInput, path: Path, problems: Problems): FabricSettings {
  const queue =
    input.queue === undefined ? DEFAULTS.queue : queueBlueprint(input.queue, [...path, 'queue'], problems)
  const nicQueue =
    input.nicQueue === undefined ? queue : queueBlueprint(input.nicQueue, [...path, 'nicQueue'], problems)
  const ecmp =
    input.ecmp === undefined ? DEFAULTS.ecmp : ecmpBlueprint(input.ecmp, [...path, 'ecmp'], problems)
  return { queue, nicQueue, ecmp }
}

export function linkOptions(
  input: LinkInput,
  settings: FabricSettings,
  path: Path,
  problems: Problems,
): LinkOptions {
  const details = typeof input === 'number' ? { rate: input } : input
  const own = linkChange(details, path, problems)
  const queues = own.queue === undefined ? settings : { queue: own.queue, nicQueue: own.queue }
  return {
    delayPs: DEFAULTS.delayPs,
    framing: 'ethernet',
    bitErrorRate: 0,
    cost: 1,
    ...own,
    rateBps: details.rate,
    queue: queues.queue,
    nicQueue: queues.nicQueue,
  }
}

/** What the user gave of a link, and no defaults. */
export function linkChange(
  input: LinkDetails,
  path: Path,
  problems: Problems,
): Partial<Omit<LinkOptions, 'nicQueue'>> {
  const { rate, delay, framing, bitErrorRate, queue, weight, cost } = input
  return {
    ...(rate !== undefined && { rateBps: rate }),
    ...(delay !== undefined && { delayPs: delay }),
    ...(framing !== undefined && {
      framing: framing === 'ethernet' ? framing : ownFraming(framing),
    }),
    ...(bitErrorRate !== undefined && { bitErrorRate }),
    ...(queue !== undefined && { queue: queueBlueprint(queue, [...path, 'queue'], problems) }),
    ...(weight !== undefined && { weight }),
    ...(cost !== undefined && { cost }),
  }
}

const ownFraming = ({ overhead, slot }: { overhead: number; slot?: number | undefined }) => ({
  overheadBytes: overhead,
  ...(slot !== undefined && { slotBytesMin: slot }),
})

function queueBlueprint(input: QueueInput, path: Path, problems: Problems): QueueBlueprint {
  const capacity = input.capacity === undefined ? DEFAULTS.queue.capacity : amount(input.capacity)
  if (input.ecnThreshold === undefined) {
    if (input.markAt !== undefined)
      problems.refuseKey([...path, 'markAt'], '"markAt" has no effect without "ecnThreshold"')
    return { capacity }
  }
  const threshold = amount(input.ecnThreshold)
  if (largerOrEqual(threshold, capacity)) {
    problems.warn(
      [...path, 'ecnThreshold'],
      'the threshold is not below the capacity: packets drop before any is marked',
    )
  }
  return { capacity, ecn: { threshold, markAt: input.markAt ?? DEFAULTS.markAt } }
}

type Amount = QueueBlueprint['capacity']

const amount = ({ dimension, value }: Quantity): Amount =>
  dimension === 'packets' ? { packets: value } : { bytes: value }

function largerOrEqual(a: Amount, b: Amount): boolean {
  if ('packets' in a && 'packets' in b) return a.packets >= b.packets
  return 'bytes' in a && 'bytes' in b && a.bytes >= b.bytes
}

export function ecmpBlueprint(input: EcmpInput, path: Path, problems: Problems): EcmpBlueprint {
  if (typeof input === 'string') return { ...DEFAULTS.ecmp, mode: input }
  if (input.flowletGap !== undefined && input.mode !== 'flowlet') {
    problems.refuseKey(
      [...path, 'flowletGap'],
      `"flowletGap" has no effect in mode ${input.mode}; it belongs to flowlet`,
    )
  }
  const { mode, weights = DEFAULTS.ecmp.weights, flowletGap = DEFAULTS.ecmp.flowletGapPs } = input
  return { mode, weights, flowletGapPs: flowletGap }
}
