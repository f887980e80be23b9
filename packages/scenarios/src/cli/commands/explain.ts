import { ConfigError, parseDuration } from '@weft/core'
import { InvalidArgumentError, Option } from 'commander'
import { type IpBlocks, withIpBlocks } from '../../compile/clusters/ip-blocks.ts'
import { askExplain, type ExplainRequest } from '../../explain/ask.ts'
import { explainLink } from '../../explain/link-load.ts'
import type { PlayedScenario } from '../../explain/network-at.ts'
import { TRANSPORTS } from '../../explain/protocols.ts'
import { renderExplanation } from '../../explain/render-explanation.ts'
import { renderLinkLoad } from '../../explain/render-link-load.ts'
import { FLOW_HORIZON_PS } from '../../schema/quantity.ts'
import { define, type Register } from '../command.ts'
import { UsageError } from '../failure.ts'
import { ipBlocksOption } from '../ip-blocks-option.ts'
import { writeJson } from '../outputs.ts'
import { scenarioArgument } from '../scenario-argument.ts'
import { EXIT, type Terminal } from '../terminal.ts'

type ExplainOptions = Omit<ExplainRequest, 'from' | 'to'> & {
  readonly from?: string
  readonly to?: string
  readonly link?: string
  readonly ipBlocks?: IpBlocks
  readonly json?: boolean
}

export const registerExplain: Register = (program, terminal) => {
  define(program, 'explain', 'Tell where a packet goes, hop by hop, and why it is delivered or dropped', [
    'weft explain scenario.yaml --from ord1/leaf-0/host-0 --to ord1/leaf-1/host-0',
    'weft explain scenario.yaml --from ord1/leaf-0/host-0 --to 10.0.0.9 --source-port 49152 --at 2.5ms',
    'weft explain manifests/ --from shop/front --to cart --port 6379',
    'weft explain scenario.yaml --from internet/client-0 --to https://shop.example.com/cart',
    'weft explain scenario.yaml --link ord1/leaf-2:ord1/spine-5 --at 3.2ms',
  ])
    .argument('<scenario|dir>', 'a scenario file, or Kubernetes manifests: a directory or a file')
    .option('--from <host>', 'the sender: a host, pod or workload, or one of its addresses')
    .option(
      '--to <host>',
      'the receiver: the same, a service, a name that the sender looks up, any address, or a URL',
    )
    .option('--link <a:b>', 'instead of a packet: what is expected to load this link')
    .addOption(
      new Option('--protocol <name>', "the protocol; default an SRV name's, else tcp").choices(TRANSPORTS),
    )
    .option('--port <number>', "the destination port; default a URL's or SRV record's, else 80", portOf)
    .addOption(
      new Option('--family <name>', 'of their addresses; default the first that both have').choices([
        'ipv4',
        'ipv6',
      ]),
    )
    .option('--source-port <number>', 'the source port; without it all ECMP members are shown', portOf)
    .option('--at <time>', 'when, after the failures and repairs up to then', instantOf, '0s')
    .addOption(ipBlocksOption())
    .option('--json', 'print one JSON document instead')
    .action(async (file: string, { ipBlocks, ...options }: ExplainOptions) => {
      const { compiled: given, warnings } = await scenarioArgument(file, terminal)
      for (const warning of warnings) terminal.note(`${file}: warning: ${warning}`)
      const compiled = judging(given, ipBlocks)
      if (options.link === undefined) explainPacket(compiled, options, terminal)
      else explainLoad(compiled, options.link, options, terminal)
    })
}

function judging(scenario: PlayedScenario, ipBlocks: IpBlocks | undefined): PlayedScenario {
  const { blueprint } = scenario
  return { ...scenario, blueprint: { ...blueprint, network: withIpBlocks(blueprint.network, ipBlocks) } }
}

function explainPacket(scenario: PlayedScenario, options: ExplainOptions, terminal: Terminal): void {
  const { from, to, json, ...request } = options
  if (from === undefined || to === undefined) throw new UsageError('explain needs --from and --to, or --link')
  const explanation = blaming(() => askExplain(scenario, { ...request, from, to }))
  terminal.exitCode = explanation.verdict === 'delivered' ? EXIT.ok : EXIT.failed
  if (json === true) writeJson(explanation, '-', terminal)
  else terminal.print(renderExplanation(explanation, terminal.color))
}

function explainLoad(
  scenario: PlayedScenario,
  link: string,
  options: ExplainOptions,
  terminal: Terminal,
): void {
  const { from, to, sourcePort, family, at, json } = options
  if ([from, to, sourcePort, family].some((option) => option !== undefined)) {
    throw new UsageError(
      '--link is about all traffic; it does not go with --from, --to, --family and --source-port',
    )
  }
  const load = blaming(() => explainLink(scenario, { link, at: at ?? '0s' }))
  if (json === true) writeJson(load, '-', terminal)
  else terminal.print(renderLinkLoad(load, terminal.color))
}

/** Says which option is at fault, where TypeScript's users hear of a key. */
function blaming<Answer>(ask: () => Answer): Answer {
  try {
    return ask()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new UsageError(
      error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'),
    )
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('Expected a port from 1 to 65535.')
  }
  return port
}

function instantOf(text: string): string {
  const parsed = parseDuration(text, { max: FLOW_HORIZON_PS, maxReason: 'no clock goes on for longer' })
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message)
  return text
}
