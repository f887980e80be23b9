import { ConfigError, parseDuration } from '@weft/core'
import type { Blueprint } from '@weft/fabric'
import { InvalidArgumentError, Option } from 'commander'
import { askExplain, type ExplainRequest } from '../../explain/ask.ts'
import type { Explanation } from '../../explain/explain.ts'
import { renderExplanation } from '../../explain/render-explanation.ts'
import { HORIZON_MAX_PS } from '../../schema/quantity.ts'
import { define, type Register } from '../command.ts'
import { UsageError } from '../failure.ts'
import { writeJson } from '../outputs.ts'
import { scenarioArgument } from '../scenario-argument.ts'
import { EXIT } from '../terminal.ts'

type ExplainOptions = ExplainRequest & { readonly json?: boolean }

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
    .option('--at <time>', 'when, after the failures and repairs up to then', instantOf, '0s')
    .option('--json', 'print one JSON document instead')
    .action((file: string, { json, ...request }: ExplainOptions) => {
      const { compiled, warnings } = scenarioArgument(file)
      for (const warning of warnings) terminal.note(`${file}: warning: ${warning}`)
      const explanation = explanationOf(compiled.blueprint, request)
      terminal.exitCode = explanation.verdict === 'delivered' ? EXIT.ok : EXIT.failed
      if (json === true) writeJson(explanation, '-', terminal)
      else terminal.print(renderExplanation(explanation, terminal.color))
    })
}

/** Says which option is at fault, where TypeScript's users hear of a key. */
function explanationOf(blueprint: Blueprint, request: ExplainRequest): Explanation {
  try {
    return askExplain(blueprint, request)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new UsageError(error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'))
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
  const parsed = parseDuration(text, { max: HORIZON_MAX_PS, maxReason: 'the packet clock ends there' })
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message)
  return text
}
