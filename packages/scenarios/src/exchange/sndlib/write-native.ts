import type { ExchangeNetwork } from '../network.ts'
import type { Notes } from '../notes.ts'
import { UNLIMITED } from './model.ts'
import { decimal, sndNetworkOf } from './prepare.ts'

/** SNDlib's native format. */
export function writeSndlibNative(network: ExchangeNetwork, notes: Notes): string {
  const { meta, nodes, links, demands } = sndNetworkOf(network, notes)
  return [
    '?SNDlib native format; type: network; version: 1.0',
    `# network ${(network.name ?? 'net').replace(/\s+/g, ' ')}`,
    '# capacities and demands in Mbit/s; coordinates are not known',
    ...section(
      'META',
      [...meta].map(([key, { value }]) => `${key} = ${value}`),
    ),
    ...section(
      'NODES',
      nodes.map(({ id, x = 0, y = 0 }) => `${id} ( ${x} ${y} )`),
    ),
    ...section(
      'LINKS',
      links.map(({ id, source, target, preInstalled, routingCost, setupCost }) => {
        const { capacity, cost } = preInstalled
        return `${id} ( ${source} ${target} ) ${decimal(capacity)} ${cost} ${routingCost} ${setupCost} ( )`
      }),
    ),
    ...section(
      'DEMANDS',
      demands.map(({ id, source, target, routingUnit, value }) =>
        [id, '(', source, target, ')', routingUnit, decimal(value), UNLIMITED].join(' '),
      ),
    ),
    ...section('ADMISSIBLE_PATHS', []),
    '',
  ].join('\n')
}

const section = (name: string, lines: readonly string[]) => [
  '',
  `${name} (`,
  ...lines.map((line) => `  ${line}`),
  ')',
]
