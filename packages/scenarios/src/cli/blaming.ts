import { ConfigError } from '@weft/core'
import { ScenarioFileError } from '../parse/located.ts'
import { UsageError } from './failure.ts'

/**
 * Says which option is at fault, where TypeScript's users hear of a key: keys of `options` alone are options. Other
 * problems begin with `file`, where one is given.
 */
export async function blamingOptions<Answer>(
  options: readonly string[],
  ask: () => Answer | Promise<Answer>,
  file?: string,
): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    // a file's own problems have their lines
    if (!(error instanceof ConfigError) || error instanceof ScenarioFileError) throw error
    const lines = error.issues.map(({ path, message }) => {
      const isOption = options.includes(String(path[0]))
      return `${isOption ? '--' : file === undefined ? '' : `${file}: `}${path.join('.')}: ${message}`
    })
    throw new UsageError(lines.join('\n'))
  }
}
