import process from 'node:process'

/** What is written to `process.stdout` while `work` runs. */
export async function writtenToStdout(work: () => Promise<unknown>): Promise<string> {
  const {stdout} = process
  const written: string[] = []
  const write = stdout.write
  Object.assign(stdout, {
    write(data: unknown) {
      written.push(String(data))
      return true
    },
  })
  try {
    await work()
  } finally {
    Object.assign(stdout, {write})
  }
  return written.join('')
}
