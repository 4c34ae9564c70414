import {chmod, chown, mkdir, readFile, rm, symlink, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {installLauncher} from '../../src/fast-path/launcher.ts'
import {systemFiles} from '../../src/outside/files/files.ts'
import {type HotScene, makeRuntimeFolder} from './hot.ts'
import {nobody, runAs, variablesOf} from './machine.ts'

const planted = 'PLANTED'

// Swaps one name between our item, a link, and theirs as fast as possible, until the file `stop` exists.
const swapping = `
  const {existsSync, renameSync} = require('node:fs')
  const [folder, name, ours, theirs, stop] = process.argv.slice(1)
  process.chdir(folder)
  let swaps = 0
  for (; swaps % 1000 !== 0 || !existsSync(stop); swaps += 2) {
    for (const [away, here] of [[ours, theirs], [theirs, ours]]) {
      renameSync(name, away)
      renameSync(here, name)
      const until = performance.now() + Math.random() * 0.2
      while (performance.now() < until);
    }
  }
  console.log(swaps)`

/**
 * Calls the launcher that often with another user's XDG_RUNTIME_DIR, as after `su`. Meanwhile that user swaps our
 * folder in it: between a link to our real one, and a folder of theirs with a planted copy, which is itself swapped
 * with a link to the real copy. Returns the number of swaps, and of calls that printed the planted text.
 */
export async function raceFor(
  calls: number,
  scene: HotScene,
): Promise<{readonly swaps: number; readonly lost: number}> {
  const runtime = await makeRuntimeFolder()
  const [theirs, stop] = [join(runtime, 'theirs'), join(runtime, 'stop')]
  const plantedCopy = join(theirs, 'planted')
  try {
    const [who = ''] = (await readFile(scene.copy, 'utf8')).split('\n')
    await symlink(scene.folder, join(runtime, 'aws-oidc'))
    await mkdir(theirs)
    await symlink(scene.copy, join(theirs, 'developer:'))
    await writeFile(plantedCopy, `${who}\n-\t/nowhere\n${planted}\n`)
    await utimes(plantedCopy, new Date(), new Date(Date.now() + 3_600_000))
    for (const path of [runtime, theirs, plantedCopy]) await chown(path, nobody, nobody)
    for (const path of [runtime, theirs]) await chmod(path, 0o755)
    const swap = (folder: string, name: string, planted: string) =>
      runAs([], {
        user: nobody,
        env: {SWAPPING: swapping},
        // Enters the folder first, because its path may be swapped away.
        shell: `cd '${folder}' && exec '${process.execPath}' -e "$SWAPPING" . '${name}' ours '${planted}' '${stop}'`,
      })
    const swappers = [swap(runtime, 'aws-oidc', 'theirs'), swap(theirs, 'developer:', 'planted')]
    // A long path slows each look at the folder down, and widens the gap between two looks.
    const {stdout} = await runAs([], {
      env: {...variablesOf(scene.home, scene.sandbox), XDG_RUNTIME_DIR: `${runtime}${'/.'.repeat(1_900)}`},
      shell: `left=${calls}
        while [ "$left" -gt 0 ]; do
          /bin/sh '${await launcherOnly(scene)}' creds --profile developer
          left=$((left - 1))
        done
        : >'${stop}'`,
    })
    const swapped = await Promise.all(swappers)
    const swaps = swapped.map(({stdout}) => Number(stdout))
    if (!swaps.every(count => count > 0)) throw new Error(swapped.map(({stderr}) => stderr).join(''))
    return {swaps: swaps.reduce((sum, count) => sum + count), lost: stdout.split(planted).length - 1}
  } finally {
    await rm(runtime, {recursive: true})
  }
}

/** A launcher of that installation with a program that does nothing in place of Node. */
async function launcherOnly({home, installation}: HotScene): Promise<string> {
  const dataFolder = join(home.folder, 'swapped')
  const log = {debug: () => undefined, info: () => undefined, warn: () => undefined}
  const deps = {platform: process.platform, dataFolder, files: systemFiles, log}
  return (await installLauncher(['/bin/true', installation.program], deps)) ?? ''
}
