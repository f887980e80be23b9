import type { Register } from '../command.ts'
import { registerInit } from './init.ts'
import { registerSchema } from './schema.ts'

/** Every command, in the order of the help. */
export const commands: readonly Register[] = [registerSchema, registerInit]
