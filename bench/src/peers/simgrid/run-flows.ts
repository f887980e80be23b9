import { type MeasureOptions, measureFlows } from './measure-flows.ts'

/** Run by `runInFreshProcess`: measures with the options in the first argument; prints the result. */
process.stdout.write(JSON.stringify(measureFlows(JSON.parse(process.argv[2]!) as MeasureOptions)))
