import {setTimeout as pause} from 'node:timers/promises'

/** Comes when `holds` does; fails with `what` after a time in which nothing that a test waits for takes longer. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMilliseconds = 60_000,
): Promise<void> {
  const end = Date.now() + limitMilliseconds
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`)
    await pause(50)
  }
}
