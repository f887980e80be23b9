import { Worker } from 'node:worker_threads'
import type { RankingSnapshot } from '../whatif/ranking.ts'
import type { ShareRunner } from '../whatif/set-sweep.ts'

type Message = { readonly sets: number } | { readonly snapshot: RankingSnapshot }

/** A second thread for half of very many sets. When interrupted, its half is lost. */
export const helperThread: ShareRunner = (task, onSets, signal) =>
  new Promise((resolve, reject) => {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const worker = new Worker(new URL(`./whatif-worker.${extension}`, import.meta.url), { workerData: task })
    const stop = () => void worker.terminate()
    signal?.addEventListener('abort', stop, { once: true })
    worker.on('message', (message: Message) => {
      if ('sets' in message) onSets(message.sets)
      else resolve(message.snapshot)
    })
    worker.on('error', reject)
    worker.on('exit', () => {
      signal?.removeEventListener('abort', stop)
      reject(new Error('the thread ended early'))
    })
  })
