/**
 * Names of pods as Kubernetes forms them. Where it draws letters at random, Weft takes them from the name, so that they
 * are the same on every run. Source: apiserver pkg/storage/names/generate.go, apimachinery pkg/util/rand.
 */

/** No vowels, so that no words come out, and no 0, 1 and 3. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'
const SUFFIX_LENGTH = 5
const SUFFIXES = ALPHABET.length ** SUFFIX_LENGTH
const BASE_LENGTH_MAX = 63 - SUFFIX_LENGTH
/** Shares no factor with the number of suffixes, so that pods of one base never share one. */
const STRIDE = 5_700_017

/** `web-x7k2p`: the name of the pod with this index whose generateName is `base`; `seed` tells namespaces apart. */
export function generatedName(base: string, seed: string, index: number): string {
  let rest = (hash(`${seed} ${base}`) + index * STRIDE) % SUFFIXES
  let suffix = ''
  for (let digit = 0; digit < SUFFIX_LENGTH; digit++) {
    suffix += ALPHABET[rest % ALPHABET.length]
    rest = Math.floor(rest / ALPHABET.length)
  }
  return base.slice(0, BASE_LENGTH_MAX) + suffix
}

/** `6d4b75cb6d`: what a Deployment puts between its name and its pods' suffix, and into their labels. */
export function templateHash(seed: string): string {
  let rest = hash(`template ${seed}`)
  let text = ''
  for (; rest > 0; rest = Math.floor(rest / ALPHABET.length)) text += ALPHABET[rest % ALPHABET.length]
  return text
}

/** `29012345`: what a CronJob puts behind its name, the minutes of its next turn since 1970. */
export const turnOf = (seed: string): string => String(29_000_000 + (hash(`turn ${seed}`) % 1_000_000))

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  return value >>> 0
}
