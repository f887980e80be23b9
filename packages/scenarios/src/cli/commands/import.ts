import { parseRate } from '@weft/core'
import { InvalidArgumentError, Option } from 'commander'
import {
  DEMANDS_BYTES_MAX,
  formatNote,
  type ImportedNetwork,
  type ImportOptions,
  importNetwork,
  type NetworkFormat,
  networkFormatNames,
  networkFormats,
  writeDemandsCsv,
} from '../../exchange/index.ts'
import { NETWORK_BYTES_MAX } from '../../exchange/source.ts'
import { many } from '../../report/format.ts'
import { VERSION } from '../../version.ts'
import { define, type Register } from '../command.ts'
import { readBytes, writeText } from '../files.ts'
import { writeJson } from '../outputs.ts'
import { checkTargets } from '../targets.ts'
import type { Terminal } from '../terminal.ts'

interface ImportFlags {
  readonly format?: NetworkFormat
  readonly output?: string
  readonly json?: boolean
  readonly region?: string
  readonly rate?: number
  readonly unit?: number
  readonly hosts?: 'each' | 'own'
  readonly hostRate?: number
  readonly hostNodes?: string[]
  readonly largestPart?: boolean
  readonly demands?: string
  readonly demandsOut?: string
}

export const registerImport: Register = (program, terminal) => {
  define(program, 'import', 'Make a scenario of a network in the format of another tool', [
    'weft import Abilene.graphml -o abilene.yaml && weft check abilene.yaml',
    'weft import abilene.xml --demands matrix.csv -o abilene.yaml',
    'weft import lab.clab.yml --rate 25Gbps --host-nodes "client*"',
    'weft import layer1_topology.json --json | jq .notes',
  ])
    .argument('<file>', 'GraphML, SNDlib (XML or native), containerlab or Batfish layer-1 JSON')
    .addOption(new Option('--format <name>', 'the format, instead of a guess').choices(networkFormatNames))
    .option('-o, --output <file>', 'write the scenario to this file instead of standard output')
    .option('--json', 'print one JSON document with the scenario, the notes and the names instead')
    .option('--region <name>', 'name of the region; by default what the network is called, or net', regionOf)
    .option('--rate <rate>', 'rate of links that the file gives none', rateOf)
    .option(
      '--unit <rate>',
      'what a capacity or demand of 1 is in SNDlib; by default what the file says, or 1Mbps',
      rateOf,
    )
    .addOption(
      new Option(
        '--hosts <which>',
        'each: attach a host to every switch; own: those of the file alone (default where there are some)',
      ).choices(['each', 'own']),
    )
    .option(
      '--host-rate <rate>',
      'rate of links to attached hosts; by default as fast as all links of the switch',
      rateOf,
    )
    .option(
      '--host-nodes <patterns...>',
      'nodes that are hosts: names or patterns, or none; instead of a guess',
    )
    .option('--largest-part', 'of a network in several parts take the largest')
    .option('--demands <file>', 'demands from this file, CSV or SNDlib, instead of those of the network')
    .option('--demands-out <file.csv>', 'write the demands here instead of making streams of them')
    .action((file: string, flags: ImportFlags) => {
      const { output, demands, demandsOut } = flags
      checkTargets({ '--output': output, '--demands-out': demandsOut }, [file, demands])
      const bytes = readBytes(file, NETWORK_BYTES_MAX)
      const imported = importNetwork(file, bytes, optionsOf(flags))
      report(file, imported, flags, terminal)
    })
}

function optionsOf(flags: ImportFlags): ImportOptions {
  const { format, region, rate, unit, hosts, hostRate, hostNodes, largestPart, demands, demandsOut } = flags
  return {
    ...(format !== undefined && { format }),
    ...(region !== undefined && { region }),
    ...(rate !== undefined && { rateBps: rate }),
    ...(unit !== undefined && { unitBps: unit }),
    ...(hosts !== undefined && { hosts }),
    ...(hostRate !== undefined && { hostRateBps: hostRate }),
    ...(hostNodes !== undefined && { hostNodes: hostNodes.filter((pattern) => pattern !== 'none') }),
    ...(largestPart !== undefined && { largestPart }),
    ...(demands !== undefined && {
      demandsFile: { file: demands, bytes: readBytes(demands, DEMANDS_BYTES_MAX) },
    }),
    demands: demandsOut === undefined ? 'streams' : 'apart',
  }
}

function report(file: string, imported: ImportedNetwork, flags: ImportFlags, terminal: Terminal): void {
  const { output, json, demandsOut } = flags
  const { format, guessedBy, data, text, notes, names, demands } = imported
  const counts = countsOf(imported)
  if (guessedBy !== undefined)
    terminal.note(`${file}: read as ${networkFormats[format].title} (--format ${format}), by ${guessedBy}`)
  for (const note of notes) terminal.note(formatNote(note))
  if (demandsOut !== undefined) writeText(demandsOut, writeDemandsCsv(demands))
  if (output !== undefined) {
    writeText(output, text)
    terminal.note(
      `Wrote ${output}: ${many(counts.switches, 'switch', 'switches')}, ${many(counts.hosts, 'host')}, ` +
        `${many(counts.links, 'link')}, ${many(counts.demands, 'demand')}. Next: weft check ${output}`,
    )
  }
  if (json === true) {
    const document = { schema: 1, weft: VERSION, source: file, format, counts, notes, names, scenario: data }
    writeJson({ ...document, demands }, '-', terminal)
  } else if (output === undefined) terminal.print(text)
}

function countsOf({ data, demands }: ImportedNetwork) {
  const [region] = Object.values(data.regions)
  const { switches = [], hosts, links } = region!.fabric.graph!
  return { switches: switches.length, hosts: hosts.length, links: links.length, demands: demands.length }
}

function rateOf(text: string): number {
  const parsed = parseRate(text, { positive: true })
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message)
  return parsed.value
}

function regionOf(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text))
    throw new InvalidArgumentError('Expected a name of letters, digits, ".", "_" and "-".')
  return text
}
