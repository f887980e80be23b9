import type { BorderIssue } from '../schema/issues.ts'
import { locate } from './locate.ts'
import { type LocatedIssue, ScenarioFileError } from './located.ts'
import { PlainData } from './plain-data.ts'
import { decodeText } from './text.ts'
import { parseYamlDocument } from './yaml-document.ts'

/** A scenario file as plain data, not yet validated, that can say where each part of it stands. */
export interface ScenarioFile {
  readonly file: string
  readonly data: unknown
  /** The issue with its line and column. */
  place(issue: BorderIssue): LocatedIssue
  /** The error to throw for these issues. */
  refused(issues: readonly BorderIssue[]): ScenarioFileError
}

/** Reads YAML. Throws a ScenarioFileError that lists everything wrong with the text itself. */
export function readScenario(file: string, bytes: Uint8Array): ScenarioFile {
  const decoded = decodeText(bytes)
  if (!decoded.ok) {
    const lines = decoded.before.split('\n')
    const at = { line: lines.length, column: lines[lines.length - 1]!.length + 1 }
    throw new ScenarioFileError(file, [{ path: [], message: decoded.message, ...at }])
  }
  const parsed = parseYamlDocument(decoded.text)
  if (!parsed.ok) throw new ScenarioFileError(file, parsed.issues)
  const plain = new PlainData(parsed.value)
  const data = plain.read()
  if (plain.issues.length > 0) throw new ScenarioFileError(file, plain.issues)
  const place = (issue: BorderIssue): LocatedIssue => {
    return { ...issue, ...locate(parsed.value, issue.path, issue.about ?? 'value') }
  }
  return {
    file,
    data,
    place,
    refused: (issues) => new ScenarioFileError(file, issues.map(place)),
  }
}
