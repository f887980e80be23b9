/** A document of a file: its text, and the line that it begins on, from 0. */
export interface YamlPiece {
  readonly text: string
  readonly line: number
}

/** What only a reader of the whole file understands: directives, ends of documents, content beside a mark, other breaks. */
const WHOLE = /^(?:%|\.\.\.(?:[\s]|$)|---[ \t]+[^\s#])|[\r\ufeff\u0085\u2028\u2029]/m
const MARK = /^---(?:[ \t].*)?$/gm

/** A file cut at the marks between its documents, which stand nowhere within one; undefined where that would not do. */
export function yamlPieces(text: string): readonly YamlPiece[] | undefined {
  if (WHOLE.test(text)) return undefined
  const pieces: YamlPiece[] = []
  let line = 0
  let begin = 0
  const add = (end: number) => pieces.push({ text: text.slice(begin, end), line })
  for (const { index, 0: mark } of text.matchAll(MARK)) {
    add(index)
    for (let at = text.indexOf('\n', begin); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line++
    begin = Math.min(index + mark.length + 1, text.length)
    line++
  }
  add(text.length)
  return pieces
}
