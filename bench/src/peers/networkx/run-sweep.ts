import { type SweepShape, SweepWorkload } from './sweep-workload.ts'

/** Run by `runInFreshProcess`: sweeps the fabric in the first argument; prints the result. */
const { shape, kept } = JSON.parse(process.argv[2]!) as { shape: SweepShape; kept: readonly number[] }
process.stdout.write(JSON.stringify(new SweepWorkload(shape).measure(kept)))
