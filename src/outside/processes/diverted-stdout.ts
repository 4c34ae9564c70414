import fs from 'node:fs'
import {syncBuiltinESMExports} from 'node:module'

/**
 * Has everything that code of this thread prints to stdout, by the stream or through fs, go to `printed` for the rest of
 * the process: what a plugin prints later would follow the result, and spoil it as well. Our own result is written by
 * output.ts, which has kept the real `writeSync`.
 */
export function divertStdout(printed: (text: string) => void): void {
  const divert = (data: unknown) => {
    const text = textOf(data)
    // oclif writes nothing, to learn whether all is written.
    if (text !== '') printed(text)
  }

  const finishing = (result: (data: unknown) => readonly unknown[]) => (data: unknown, rest: readonly unknown[]) => {
    divert(data)
    const callback = rest.findLast(isFunction)
    if (callback) process.nextTick(callback, null, ...result(data))
  }
  const returning = (result: (data: unknown) => unknown) => (data: unknown) => {
    divert(data)
    return result(data)
  }
  const instead = {
    writeSync: returning(lengthOf),
    writevSync: returning(lengthOf),
    writeFileSync: returning(() => undefined),
    appendFileSync: returning(() => undefined),
    write: finishing(data => [lengthOf(data), data]),
    writev: finishing(data => [lengthOf(data), data]),
    writeFile: finishing(() => []),
    appendFile: finishing(() => []),
  } satisfies Readonly<Record<string, (data: unknown, rest: readonly unknown[]) => unknown>>

  const real: Readonly<Record<string, unknown>> = {...fs}
  const toFiles = Object.entries(instead).map(([name, work]) => [
    name,
    (...args: readonly unknown[]) => {
      const [descriptor, data, ...rest] = args
      const usual = real[name]
      return descriptor === 1 || !isFunction(usual) ? work(data, rest) : Reflect.apply(usual, fs, args)
    },
  ])
  Object.assign(fs, Object.fromEntries(toFiles))
  Object.assign(process.stdout, {
    write(data: unknown, ...rest: readonly unknown[]) {
      finishing(() => [])(data, rest)
      return true
    },
  })
  syncBuiltinESMExports()
}

function isFunction(value: unknown): value is (...args: readonly unknown[]) => unknown {
  return typeof value === 'function'
}

function textOf(data: unknown): string {
  if (Array.isArray(data)) return data.map(textOf).join('')
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8')
  return String(data)
}

function lengthOf(data: unknown): number {
  if (Array.isArray(data)) return data.reduce((sum: number, part) => sum + lengthOf(part), 0)
  return ArrayBuffer.isView(data) ? data.byteLength : Buffer.byteLength(String(data))
}
