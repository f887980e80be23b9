import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** Validation rows due by now: those of components that exist. */
const DUE = [
  1, 2, 3, 5, 7, 8, 9, 10, 14, 15, 16, 17, 19, 20, 21, 22, 23, 26, 28, 29, 30, 31, 32, 33, 34, 37, 38, 39, 46,
  47, 48, 53, 54, 57, 60, 61, 62, 63,
]

interface Row {
  readonly row: number
  readonly file: string
}

/** Rows that tests name in their titles (`row 2: ...`) or in a table of cases (`row: 61`). */
function testedRows(): Row[] {
  return ['packages', 'bench']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
        join(folder, path),
      ),
    )
    .filter((path) => path.endsWith('.validation.test.ts') && !path.includes('node_modules'))
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      return [...text.matchAll(/['"`]row (\d+)|^\s*row: (\d+)/gm)].map(([, title, cell]) => ({
        row: Number(title ?? cell),
        file,
      }))
    })
}

/** Rows of the page's tables, with the test that each links to. */
function listedRows(): Row[] {
  const page = readFileSync(join(root, 'docs/validation.md'), 'utf8')
  return [...page.matchAll(/^\| (\d+) \|.*\]\(\.\.\/([^)]+)\) \|$/gm)].map(([, row, file]) => ({
    row: Number(row),
    file: file!,
  }))
}

const names = (rows: readonly Row[]): string[] =>
  [...new Set(rows.map(({ row, file }) => `${row} ${file}`))].sort()

it('the validation page lists the rows that tests hold, each with its test, and no others', () => {
  const tested = names(testedRows())
  const listed = names(listedRows())
  expect(listed.filter((row) => !tested.includes(row))).toEqual([])
  // a row may have more tests than the one that its table names
  const pageRows = new Set(listedRows().map(({ row }) => row))
  expect(testedRows().filter(({ row }) => !pageRows.has(row))).toEqual([])
})

it('all rows that are due are tested and listed', () => {
  const pageRows = new Set(listedRows().map(({ row }) => row))
  const testRows = new Set(testedRows().map(({ row }) => row))
  expect(DUE.filter((row) => !pageRows.has(row) || !testRows.has(row))).toEqual([])
})

it('the page has a value in every cell', () => {
  const page = readFileSync(join(root, 'docs/validation.md'), 'utf8')
  const bare = page
    .split('\n')
    .filter((line) => line.startsWith('|') && (/@|\|\s*\|/.test(line) || !line.endsWith('|')))
  expect(bare).toEqual([])
})
