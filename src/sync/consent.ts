import type {Dependencies} from '../credentials/dependencies.ts'
import {AwsOidcError} from '../errors.ts'

/** Asks the user, who has just seen the difference, whether to write it. Rejects with USAGE if nobody may be asked. */
export async function agreesToWrite(
  question: string,
  instead: string,
  {asking, ask}: Pick<Dependencies, 'asking' | 'ask'>,
): Promise<boolean> {
  if (asking.interactive && asking.mayRead) {
    return ask.select(question, [
      {label: 'Yes', value: true},
      {label: 'No', value: false},
    ])
  }
  throw new AwsOidcError('USAGE', "You can't be asked here whether to write this; nothing was changed.", {
    hint: instead,
  })
}
