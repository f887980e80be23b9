import { SaxesParser } from 'saxes'
import type { Source } from '../source.ts'

export interface XmlElement {
  /** Without its namespace prefix. */
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** Its own characters, those of its children left out, blanks at the ends cut off. */
  readonly text: string
  readonly line: number
}

interface OpenElement {
  readonly name: string
  readonly attributes: Map<string, string>
  readonly children: XmlElement[]
  text: string
  readonly line: number
}

/** Deeper than any of the formats. */
const DEPTH_MAX = 64
/** Every element of a file of the largest size that is no nonsense. */
const ELEMENTS_MAX = 200_000

/**
 * The root element. Entities other than the five of XML and character references are refused and never expanded; a
 * DOCTYPE is skipped and nothing that it names is fetched.
 */
export function readXml(source: Source): XmlElement {
  const parser = new SaxesParser({ xmlns: false, fileName: '' })
  const open: OpenElement[] = []
  let root: XmlElement | undefined
  let elements = 0
  // An element's line is that of its name; the character behind it may be a line break and has been read.
  let line = 1
  parser.on('error', ({ message }) => source.fail(parser.line, plainWords(message), parser.column + 1))
  parser.on('opentagstart', () => {
    line = parser.column === 0 ? parser.line - 1 : parser.line
  })
  parser.on('opentag', ({ name, attributes }) => {
    if (++elements > ELEMENTS_MAX) source.fail(line, `the file has more than ${ELEMENTS_MAX} elements`)
    if (open.length >= DEPTH_MAX) source.fail(line, `elements are nested more than ${DEPTH_MAX} deep`)
    open.push({
      name: localName(name),
      attributes: new Map(Object.entries(attributes)),
      children: [],
      text: '',
      line,
    })
  })
  const addText = (text: string) => {
    const element = open[open.length - 1]
    if (element !== undefined) element.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const element = open.pop()!
    element.text = element.text.trim()
    const parent = open[open.length - 1]
    if (parent === undefined) root = element
    else parent.children.push(element)
  })
  parser.write(source.text).close()
  return root ?? source.fail(1, 'the file has no element')
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1)

/** saxes begins with the place and ends with a full stop. */
function plainWords(message: string): string {
  const sentence = message.replace(/^[^ ]*:?\d+:\d+: /, '').replace(/\.$/, '')
  if (/^undefined entity/.test(sentence)) return 'an entity that XML does not define; write its text out'
  return `this is no well-formed XML: ${sentence}`
}

export const childrenOf = ({ children }: XmlElement, name: string): XmlElement[] =>
  children.filter((child) => child.name === name)

export const childOf = ({ children }: XmlElement, name: string): XmlElement | undefined =>
  children.find((child) => child.name === name)
