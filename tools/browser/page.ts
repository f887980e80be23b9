import { smallRun } from './small-run.ts'

/** What the test's page and its worker run: a page gets the function, a worker's owner the answer. */
const scope = globalThis as {
  document?: unknown
  postMessage?: (message: unknown) => void
  smallRun?: unknown
}
if (scope.document === undefined) scope.postMessage!(smallRun())
else scope.smallRun = smallRun
