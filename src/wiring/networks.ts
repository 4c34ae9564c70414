import {isAbsolute, join} from 'node:path'
import type {NamedFile} from '../config/schema.ts'
import type {Dependencies} from '../credentials/dependencies.ts'
import type {Network} from '../outside/network/network.ts'
import type {Outside} from '../outside/outside.ts'
import type {Log} from '../plugin.ts'

/** The network of each provider. One with TLS settings gets a network of its own, made when it is first needed. */
export function networksOf(
  network: Network,
  {readTls, clock}: Outside,
  home: string | undefined,
  folder: string,
  log: Log,
): Dependencies['networkOf'] {
  const made = new Map<string, Network>()
  const resolve = (file: NamedFile | undefined) => file && {...file, path: fileFrom(file.path, home, folder)}
  return ({name, tls}) => {
    if (!tls) return network
    const files = {ca: resolve(tls.ca), cert: resolve(tls.cert), key: resolve(tls.key)}
    // While a provider is set up, its files may change.
    const key = JSON.stringify([name, files])
    const own = made.get(key) ?? network.withTls(readTls(files, {now: clock.now(), warn: log.warn}))
    made.set(key, own)
    return own
  }
}

/** A path in the configuration: `~` is the home folder, and relative paths begin at the configuration's folder. */
function fileFrom(path: string, home: string | undefined, folder: string): string {
  const fromHome = /^~[/\\](.*)$/s.exec(path)?.[1]
  if (fromHome !== undefined && home !== undefined) return join(home, fromHome)
  return isAbsolute(path) ? path : join(folder, path)
}
