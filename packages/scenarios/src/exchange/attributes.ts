import { parseDuration, parseSize, printDuration, printSize } from '@weft/core'
import type { Given } from './given.ts'
import { given } from './given.ts'
import type { ExchangeLink, ExchangeNode } from './network.ts'
import type { Source } from './source.ts'

/**
 * Words of our own for formats that let everybody add some: keys of GraphML, labels of containerlab. With them a network
 * comes back as it was. The values are those of scenario files.
 */
export type Attributes = Readonly<Record<string, string>>

export const ATTRIBUTE_PREFIX = 'weft.'

export function nodeAttributes({ kind, tier, bond }: ExchangeNode): Attributes {
  return given({
    'weft.kind': kind,
    'weft.tier': tier,
    'weft.bond': bond === true ? 'true' : undefined,
  }) as Attributes
}

export function linkAttributes(link: ExchangeLink): Attributes {
  const { delayPs, cost, weight, bitErrorRate, overheadBytes, slotBytesMin, tier } = link
  return given({
    'weft.delay': delayPs === undefined ? undefined : printDuration(delayPs),
    'weft.cost': cost === undefined ? undefined : String(cost),
    'weft.weight': weight === undefined ? undefined : String(weight),
    'weft.bitErrorRate': bitErrorRate === undefined ? undefined : String(bitErrorRate),
    'weft.overhead': overheadBytes === undefined ? undefined : printSize(overheadBytes),
    'weft.slot': slotBytesMin === undefined ? undefined : printSize(slotBytesMin),
    'weft.tier': tier,
  }) as Attributes
}

type NodeProperties = Given<Pick<ExchangeNode, 'tier' | 'bond'> & { kind: 'switch' | 'host' | undefined }>
type LinkProperties = Pick<
  ExchangeLink,
  'delayPs' | 'cost' | 'weight' | 'bitErrorRate' | 'overheadBytes' | 'slotBytesMin' | 'tier'
>

/** An attribute as it was found. */
export interface Attribute {
  readonly value: string
  readonly line: number
}
export type FoundAttributes = ReadonlyMap<string, Attribute>

export function nodeProperties(found: FoundAttributes, source: Source): NodeProperties {
  const kind = found.get('weft.kind')
  const bond = found.get('weft.bond')
  if (kind !== undefined && kind.value !== 'switch' && kind.value !== 'host')
    source.refuse(kind.line, `weft.kind is ${JSON.stringify(kind.value)}; expected switch or host`)
  if (bond !== undefined && bond.value !== 'true' && bond.value !== 'false')
    source.refuse(bond.line, `weft.bond is ${JSON.stringify(bond.value)}; expected true or false`)
  return given({
    kind: kind?.value as 'switch' | 'host' | undefined,
    tier: found.get('weft.tier')?.value,
    bond: bond === undefined ? undefined : bond.value === 'true',
  }) as NodeProperties
}

const LINK_NUMBERS = { cost: [1, 65_535], weight: [1, 65_535], bitErrorRate: [0, 0.999_999] } as const

export function linkProperties(found: FoundAttributes, source: Source): LinkProperties {
  const quantity = (name: string, parse: typeof parseDuration): number | undefined => {
    const attribute = found.get(name)
    if (attribute === undefined) return undefined
    const parsed = parse(attribute.value)
    if (parsed.ok) return parsed.value
    source.refuse(attribute.line, `${name}: ${parsed.message}`)
    return undefined
  }
  const number = (name: keyof typeof LINK_NUMBERS): number | undefined => {
    const attribute = found.get(`${ATTRIBUTE_PREFIX}${name}`)
    if (attribute === undefined) return undefined
    const [min, max] = LINK_NUMBERS[name]
    const value = attribute.value.trim() === '' ? Number.NaN : Number(attribute.value)
    if (value >= min && value <= max && (max < 1 || Number.isInteger(value))) return value
    const expected = max < 1 ? `a number from ${min} to ${max}` : `a whole number from ${min} to ${max}`
    source.refuse(attribute.line, `weft.${name} is ${JSON.stringify(attribute.value)}; expected ${expected}`)
    return undefined
  }
  return given({
    delayPs: quantity('weft.delay', parseDuration),
    overheadBytes: quantity('weft.overhead', parseSize),
    slotBytesMin: quantity('weft.slot', parseSize),
    cost: number('cost'),
    weight: number('weight'),
    bitErrorRate: number('bitErrorRate'),
    tier: found.get('weft.tier')?.value,
  })
}
