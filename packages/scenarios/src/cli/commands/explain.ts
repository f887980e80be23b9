import { parseDuration } from '@weft/core'
import type { Blueprint } from '@weft/fabric'
import { InvalidArgumentError, Option } from 'commander'
import { HostIndex } from '../../compile/hosts.ts'
import { type Endpoint, type ExplainQuestion, explain, findEndpoint } from '../../explain/explain.ts'
import { networkAt } from '../../explain/network-at.ts'
import { renderExplanation } from '../../explain/render-explanation.ts'
import { HORIZON_MAX_PS } from '../../schema/quantity.ts'
import { define, type Register } from '../command.ts'
import { UsageError } from '../failure.ts'
import { writeJson } from '../outputs.ts'
import { scenarioArgument } from '../scenario-argument.ts'
import { EXIT } from '../terminal.ts'

interface ExplainOptions {
  readonly from: string
  readonly to: string
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
  readonly sourcePort?: number
  readonly at: number
  readonly json?: boolean
}

export const registerExplain: Register = (program, terminal) => {
  define(program, 'explain', 'Tell where a packet goes, hop by hop, and why it is delivered or dropped', [
    'weft explain scenario.yaml --from ord1/leaf-0/host-0 --to ord1/leaf-1/host-0',
    'weft explain scenario.yaml --from ord1/leaf-0/host-0 --to 10.0.0.9 --source-port 49152 --at 2.5ms',
  ])
    .argument('<scenario>', 'a scenario file')
    .requiredOption('--from <host>', 'the sender: a host or one of its addresses')
    .requiredOption('--to <host>', 'the receiver: a host or one of its addresses')
    .addOption(new Option('--protocol <name>', 'the protocol').choices(['tcp', 'udp']).default('tcp'))
    .option('--port <number>', 'the destination port', portOf, 80)
    .option('--source-port <number>', 'the source port; without it all ECMP members are shown', portOf)
    .option('--at <time>', 'when, after the failures and repairs up to then', instantOf, 0)
    .option('--json', 'print one JSON document instead')
    .action((file: string, options: ExplainOptions) => {
      const { compiled, warnings } = scenarioArgument(file)
      for (const warning of warnings) terminal.note(`${file}: warning: ${warning}`)
      const explanation = explain(compiled.blueprint, questionOf(compiled.blueprint, options))
      terminal.exitCode = explanation.verdict === 'delivered' ? EXIT.ok : EXIT.failed
      if (options.json === true) writeJson(explanation, '-', terminal)
      else terminal.print(renderExplanation(explanation, terminal.color))
    })
}

function questionOf(blueprint: Blueprint, options: ExplainOptions): ExplainQuestion {
  const { protocol, port, sourcePort, at } = options
  const { network } = networkAt(blueprint, 0)
  const hosts = new HostIndex(blueprint.network)
  const names = [options.from, options.to]
  const families = names.some((name) => name.includes(':'))
    ? (['ipv6'] as const)
    : (['ipv4', 'ipv6'] as const)
  for (const family of families) {
    const [from, to] = names.map((name) => findEndpoint(network, name, family))
    if (from === undefined || to === undefined) continue
    refuseSame(from, to)
    return { from, to, protocol, port, atPs: at, ...(sourcePort !== undefined && { sourcePort }) }
  }
  for (const [option, name] of [
    ['--from', options.from],
    ['--to', options.to],
  ] as const) {
    const known = families.some((family) => findEndpoint(network, name, family) !== undefined)
    if (!known) throw new UsageError(`${option}: ${hosts.unknownHost(name)}`)
  }
  throw new UsageError('--from and --to have no addresses of one family')
}

function refuseSame(from: Endpoint, to: Endpoint): void {
  if (from.host === to.host) throw new UsageError(`--to: ${to.host} is the sender itself; name another host`)
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('Expected a port from 1 to 65535.')
  }
  return port
}

function instantOf(text: string): number {
  const parsed = parseDuration(text, { max: HORIZON_MAX_PS, maxReason: 'the packet clock ends there' })
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message)
  return parsed.value
}
