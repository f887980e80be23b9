import { Worker } from 'node:worker_threads'
import type { RankingSnapshot } from '../whatif/ranking.ts'
import type { ShareRunner, ShareTask } from '../whatif/question.ts'

type Message = { readonly sets: number } | { readonly snapshot: RankingSnapshot }

/** How long an interrupted thread may take to hand over what it has. */
const HAND_OVER_MS = 2_000

/** A second thread for half of very many sets. Interrupted, it hands over what it has. */
export const helperThread: ShareRunner = (task, onSets, signal) =>
  new Promise((resolve, reject) => {
    const worker = startWorker(task)
    let deadline: NodeJS.Timeout | undefined
    const stop = () => {
      worker.postMessage('stop')
      deadline = setTimeout(() => void worker.terminate(), HAND_OVER_MS)
    }
    signal?.addEventListener('abort', stop, { once: true })
    worker.on('message', (message: Message) => {
      if ('sets' in message) onSets(message.sets)
      else resolve(message.snapshot)
    })
    worker.on('error', reject)
    worker.on('exit', () => {
      clearTimeout(deadline)
      signal?.removeEventListener('abort', stop)
      reject(new Error('it ended early'))
    })
  })

/** From sources, a thread does not inherit the loader that its parent reads TypeScript with: it asks for it itself. */
function startWorker(workerData: ShareTask): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./whatif-worker.js', import.meta.url), { workerData })
  const [loader, file] = ['tsx/esm/api', './whatif-worker.ts'].map((name) => import.meta.resolve(name))
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => {
    register()
    return import(${JSON.stringify(file)})
  })`
  return new Worker(code, { eval: true, workerData })
}
