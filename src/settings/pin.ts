import type {PinEdit} from '../config/write-pin.ts'
import type {Files} from '../outside/files/files.ts'
import {listedPlugins} from '../registry/folder.ts'
import type {Offer} from '../registry/install.ts'
import {draftConfiguration, type EditDependencies, editConfiguration} from './edit.ts'

export interface Pinning {
  /** Rejects with CONFIG_INVALID if the pin could not be written. */
  draft(offer: Offer): Promise<void>
  /** Pins a plugin in the configuration: version and integrity of what is installed. */
  write(offer: Pick<Offer, 'name' | 'version' | 'integrity'>): Promise<void>
}

/** Pins plugins in `plugins.allow`. Where nothing was listed there, the other plugins are listed too, and stay usable. */
export function pinFor(
  {dataFolder, files}: {readonly dataFolder: string; readonly files: Pick<Files, 'readText'>},
  deps: EditDependencies,
): Pinning {
  const edit = async ({name, version, integrity}: Pick<Offer, 'name' | 'version' | 'integrity'>) => {
    const all = (await listedPlugins(dataFolder, files)).map(plugin => plugin.name)
    const others = all.filter(other => other !== name)
    return (): readonly PinEdit[] => [{kind: 'pin', name, entry: {version, integrity}, others}]
  }
  return {
    draft: async offer => void (await draftConfiguration(await edit(offer), deps)),
    write: async installed => editConfiguration(await edit(installed), deps),
  }
}
