import {spawn} from 'node:child_process'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import type {Content} from './aws-config-rounds.ts'
import {installed} from './aws-tools.ts'
import {root} from './sandbox.ts'

/** The reader of botocore, in one process for all files. */
export interface BotocoreReader {
  read(text: string): Promise<Content | undefined>
  stop(): void
}

export function startBotocore(): BotocoreReader {
  const child = spawn(installed('python/bin/python'), [join(root, 'test/real/read_config.py')], {
    env: {LANG: 'C.UTF-8'},
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const answers = createInterface({input: child.stdout})[Symbol.asyncIterator]()
  return {
    async read(text) {
      child.stdin.write(`${JSON.stringify(text)}\n`)
      const {value, done} = await answers.next()
      if (done) throw new Error('botocore has ended')
      const loaded = JSON.parse(value)
      if (loaded === null) return undefined
      const {profiles, sso_sessions, services, ...others} = loaded
      return {
        ...profiles,
        ...prefixed('sso-session', sso_sessions),
        ...prefixed('services', services),
        ...prefixed('other', others),
      }
    },
    stop: () => void child.kill(),
  }
}

function prefixed(kind: string, sections: Readonly<Record<string, Content[string]>> = {}): Content {
  return Object.fromEntries(Object.entries(sections).map(([name, values]) => [`${kind}.${name}`, values]))
}
