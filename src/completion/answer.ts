import type {Catalogue} from './commands.ts'
import {positionOf} from './position.ts'
import type {Answer, Question} from './replies.ts'
import {type Known, values} from './values.ts'

/** What can replace the word under the cursor. */
export async function answerTo(
  {before, current}: Pick<Question, 'before' | 'current'>,
  catalogue: Catalogue,
  known: Omit<Known, 'said'>,
): Promise<Answer> {
  const {prefix, words, value, except, said, restFrom} = positionOf(before, current, catalogue)
  if (restFrom !== undefined) return {kind: 'program', from: restFrom}
  if (value?.kind === 'file') return {kind: 'files', prefix}
  const found = value ? await valuesOf(value, {...known, said}) : []
  // A word of its own that begins with "-" would be taken for a flag.
  const free = found.filter(
    candidate => !except.includes(candidate.value) && (prefix || !candidate.value.startsWith('-')),
  )
  return {kind: 'words', prefix, candidates: [...words, ...free]}
}

async function valuesOf({kind, options}: {readonly kind: string; readonly options: readonly string[]}, known: Known) {
  if (options.length > 0) return options.map(option => ({value: option, description: ''}))
  const find = values.get(kind)
  return find ? find(known) : []
}
