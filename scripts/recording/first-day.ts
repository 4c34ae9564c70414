// Why no recorder from a registry does this: docs/decisions/0022-recording.md.
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmod, mkdir, readFile, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {asPeopleHaveIt, saidInTestsOnly} from '../../test/support/as-people-have-it.ts'
import {awsOidcCommand, installed} from '../../test/support/aws-tools.ts'
import {type Home, makeHome} from '../../test/support/home.ts'
import {variablesOf} from '../../test/support/machine.ts'
import {type Sandbox, sandboxBin, startSandbox} from '../../test/support/sandbox.ts'
import {down, enter} from '../../test/support/wizard.ts'
import {type Moment, movingPicture} from './moving-picture.ts'
import {columns, openStage, type Stage} from './stage.ts'

const read = 1_300
const prompt = '\n$'

/** Makes every recording show the same dates and times. */
const onThatDay = [
  [/\d{4}-\d\d-\d\d\.aws-oidc-backup/g, '2026-11-25.aws-oidc-backup'],
  [/1[01]:\d\d \(in [45] minutes\)/g, '10:35 (in 5 minutes)'],
  [/1[01]:\d\d \(in (?:59|60) minutes\)/g, '11:30 (in 60 minutes)'],
] as const

/** A user's first day with aws-oidc: the real commands on a real terminal, with the sandbox. */
export async function firstDay(): Promise<string> {
  return movingPicture(await playFirstDay(), {title: 'The first day with aws-oidc', columns, rows: 24})
}

async function playFirstDay(): Promise<readonly Moment[]> {
  const sandbox = await startSandbox()
  const home = await makeHome(sandbox)
  try {
    const stage = openStage(
      ['bash', '--noprofile', '--norc'],
      {env: await machine(home, sandbox), cwd: home.folder},
      [...asPeopleHaveIt(home, sandbox), ...onThatDay],
      saidInTestsOnly,
    )
    try {
      await setUp(stage, home, sandbox)
      await use(stage)
    } finally {
      await stage.close()
    }
    return stage.moments
  } finally {
    await home.close()
    await sandbox.stop()
  }
}

async function setUp(stage: Stage, home: Home, sandbox: Sandbox): Promise<void> {
  stage.caption('Once: set up, and sign in')
  await stage.press('', '$', 800)
  await stage.type('aws-oidc setup')
  await stage.press(enter, 'Name for this provider', read)
  await stage.press(enter, 'How do you sign in there?', read)
  await stage.press(enter, 'issuer (', 700)
  await stage.paste(sandbox.issuer, 'https://sso.example.com')
  await stage.press(enter, 'clientId (', 700)
  await stage.type('aws-oidc')
  await stage.press(enter, 'Anything else', read)
  await stage.press(down.repeat(5), '❯ rolesClaim', 700)
  await stage.press(enter, 'rolesClaim (', 700)
  await stage.type('aws_roles')
  await stage.press(enter, 'Anything else', 700)
  await stage.press(enter, 'Waiting for your sign-in', 3_000)
  stage.caption('Your browser opens at your own provider: the password goes there, and nowhere else')
  await signIn(home)
  await stage.press('', 'offers 2 roles', read)
  stage.caption('Once: set up, and sign in')
  await stage.press(enter, 'Name of the profile', 700)
  await stage.press(enter, 'AWS region', 700)
  await stage.type('eu-central-1')
  await stage.press(enter, 'Write this?', 2_000)
  await stage.press(enter, prompt, 2_500)
}

async function use(stage: Stage): Promise<void> {
  stage.caption('From now on the AWS CLI and every SDK ask aws-oidc by themselves')
  await stage.type('aws sts get-caller-identity --profile developer')
  await stage.press(enter, prompt, 2_500)
  stage.caption('Another role: everything else in ~/.aws/config stays as it is')
  await stage.type('aws-oidc profiles add admin --source developer --role ')
  await stage.paste('arn:aws:iam::123456789012:role/admin')
  await stage.press(enter, prompt, read)
  await stage.type('aws-oidc profiles sync --yes')
  await stage.press(enter, prompt, 2_000)
  stage.caption('Who is signed in, until when, and what is renewed without asking')
  await stage.type('aws-oidc status')
  await stage.press(enter, prompt, 2_500)
  stage.caption('Any program with the credentials of a role; you are not asked again')
  await stage.type('aws-oidc exec -p admin -- aws sts get-caller-identity --query Arn')
  await stage.press(enter, prompt, 4_000)
}

/** A machine with `aws` and `aws-oidc` installed, whose browser waits for `signIn`. */
async function machine(home: Home, sandbox: Sandbox): Promise<Record<string, string | undefined>> {
  const programs = join(home.folder, 'programs')
  await mkdir(programs)
  await symlink(installed('python/bin/aws'), join(programs, 'aws'))
  await writeFile(join(programs, 'aws-oidc'), `#!/bin/sh\nexec ${awsOidcCommand} "$@"\n`)
  await chmod(join(programs, 'aws-oidc'), 0o700)
  await home.writeConfig(`cache: file\nbrowser: [/bin/sh, -c, 'echo "$0" >"$HOME/opened"']\n`)
  return {
    ...variablesOf(home, sandbox),
    PATH: `${programs}:/usr/bin:/bin`,
    PS1: '$ ',
    HISTFILE: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    // A user with a desktop, wherever this runs.
    DISPLAY: ':99',
    TZ: zoneInWhichItIsTen(),
  }
}

/** Signs in as alice would in the browser. */
async function signIn({folder}: Home): Promise<void> {
  const address = (await readFile(join(folder, 'opened'), 'utf8')).trim()
  await once(spawn(process.execPath, [sandboxBin, 'browse', address], {stdio: 'ignore'}), 'close')
}

/** A time zone in which it is ten o'clock: near midnight, times would include a date. */
function zoneInWhichItIsTen(): string {
  const west = new Date().getUTCHours() - 10
  const hours = west > 12 ? west - 24 : west
  return `Etc/GMT${hours < 0 ? '' : '+'}${hours}`
}
