import type { OpenLoopOptions } from '../w1/open-loop.ts'
import { runW1 } from '../w1/w1.ts'

/** Run by `runInFreshProcess`: W1 with the options in the first argument; prints its result. */
process.stdout.write(JSON.stringify(runW1(JSON.parse(process.argv[2]!) as OpenLoopOptions)))
