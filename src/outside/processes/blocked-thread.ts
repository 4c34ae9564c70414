import {MessageChannel, Worker} from 'node:worker_threads'
import type {Printable} from '../../text/printable.ts'

/** Ends this process if code blocks its thread. */
export interface Watchdog {
  /** What is written to stderr from now on, if the thread is found blocked. */
  warnWith(line: Printable): void
  stop(): void
}

const beatMilliseconds = 500
const [beats, pauses] = [0, 1]
const signs = cells(2)

/**
 * Watches this thread: while code blocks it, no timer and no Ctrl-C gets through. If the thread gives no sign of life
 * for so many seconds, another thread writes `line` to stderr and kills the process with SIGKILL, since it can't choose
 * the exit code. Seconds in which the whole process is stopped do not count.
 */
export function watchThread(line: Printable, seconds: number): Watchdog {
  const over = cells(1)
  const {port1, port2} = new MessageChannel()
  const worker = new Worker(code, {
    eval: true,
    execArgv: [],
    workerData: {signs, beats, pauses, over, seconds, line, port: port2},
    transferList: [port2],
  })
  worker.unref()
  port1.unref()
  // If the thread can't start (limits of threads or memory), an endless loop stays endless.
  worker.once('error', () => undefined)
  const timer = setInterval(() => Atomics.add(signs, beats, 1), beatMilliseconds).unref()
  return {
    warnWith: next => port1.postMessage(next),
    stop() {
      clearInterval(timer)
      port1.close()
      Atomics.store(over, 0, 1)
      Atomics.notify(over, 0)
    },
  }
}

/** Runs work that may block the thread for long, such as a program that asks the user for a password. */
export function unwatched<Result>(work: () => Result): Result {
  Atomics.add(signs, pauses, 1)
  try {
    return work()
  } finally {
    Atomics.sub(signs, pauses, 1)
  }
}

const code = `
  const {receiveMessageOnPort, workerData} = require('node:worker_threads')
  const {signs, beats, pauses, over, seconds, port} = workerData
  let {line} = workerData
  let last
  let silent = 0
  while (silent < seconds && Atomics.wait(over, 0, 0, 1000) === 'timed-out') {
    const now = Atomics.load(signs, beats)
    silent = now === last && Atomics.load(signs, pauses) === 0 ? silent + 1 : 0
    last = now
  }
  if (silent >= seconds) {
    for (let next; (next = receiveMessageOnPort(port)); ) line = next.message
    try { require('node:fs').writeSync(2, line) } catch {}
    process.kill(process.pid, 'SIGKILL')
  }`

function cells(count: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT))
}
