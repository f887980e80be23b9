import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { UsageError } from './failure.ts'
import { cannotWrite } from './files.ts'

/** Files to be written, by the option that names each. */
export type Targets = Readonly<Record<`--${string}`, string | undefined>>

/**
 * Refuses what cannot be written, or would overwrite what is read, before work is spent on it. Of `--json` alone `-` is
 * standard output.
 */
export function checkTargets(targets: Targets, inputs: readonly (string | undefined)[]): void {
  const read = new Map(inputs.flatMap((file) => (file === undefined ? [] : [[identityOf(file), file]])))
  const written = new Map<string, string>()
  for (const [option, file] of Object.entries(targets)) {
    if (file === undefined || (file === '-' && option === '--json')) continue
    if (file === '-') throw new UsageError(`${option}: ${insteadOfDash(option)}`)
    checkWritable(file)
    const identity = identityOf(file)
    const [input, other] = [read.get(identity), written.get(identity)]
    if (input !== undefined)
      throw new UsageError(`${option} names ${input}, which is read; name another file`)
    if (other !== undefined) throw new UsageError(`${other} and ${option} name the same file`)
    written.set(identity, option)
  }
}

const insteadOfDash = (option: string): string =>
  option === '--report'
    ? 'a report goes to a file; name one, such as report.html'
    : option === '--output'
      ? 'leave it out for standard output'
      : 'this goes to a file; name one'

function checkWritable(file: string): void {
  try {
    if (isThere(file)) {
      if (statSync(file).isDirectory()) throw Object.assign(new Error('a directory'), { code: 'EISDIR' })
      accessSync(file, constants.W_OK)
    } else accessSync(dirname(file), constants.W_OK)
  } catch (error) {
    throw cannotWrite(file, error)
  }
}

const isThere = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined

/** The same for two paths to one file, by links or by way of other directories, whether it is there or not. */
function identityOf(file: string): string {
  try {
    const { dev, ino } = statSync(file, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return whereItWouldBe(file)
  }
}

function whereItWouldBe(file: string): string {
  try {
    return join(realpathSync(dirname(file)), basename(file))
  } catch {
    return file
  }
}
