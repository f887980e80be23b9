import type { ExchangeNetwork } from './network.ts'
import { readBatfish } from './batfish/read-batfish.ts'
import { writeBatfish } from './batfish/write-batfish.ts'
import { readContainerlab } from './containerlab/read-containerlab.ts'
import { writeContainerlab } from './containerlab/write-containerlab.ts'
import { readGraphml } from './graphml/read-graphml.ts'
import { writeGraphml } from './graphml/write-graphml.ts'
import type { Notes } from './notes.ts'
import type { ReadOptions } from './read-options.ts'
import { readSndlibNative } from './sndlib/read-native.ts'
import { readSndlibXml } from './sndlib/read-xml.ts'
import { writeSndlibNative } from './sndlib/write-native.ts'
import { writeSndlibXml } from './sndlib/write-xml.ts'
import type { Source } from './source.ts'

interface Format {
  readonly title: string
  /** Whether its files say how fast links are. */
  readonly hasRates: boolean
  readonly read: (source: Source, notes: Notes, options: ReadOptions) => ExchangeNetwork
  readonly write: (network: ExchangeNetwork, notes: Notes) => string
}

/** Every format of networks, by the name that the command line calls it. */
export const networkFormats = {
  graphml: { title: 'GraphML of the Topology Zoo', hasRates: true, read: readGraphml, write: writeGraphml },
  'sndlib-xml': { title: 'SNDlib XML', hasRates: true, read: readSndlibXml, write: writeSndlibXml },
  'sndlib-native': {
    title: 'SNDlib native',
    hasRates: true,
    read: readSndlibNative,
    write: writeSndlibNative,
  },
  containerlab: {
    title: 'containerlab topology',
    hasRates: false,
    read: readContainerlab,
    write: writeContainerlab,
  },
  batfish: { title: 'Batfish layer-1 JSON', hasRates: false, read: readBatfish, write: writeBatfish },
} satisfies Record<string, Format>

export type NetworkFormat = keyof typeof networkFormats

export const networkFormatNames = Object.keys(networkFormats) as NetworkFormat[]

/** A format, and what gave it away. */
export interface FormatGuess {
  readonly format: NetworkFormat | 'csv'
  readonly reason: string
}

/** The format by the file's first words, else by its name; undefined where neither tells. */
export function guessFormat({ file, text }: Source): FormatGuess | undefined {
  return guessByContent(text) ?? guessByName(file)
}

const HEAD_LENGTH = 100_000
const LINE_LENGTH = 1_000

function guessByContent(text: string): FormatGuess | undefined {
  const head = text.slice(0, HEAD_LENGTH).trimStart()
  if (/^(#[^\n]*\n\s*)*\?\s*SNDlib/.test(head)) return { format: 'sndlib-native', reason: 'its first line' }
  if (head.startsWith('<')) {
    const root = /<(?:[\w.-]+:)?(graphml|network)[\s/>]/.exec(head)?.[1]
    if (root === 'graphml') return { format: 'graphml', reason: 'its element <graphml>' }
    return root === 'network' ? { format: 'sndlib-xml', reason: 'its element <network>' } : undefined
  }
  if (head.startsWith('{') && /"edges"\s*:/.test(head))
    return { format: 'batfish', reason: 'its key "edges"' }
  // No \s, which runs over lines: a file of blanks would take quadratic time.
  if (/^[ \t{]*"?topology"?[ \t]*:/m.test(head)) return { format: 'containerlab', reason: 'its key topology' }
  const [line = ''] = head
    .replace(/^(#[^\n]*\n)+/, '')
    .slice(0, LINE_LENGTH)
    .split('\n', 1)
  const cells = line.split(',')
  const isList = cells.length > 1 && cells.some((cell) => /^\s*(from|source|src)\s*$/i.test(cell))
  return isList ? { format: 'csv', reason: 'its first line' } : undefined
}

const NAMES: readonly (readonly [RegExp, FormatGuess['format']])[] = [
  [/\.graphml$/i, 'graphml'],
  [/\.clab\.ya?ml$/i, 'containerlab'],
  [/layer1_topology\.json$/i, 'batfish'],
  [/\.csv$/i, 'csv'],
]

function guessByName(file: string): FormatGuess | undefined {
  const found = NAMES.find(([pattern]) => pattern.test(file))
  return found === undefined ? undefined : { format: found[1], reason: 'its name' }
}
