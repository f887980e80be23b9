import {
  type LabelRequirement,
  NAMESPACE_NAME_LABEL,
  PORT_MAX,
  PROTOCOLS,
  type WorkloadSelector,
} from '@weft/fabric'
import type { AllowedPorts } from './allowed-ports.ts'

const RANGES_SHOWN = 6

/** `TCP 80, 443; UDP 53`, `all TCP`, `all ports`. */
export function portsText(allow: readonly AllowedPorts[]): string {
  if (allow.length === 0) return 'nothing'
  const isWhole = ({ ports: [first] }: AllowedPorts) => first![0] === 1 && first![1] === PORT_MAX
  if (allow.length === PROTOCOLS.length && allow.every(isWhole)) return 'all ports'
  return allow
    .map((each) => (isWhole(each) ? `all ${each.protocol}` : `${each.protocol} ${rangesText(each.ports)}`))
    .join('; ')
}

function rangesText(ranges: AllowedPorts['ports']): string {
  const texts = ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`))
  const more = texts.length - RANGES_SHOWN
  return more <= 1 ? texts.join(', ') : `${texts.slice(0, RANGES_SHOWN).join(', ')} and ${more} more`
}

/** `pods with app=cart in namespaces with team=a`, `any pod of shop`. */
export function selectorText({ namespaces, labels }: WorkloadSelector): string {
  const pods = labels.length === 0 ? 'any pod' : `pods with ${labels.map(requirementText).join(', ')}`
  const name = nameOf(namespaces)
  if (name !== undefined) return `${pods} of ${name}`
  if (!('labels' in namespaces) || namespaces.labels.length === 0) return `${pods} of any namespace`
  return `${pods} of namespaces with ${namespaces.labels.map(requirementText).join(', ')}`
}

/** Of a selector that can find one namespace alone. */
function nameOf(namespaces: WorkloadSelector['namespaces']): string | undefined {
  if ('name' in namespaces) return namespaces.name
  const [first, ...others] = namespaces.labels
  const isName = others.length === 0 && first?.key === NAMESPACE_NAME_LABEL && first.operator === 'In'
  return isName && first.values.length === 1 ? first.values[0] : undefined
}

function requirementText({ key, operator, values }: LabelRequirement): string {
  if (operator === 'Exists') return key
  if (operator === 'DoesNotExist') return `no ${key}`
  const sign = operator === 'In' ? '=' : '≠'
  return `${key}${sign}${values.join('|')}`
}

/** `1 pod`, `2 pods`. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`

/** As short as a cell of a picture: `8080`, `53 +2`, `all`. */
export function shortPorts(allow: readonly AllowedPorts[]): string {
  if (portsText(allow) === 'all ports') return 'all'
  const ranges = allow.flatMap(({ ports }) => ports)
  const [first, last] = ranges[0] ?? [0, 0]
  const text =
    first === 1 && last === PORT_MAX ? allow[0]!.protocol : first === last ? `${first}` : `${first}–${last}`
  if (ranges.length === 1) return text.length > 8 ? `${first}…` : text
  return `${first === 1 && last === PORT_MAX ? text : first} +${ranges.length - 1}`
}
