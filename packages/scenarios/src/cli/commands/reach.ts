import { type PolicyProtocol, policyWarnings, PORT_MAX, PROTOCOLS } from '@weft/fabric'
import { Option } from 'commander'
import {
  Alike,
  classesJson,
  Connectivity,
  exposureGroups,
  matrixJson,
  reachJson,
  renderReach,
} from '../../connectivity/index.ts'
import type { IpBlocks } from '../../compile/clusters/ip-blocks.ts'
import { define, type Register } from '../command.ts'
import { UsageError } from '../failure.ts'
import { writeText } from '../files.ts'
import { ipBlocksOption } from '../ip-blocks-option.ts'
import { type ReachArgument, reachArgument } from '../reach-argument.ts'
import { checkTargets } from '../targets.ts'
import type { Terminal } from '../terminal.ts'

interface ReachFlags {
  readonly protocol?: PolicyProtocol
  readonly port?: number
  readonly listening?: boolean
  readonly per: 'workload' | 'pod' | 'class'
  readonly ipBlocks?: IpBlocks
  readonly policyOnly?: boolean
  readonly fabric?: boolean
  readonly json?: boolean
  readonly svg?: string
}

export const registerReach: Register = (program, terminal) => {
  define(program, 'reach', 'Tell who may connect to whom: all workloads, every port of TCP, UDP and SCTP', [
    'weft reach manifests/',
    'weft reach manifests/ --json | jq .connections',
    'weft reach manifests/ --protocol tcp --port 5432 --json',
    'weft reach scenario.yaml --svg reach.svg',
  ])
    .argument('<scenario|dir>', 'a scenario file, or Kubernetes manifests: a directory or a file')
    .addOption(new Option('--protocol <name>', 'this protocol alone: tcp, udp or sctp').argParser(protocolOf))
    .addOption(new Option('--port <number>', 'this port alone, of TCP or of --protocol').argParser(portOf))
    .option('--listening', 'only ports that containers of the destination declare')
    .addOption(
      new Option(
        '--per <what>',
        'what stands for itself: a workload with all its pods, each pod, or a class of pods that are alike',
      )
        .choices(['workload', 'pod', 'class'])
        .default('workload'),
    )
    .addOption(
      new Option(
        '--policy-only',
        'what policies permit, whether or not the fabric of the scenario carries it; so for manifests alone without --fabric',
      ).conflicts('fabric'),
    )
    .option('--fabric', 'for manifests alone: also what a fabric that is made up for them carries')
    .addOption(ipBlocksOption())
    .option('--json', 'print one JSON document instead')
    .option('--svg <file.svg>', 'draw who may connect to whom, too')
    .action(async (path: string, flags: ReachFlags) => {
      checkTargets({ '--svg': flags.svg }, [path])
      const per = flags.per === 'workload' ? 'workload' : 'pod'
      const argument = await reachArgument(path, { ...flags, per }, terminal)
      const asked = { ...flags, ...(flags.port !== undefined && { protocol: flags.protocol ?? 'TCP' }) }
      const connectivity = new Connectivity(argument.subject, asked)
      noteWarnings(argument, connectivity, terminal)
      if (flags.svg !== undefined) {
        const { drawReach } = await import('../../connectivity/draw-reach.ts')
        writeText(flags.svg, drawReach(new Alike(connectivity), { title: titleOf(argument, asked) }))
      }
      await answer(argument, connectivity, asked, terminal)
    })
}

async function answer(
  argument: ReachArgument,
  connectivity: Connectivity,
  { json, per, protocol, port }: ReachFlags,
  terminal: Terminal,
): Promise<void> {
  if (json !== true) {
    const exposure = exposureGroups(connectivity)
    const { color } = terminal
    const { path: subject, noun } = argument
    terminal.print(renderReach(new Alike(connectivity), exposure, { color, subject, noun }))
  } else if (per === 'class')
    await terminal.printParts(classesJson(connectivity, exposureGroups(connectivity)))
  else if (port !== undefined)
    await terminal.printParts(matrixJson(connectivity, { protocol: protocol!, port }))
  else await terminal.printParts(reachJson(connectivity, exposureGroups(connectivity)))
}

const titleOf = ({ path }: ReachArgument, { protocol, port }: ReachFlags): string =>
  port === undefined
    ? `Who may connect to whom in ${path}`
    : `Who may connect to whom on ${protocol} ${port} in ${path}`

/** What manifests' own warnings, which know lines, do not tell, and a scenario's. */
function noteWarnings(
  { path, isScenario }: ReachArgument,
  { engine }: Connectivity,
  terminal: Terminal,
): void {
  const kinds = ['equal-priority', 'shared-address', ...(isScenario ? [] : ['unknown-domain'])]
  for (const { kind, message } of policyWarnings(engine))
    if (kinds.includes(kind)) terminal.note(`${path}: warning: ${message}`)
}

function protocolOf(text: string): PolicyProtocol {
  const protocol = PROTOCOLS.find((name) => name === text.toUpperCase())
  if (protocol !== undefined) return protocol
  throw new UsageError(`--protocol: got ${JSON.stringify(text)}; expected tcp, udp or sctp`)
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= PORT_MAX) return port
  throw new UsageError(`--port: got ${JSON.stringify(text)}; expected a whole number from 1 to ${PORT_MAX}`)
}
