/** Weft's version, as in every package.json; a test holds them together. */
export const VERSION = '0.1.0'
