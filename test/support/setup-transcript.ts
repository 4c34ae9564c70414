import {asPeopleHaveIt, saidInTestsOnly} from './as-people-have-it.ts'
import {makeHome} from './home.ts'
import {variablesOf} from './machine.ts'
import {sandboxBin, startSandbox} from './sandbox.ts'
import {screenAfter} from './screen.ts'
import {startOnTerminal} from './terminal-session.ts'
import {down, enter, respondentAt} from './wizard.ts'

const columns = 110

/** The terminal of a user who has set up a provider, with addresses and paths as users would see them. */
export async function setupTranscript(): Promise<string> {
  const sandbox = await startSandbox()
  const home = await makeHome(sandbox)
  try {
    await home.writeConfig(`cache: file\nbrowser: ["${process.execPath}", "${sandboxBin}", browse]\n`)
    const session = startOnTerminal(['setup'], {env: variablesOf(home, sandbox), columns})
    const {answer} = respondentAt(session)
    await answer('Name for this provider', enter)
    await answer('How do you sign in there?', enter)
    await answer('issuer (', `${sandbox.issuer}${enter}`)
    await answer('clientId (', `aws-oidc${enter}`)
    await answer('Anything else', down.repeat(5) + enter)
    await answer('rolesClaim (', `aws_roles${enter}`)
    await answer('Anything else', enter)
    await answer('offers 2 roles', enter)
    await answer('Name of the profile', enter)
    await answer('AWS region', `eu-central-1${enter}`)
    await answer('Write this?', enter)
    await session.ended
    const {texts} = await screenAfter(session.shown(), columns, asPeopleHaveIt(home, sandbox), saidInTestsOnly)
    return texts
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
  } finally {
    await home.close()
    await sandbox.stop()
  }
}
