import { parentPort, workerData } from 'node:worker_threads'
import { SetSweep, type ShareTask } from '../whatif/set-sweep.ts'
import { Subject } from '../whatif/subject.ts'

/** What this thread says: how many sets are done, and in the end what they came to. */
const { scenario, demand, question } = workerData as ShareTask
const sweep = new SetSweep(new Subject(scenario, () => demand), question)
const snapshot = await sweep.runShare({
  onProgress: ({ done }) => parentPort!.postMessage({ sets: done }),
})
parentPort!.postMessage({ snapshot })
