import {dirname, join} from 'node:path'
import {answerTo} from '../completion/answer.ts'
import {catalogueOf} from '../completion/commands.ts'
import {readQuestion} from '../completion/replies.ts'
import {fromKept} from '../config/kept.ts'
import {readKeptText} from '../outside/files/kept-text.ts'
import {findPlaces, pluginFolder} from '../outside/files/places.ts'
import {readQuickly, writeQuickly} from '../outside/files/quick.ts'
import {declaredBy} from '../registry/declared.ts'
import {usablePlugins} from '../registry/usable.ts'
import {parseObject, readObject, readTexts} from '../text/json.ts'
import {keptFile} from './configuration.ts'

/**
 * Answers a Tab for the scripts bin/complete.*. bin/run.js calls this without oclif, which would take longer than all
 * of it. Prints nothing on failure: the user is typing, and would not read an error.
 */
export async function complete(
  root: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Promise<void> {
  const question = readQuestion(args)
  if (!question) return
  try {
    const own = packageIn(root)
    const configuration = async () => {
      const {readConfiguration} = await import('../config/read.ts')
      const {parsed, configFile: path = 'config.yaml'} = findPlaces(env, platform)
      const json = readKeptText(keptFile(path, parsed) ?? '')
      const known = json === undefined ? undefined : fromKept(json, parseObject(own.pjson).version)
      return readConfiguration(path, readQuickly(path), known)
    }
    const {installed, usable} = await usablePlugins(pluginFolder(env, platform) ?? '', {readText}, configuration)
    const core = readTexts(readObject(parseObject(own.pjson).oclif).plugins)
    const packages = [...core.map(name => packageNear(root, name)), ...usable.map(({root}) => packageIn(root))]
    const declared = [parseObject(own.pjson), ...usable.map(({manifest}) => manifest)]
    const answer = await answerTo(question, catalogueOf([own, ...packages]), {
      configuration,
      strategies: declared.flatMap(manifest => declaredBy(manifest, 'strategies')),
      plugins: installed.map(({name}) => name),
    })
    writeQuickly(question.reply(answer))
  } catch {
    // For example, a configuration that does not parse.
  }
}

interface Package {
  readonly pjson: string
  readonly manifest: string
}

const readText = async (path: string) => readQuickly(path)

function packageIn(folder: string): Package {
  const read = (name: string) => readQuickly(join(folder, name)) ?? ''
  return {pjson: read('package.json'), manifest: read('oclif.manifest.json')}
}

/** A package that ours depends on, in the `node_modules` of this folder or of the nearest one above that has it. */
function packageNear(folder: string, name: string): Package {
  const found = packageIn(join(folder, 'node_modules', name))
  return found.pjson !== '' || dirname(folder) === folder ? found : packageNear(dirname(folder), name)
}
