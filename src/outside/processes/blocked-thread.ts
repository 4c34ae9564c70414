import {getHeapStatistics} from 'node:v8'
import {MessageChannel, Worker} from 'node:worker_threads'
import type {Printable} from '../../text/printable.ts'

/** What is written to stderr before the process is ended. */
export interface LastWords {
  /** Where code blocks the thread. */
  readonly blocked: Printable
  /** Where the process takes too much memory. */
  readonly greedy: Printable
}

/** Ends this process if code blocks its thread, or takes so much memory that Node would end it without a word. */
export interface Watchdog {
  /** What is written from now on. */
  say(words: LastWords): void
  stop(): void
}

/** Many times what any call needs, and less than what Node lets this process have, which depends on the machine. */
export const mostMegabytes = Math.min(1024, Math.floor((0.8 * getHeapStatistics().heap_size_limit) / 2 ** 20))
const beatMilliseconds = 500
const [beats, pauses] = [0, 1]
const signs = cells(2)

/**
 * Watches this thread: while code blocks it, no timer and no Ctrl-C gets through. If the thread gives no sign of life
 * for so many seconds, or the process takes too much memory, another thread writes the last words to stderr and kills
 * the process with SIGKILL, since it can't choose the exit code. Time in which the whole process is stopped does not
 * count.
 */
export function watchThread(words: LastWords, seconds: number): Watchdog {
  const over = cells(1)
  const {port1, port2} = new MessageChannel()
  const worker = new Worker(code, {
    eval: true,
    execArgv: [],
    workerData: {
      signs,
      beats,
      pauses,
      over,
      ticks: 4 * seconds,
      mostBytes: mostMegabytes * 2 ** 20,
      words,
      port: port2,
    },
    transferList: [port2],
  })
  worker.unref()
  port1.unref()
  // If the thread can't start (limits of threads or memory), an endless loop stays endless.
  worker.once('error', () => undefined)
  const timer = setInterval(() => Atomics.add(signs, beats, 1), beatMilliseconds).unref()
  return {
    say: next => port1.postMessage(next),
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
  const {signs, beats, pauses, over, ticks, mostBytes, port} = workerData
  let {words} = workerData
  let last
  let silent = 0
  let why
  while (!why && Atomics.wait(over, 0, 0, 250) === 'timed-out') {
    const now = Atomics.load(signs, beats)
    silent = now === last && Atomics.load(signs, pauses) === 0 ? silent + 1 : 0
    last = now
    why = silent >= ticks ? 'blocked' : process.memoryUsage.rss() > mostBytes ? 'greedy' : undefined
  }
  if (why) {
    for (let next; (next = receiveMessageOnPort(port)); ) words = next.message
    try { require('node:fs').writeSync(2, words[why]) } catch {}
    process.kill(process.pid, 'SIGKILL')
  }`

function cells(count: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT))
}
