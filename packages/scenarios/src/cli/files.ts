import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { UsageError } from './failure.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'a part of the path is a file, not a directory',
  EISDIR: 'it is a directory; name a file in it',
  EACCES: 'it may not be opened (permission denied)',
  EPERM: 'it may not be opened (permission denied)',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links lead in a circle',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'it exists already',
  ENXIO: 'it is not a file that can be read',
}

/** What a file operation's error means, in words. */
export function fileReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return (code === undefined ? undefined : REASONS[code]) ?? `it cannot be used (${code ?? String(error)})`
}

/** A file's bytes; of one that is larger than `bytesMax`, a byte more than that. */
export function readBytes(path: string, bytesMax: number): Uint8Array {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, 'r')
    const bytes = new Uint8Array(bytesMax + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(descriptor, bytes, length, bytes.length - length, null)
    }
    return bytes.subarray(0, length)
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${fileReason(error)}`)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** Writes a file; with `fresh` only where none is. */
export function writeText(path: string, text: string, fresh = false): void {
  try {
    writeFileSync(path, text, { flag: fresh ? 'wx' : 'w' })
  } catch (error) {
    throw cannotWrite(path, error)
  }
}

/** That a file could not be written, and why: where a directory is missing, which. */
export function cannotWrite(path: string, error: unknown): UsageError {
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
  const reason = isMissing ? `there is no directory ${dirname(path)}` : fileReason(error)
  return new UsageError(`cannot write ${path}: ${reason}`)
}
