/** Width of a character of 11 pixels, about. */
export const CHARACTER = 6.2

/** As much of a name as fits so many characters: its end tells names apart, so the middle goes. */
export function shortened(name: string, most: number): string {
  const letters = [...name]
  if (letters.length <= most) return name
  const tail = Math.ceil((most - 1) * 0.6)
  return `${letters.slice(0, most - 1 - tail).join('')}…${letters.slice(-tail).join('')}`
}
