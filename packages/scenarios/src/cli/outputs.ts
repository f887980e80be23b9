import type { ScenarioResult } from '../result/result.ts'
import { writeText } from './files.ts'
import { checkTargets } from './targets.ts'
import type { Terminal } from './terminal.ts'

/** Where results go beside the terminal. */
export interface OutputOptions {
  readonly json?: string
  readonly report?: string
}

/** One JSON document, to a file or to standard output, where it is then the only thing. */
export function writeJson(document: unknown, file: string, terminal: Terminal): void {
  const text = `${JSON.stringify(document)}\n`
  if (file === '-') terminal.print(text)
  else writeText(file, text)
}

/** The summary, unless standard output is for JSON, and the report. Loaded late: plots take long to load. */
export async function writeOutputs(
  result: ScenarioResult,
  options: OutputOptions,
  terminal: Terminal,
): Promise<void> {
  if (options.json !== '-') {
    const { renderSummary } = await import('../report/summary.ts')
    terminal.print(renderSummary(result, { color: terminal.color }))
  }
  if (options.report !== undefined) {
    const { renderReport } = await import('../report/report.ts')
    writeText(options.report, await renderReport(result))
  }
}

/** Refuses what cannot be written before a run is spent on it. */
export const checkOutputs = ({ json, report }: OutputOptions, inputs: readonly string[]): void =>
  checkTargets({ '--json': json, '--report': report }, inputs)
