const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

// Control characters other than tab and line breaks are not allowed in XML 1.0, escaped or not.
const forbidden = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu

/** Text that is safe inside an element or a quoted attribute of HTML and XML. */
export function escapeMarkup(text: string): string {
  return text.replace(forbidden, '\ufffd').replace(/[&<>"']/g, (character) => replacements[character]!)
}
