import { escapeMarkup } from '../../draw/escape.ts'

/** An element to be written: with text, with children, or empty. */
export interface XmlOut {
  readonly name: string
  readonly attributes?: Readonly<Record<string, string>>
  readonly content?: string | readonly XmlOut[]
}

export const element = (
  name: string,
  attributes: Readonly<Record<string, string>>,
  content?: string | readonly XmlOut[],
): XmlOut => ({ name, attributes, ...(content !== undefined && { content }) })

/** A document in XML 1.0, an element a line, indented. */
export function writeXml(root: XmlOut): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>']
  append(root, '', lines)
  return `${lines.join('\n')}\n`
}

function append({ name, attributes = {}, content }: XmlOut, indent: string, lines: string[]): void {
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${attributeText(value)}"`)
  const open = `${indent}<${name}${words.join('')}`
  if (content === undefined || content.length === 0) lines.push(`${open}/>`)
  else if (typeof content === 'string') lines.push(`${open}>${escapeMarkup(content)}</${name}>`)
  else {
    lines.push(`${open}>`)
    for (const child of content) append(child, `${indent}  `, lines)
    lines.push(`${indent}</${name}>`)
  }
}

/** A reader makes a blank of every line break in an attribute, unless it is a reference. */
const attributeText = (value: string) =>
  escapeMarkup(value).replace(/[\t\n\r]/g, (blank) => `&#${blank.charCodeAt(0)};`)
