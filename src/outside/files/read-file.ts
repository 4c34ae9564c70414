import {closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync} from 'node:fs'

// Everything that this program reads from disk comes through here, as a lint rule ensures. No read waits for ever or is
// unlimited. Reading is synchronous, because it takes no longer than a disk does.

const largestFile = 64 * 1024 * 1024
const fromPipe = {largest: 1024 * 1024, milliseconds: 2_000}

/**
 * Reads a file of this program, of a package or of the system. Throws where there is none, or it is not a regular file.
 */
export function readOwnFile(path: string, admits: (stats: Stats) => boolean = () => true, flags = 0): Buffer {
  return opened(path, flags, (file, stats) => {
    if (!stats.isFile() && !stats.isDirectory()) throw new Error(`it is ${kindOf(stats)}`)
    if (!admits(stats)) throw new Error('others have a hand in it')
    return wholeOf(file, stats)
  })
}

/**
 * Reads a file that the user names. It may be a pipe, as in `<(sops -d ...)`; /dev/null is empty. Throws for other
 * devices, and where there is none.
 */
export function readGivenFile(path: string): Buffer {
  return opened(path, 0, (file, stats) => {
    if (stats.isFIFO()) return throughPipe(file, stats)
    if (isNullDevice(stats)) return Buffer.alloc(0)
    if (!stats.isFile() && !stats.isDirectory()) throw new Error(`it is ${kindOf(stats)}`)
    return wholeOf(file, stats)
  })
}

/** The rest of an open file, from its current position. */
export function readOpenFile(file: number): Buffer {
  return wholeOf(file, fstatSync(file))
}

/** Why a file could not be read: the system's error code, or our own message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? String(error.code) : error.message
}

function opened<Result>(path: string, flags: number, work: (file: number, stats: Stats) => Result): Result {
  const {O_RDONLY, O_NONBLOCK = 0, O_NOCTTY = 0} = constants
  const file = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | flags)
  try {
    return work(file, fstatSync(file))
  } finally {
    closeSync(file)
  }
}

/** For a folder, the read fails with EISDIR. */
function wholeOf(file: number, {size}: Stats): Buffer {
  if (size > largestFile) throw tooLarge(largestFile)
  const parts: Buffer[] = []
  for (let length = 0; ; ) {
    // One byte more than expected reveals the end at once. Files of the kernel claim to be empty.
    const part = Buffer.allocUnsafe(Math.max(size - length + 1, 8_192))
    const count = readSync(file, part)
    if (count === 0) return parts.length === 1 ? (parts[0] ?? part) : Buffer.concat(parts)
    parts.push(part.subarray(0, count))
    length += count
    if (length > largestFile) throw tooLarge(largestFile)
  }
}

// A pipe can be read only once, but some files are read twice.
const received = new Map<string, Buffer>()
const nobody = new Int32Array(new SharedArrayBuffer(4))

function throughPipe(file: number, {dev, ino}: Stats): Buffer {
  const name = `${dev}:${ino}`
  const known = received.get(name)
  if (known) return known
  const parts: Buffer[] = []
  const end = performance.now() + fromPipe.milliseconds
  const part = Buffer.allocUnsafe(fromPipe.largest + 1)
  for (let length = 0; ; ) {
    const count = readNow(file, part)
    // Zero bytes also mean that no writer has opened the pipe yet.
    if (count === 0 && length > 0) break
    if (count === 0 || count === undefined) {
      if (performance.now() > end) throw new Error(`the pipe did not end within ${fromPipe.milliseconds / 1000} s`)
      Atomics.wait(nobody, 0, 0, 5)
      continue
    }
    parts.push(Buffer.from(part.subarray(0, count)))
    length += count
    if (length > fromPipe.largest) throw tooLarge(fromPipe.largest)
  }
  const whole = Buffer.concat(parts)
  received.set(name, whole)
  return whole
}

function readNow(file: number, into: Buffer): number | undefined {
  try {
    return readSync(file, into)
  } catch (error) {
    if (reasonOf(error) === 'EAGAIN') return undefined
    throw error
  }
}

function isNullDevice(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === statSync('/dev/null').rdev
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return 'a pipe'
  return stats.isCharacterDevice() || stats.isBlockDevice() ? 'a device' : 'not a file'
}

function tooLarge(bytes: number): Error {
  return new Error(`it is larger than ${bytes / 1024 / 1024} MB`)
}
