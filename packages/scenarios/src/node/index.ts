import { dirname } from 'node:path'
import { type Scenario, scenario, type ScenarioOptions } from '../builders/scenario.ts'
import { filesNamed } from '../cli/cluster-source.ts'
import { readBytes } from '../cli/files.ts'
import { ManifestError, type ManifestTexts } from '../kubernetes/index.ts'
import { looksLikeFile } from '../life/plan-policies.ts'
import { readScenario } from '../parse/read-scenario.ts'
import { decodeText, FILE_BYTES_MAX } from '../parse/text.ts'
import { MANIFEST_BYTES_MAX } from '../cli/manifest-text.ts'

/**
 * The text of manifests by the names of their files, as `manifests` of a scenario takes them: of files, directories with all
 * below them, and patterns with `*` in a name. Throws an Error where one cannot be read.
 */
export const readManifestTexts = (...paths: readonly string[]): ManifestTexts => textsIn('.', paths)

/**
 * A scenario file with the text of its manifests in the place of their paths, which stand from where it is. Throws a
 * ScenarioFileError, a ConfigError or a ManifestError with everything wrong in it, an Error where something cannot be read.
 */
export function openScenario(path: string): Scenario {
  const { data } = readScenario(path, readBytes(path, FILE_BYTES_MAX))
  return scenario(withTexts(data, dirname(path)) as ScenarioOptions)
}

function textsIn(folder: string, patterns: readonly string[]): ManifestTexts {
  return Object.fromEntries(
    filesNamed(folder, patterns).map(({ file, bytes }) => {
      const decoded = decodeText(bytes, MANIFEST_BYTES_MAX, 'file of manifests')
      if (decoded.ok) return [file, decoded.text]
      throw new ManifestError([{ path: [], message: decoded.message, file, line: 1, column: 1 }])
    }),
  )
}

/** What is no path of manifests stays as it is: the scenario's own checks tell of it. */
function withTexts(data: unknown, folder: string): unknown {
  const inEach = (list: unknown, keys: readonly string[]) =>
    Array.isArray(list) ? list.map((each) => withFiles(each, keys, folder)) : list
  if (!isMap(data)) return data
  return {
    ...data,
    ...('kubernetes' in data && { kubernetes: inEach(data['kubernetes'], ['manifests']) }),
    ...('events' in data && { events: inEach(data['events'], ['apply', 'delete']) }),
  }
}

function withFiles(entry: unknown, keys: readonly string[], folder: string): unknown {
  if (!isMap(entry)) return entry
  const read = keys.flatMap((key) => {
    const named = typeof entry[key] === 'string' ? [entry[key]] : entry[key]
    // network policies are deleted by their names, too
    const areFiles =
      Array.isArray(named) && named.every((each) => typeof each === 'string' && isFile(key, each))
    return areFiles ? [[key, textsIn(folder, named as string[])] as const] : []
  })
  return { ...entry, ...Object.fromEntries(read) }
}

const isFile = (key: string, name: string): boolean => key !== 'delete' || looksLikeFile(name)

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
