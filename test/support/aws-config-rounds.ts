import {externalDataInterceptor, loadSharedConfigFiles} from '@smithy/core/config'
import {expect} from 'chai'
import {editedText, obstacleTo, type ProfileEdit, sectionsByProfile} from '../../src/aws-config/edit.ts'
import {type FileKind, propertiesIn, readSharedFile} from '../../src/aws-config/read.ts'
import {AwsOidcError} from '../../src/errors.ts'
import {randomEdits, randomFile} from './aws-config-dice.ts'
import {diceFrom} from './dice.ts'

/** Profiles and other sections as one reader sees them; `undefined` if it refuses the file. */
export type Content = Readonly<Record<string, Readonly<Record<string, unknown>>>>
export type Reader = (text: string) => Promise<Content | undefined>

export interface Round {
  readonly seed: number
  readonly before: string
  readonly after: string
  /** The edits that could be made. */
  readonly edits: readonly ProfileEdit[]
}

/** A random file with random edits; `undefined` if the file is damaged. */
export function playRound(seed: number, kind: FileKind = 'config'): Round | undefined {
  const dice = diceFrom(seed)
  const random = randomFile(dice)
  const before = kind === 'config' ? random : random.replaceAll(/^\[profile[ \t]+/gm, '[')
  const wanted = randomEdits(dice)
  try {
    const file = readSharedFile('file', kind, before)
    const sections = sectionsByProfile(file)
    const edits = wanted.filter(edit => !obstacleTo(edit, sections.get(edit.profile) ?? []))
    return {seed, before, after: editedText(file, edits), edits}
  } catch (error) {
    if (error instanceof AwsOidcError) return undefined
    throw new Error(`seed ${seed}: ${JSON.stringify({before, wanted})}`, {cause: error})
  }
}

/** Fails if a reader sees any difference but the intended one. */
export async function judge(
  {seed, before, after, edits}: Round,
  readers: Readonly<Record<string, Reader>>,
): Promise<void> {
  const about = `seed ${seed}\n--- before\n${before}\n--- after\n${after}\n--- ${JSON.stringify(edits)}`
  for (const [name, read] of Object.entries(readers)) {
    const [was, is] = [await read(before), await read(after)]
    if (was === undefined) expect(is, `${name}: it can read now what it could not; ${about}`).to.equal(undefined)
    else expect(withoutEmpty(is), `${name}, ${about}`).to.deep.equal(withoutEmpty(withEdits(was, edits)))
  }
  expect(linesThatAreNoProperties(after), `comments, ${about}`).to.include.members(linesThatAreNoProperties(before))
}

/** Comment lines, all of which must survive. */
function linesThatAreNoProperties(text: string): string[] {
  return text.split(/\r?\n/).filter(line => /^\s*[#;]/.test(line) && !/^\s+#/.test(line))
}

function withEdits(content: Content, edits: readonly ProfileEdit[]): Content {
  const after: Record<string, Readonly<Record<string, unknown>>> = {...content}
  for (const {profile, set, unset} of edits) {
    const kept = Object.entries(after[profile] ?? {}).filter(([key]) => !unset.includes(key.toLowerCase()))
    const other = kept.filter(([key]) => !Object.hasOwn(set, key.toLowerCase()))
    after[profile] = {...Object.fromEntries(other), ...set}
  }
  return after
}

/** Ignores sections without properties: some readers list them, some don't. */
function withoutEmpty(content: Content | undefined): Content {
  return Object.fromEntries(Object.entries(content ?? {}).filter(([, values]) => Object.keys(values).length > 0))
}

/** Our own reader; the names of sections other than profiles get their kind as a prefix. */
export const ownReader = ownReaderOf('config')

export function ownReaderOf(fileKind: FileKind): Reader {
  return async text => {
    const file = readSharedFile('file', fileKind, text)
    const kinds = (['profile', 'sso-session', 'services', 'other'] as const).map(kind =>
      [...propertiesIn(file, kind)].map(([name, values]) => [
        kind === 'profile' ? name : `${kind}.${name}`,
        Object.fromEntries(values),
      ]),
    )
    return Object.fromEntries(kinds.flat())
  }
}

/** The reader of the AWS SDK for JavaScript. It drops empty sections, and never refuses a file. */
export const javascriptReader = javascriptReaderOf('config')

export function javascriptReaderOf(kind: FileKind): Reader {
  return async text => {
    externalDataInterceptor.interceptFile('config', kind === 'config' ? text : '')
    externalDataInterceptor.interceptFile('credentials', kind === 'config' ? '' : text)
    const {configFile, credentialsFile} = await loadSharedConfigFiles({
      configFilepath: 'config',
      filepath: 'credentials',
    })
    return JSON.parse(JSON.stringify(kind === 'config' ? configFile : credentialsFile))
  }
}
