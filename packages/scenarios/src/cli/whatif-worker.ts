import { parentPort, workerData } from 'node:worker_threads'
import type { ShareTask } from '../whatif/question.ts'
import { SetSweep } from '../whatif/set-sweep.ts'
import { Subject } from '../whatif/subject.ts'

/** What this thread says: how many sets are done, and in the end, or when it is told to stop, what they came to. */
const port = parentPort!
const stopping = new AbortController()
port.once('message', () => stopping.abort())
const { scenario, demand, question } = workerData as ShareTask
const sweep = new SetSweep(new Subject(scenario, () => demand), question)
const snapshot = await sweep.runShare({
  signal: stopping.signal,
  onProgress: ({ done }) => port.postMessage({ sets: done }),
})
port.postMessage({ snapshot })
port.close()
