import {spawnSync} from 'node:child_process'
import {readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {type Desk, makeDesk, sitDown, type TypedShell, typedShells} from '../support/completion-shells.ts'
import {root} from '../support/sandbox.ts'

const role = 'arn:aws:iam::123456789012:role/developer'

// Each begins with a letter of its own, by which it is completed.
const hostile = [
  'a$(touch pwned)',
  'b`touch pwned`',
  'c;touch pwned',
  's\'e"f\\g',
  'e !x #y',
  'f*?[a]',
  'g{a,b}',
  'h~i',
  'j&touch pwned|l<m>n',
  'k é日本😀',
  'l=m:n',
  'm%n^o',
  'n$HOME',
  "o'; touch pwned; '",
  'p"; touch pwned; "',
  'q\\',
  'r  s',
]

it('The script for bash passes shellcheck', () => {
  const {status, stdout} = spawnSync('shellcheck', [join(root, 'bin/complete.bash')], {encoding: 'utf8'})
  expect({status, stdout}).to.deep.equal({status: 0, stdout: ''})
})

// Of macOS there is bash 3.2, which has no compopt and cuts words otherwise; fish has a second way to set up.
const variants: Readonly<Record<string, TypedShell>> = {
  ...typedShells,
  'bash as old as that of macOS': {...typedShells.bash, setUp: `enable -n compopt; ${typedShells.bash.setUp}`},
  'bash that cuts words at blanks only': {
    ...typedShells.bash,
    setUp: `COMP_WORDBREAKS=$' \\t\\n'; ${typedShells.bash.setUp}`,
  },
  'bash in POSIX mode, with set -u': {...typedShells.bash, setUp: `set -o posix -u; ${typedShells.bash.setUp}`},
  'fish set up by eval': {...typedShells.fish, setUp: 'eval "$(aws-oidc autocomplete script fish)"'},
}

for (const [name, shell] of Object.entries(variants)) {
  describe(`Tab in ${name}`, () => {
    let desk: Desk

    beforeEach(async () => {
      desk = await makeDesk()
      await desk.configure({
        providers: {corp: {strategy: 'oidc', issuer: 'https://sso.example.com', clientId: 'aws-oidc'}},
        profiles: {
          developer: {provider: 'corp', role, region: 'eu-central-1'},
          ...Object.fromEntries(hostile.map(profile => [profile, {provider: 'corp', role}])),
        },
      })
    })
    afterEach(() => desk.clear())

    it('completes commands, flags and values, in the middle of words too', async () => {
      const {call} = await sitDown(shell, desk)
      const lines: readonly (readonly [string, readonly string[]])[] = [
        ['aws-oidc who\t', ['whoami']],
        ['aws-oidc prof\tli\t', ['profiles', 'list']],
        ['aws-oidc creds --forc\t', ['creds', '--force']],
        ['aws-oidc creds -p dev\t', ['creds', '-p', 'developer']],
        ['aws-oidc creds --profile dev\t', ['creds', '--profile', 'developer']],
        ['aws-oidc creds --profile=dev\t', ['creds', '--profile=developer']],
        ['aws-oidc creds --provider \t', ['creds', '--provider', 'corp']],
        ['aws-oidc creds --format pow\t', ['creds', '--format', 'powershell']],
        ['aws-oidc creds --role \t', ['creds', '--role', role]],
        ['aws-oidc creds --role arn:aws:iam::1\t', ['creds', '--role', role]],
        ['aws-oidc creds --role=arn:aws:iam::1\t', ['creds', `--role=${role}`]],
        ['aws-oidc setup --strategy sam\t', ['setup', '--strategy', 'saml2']],
        ['aws-oidc exec --region eu\t-- env', ['exec', '--region', 'eu-central-1', '--', 'env']],
        ['aws-oidc profiles show dev\t', ['profiles', 'show', 'developer']],
        ['aws-oidc help prof\tli\t', ['help', 'profiles', 'list']],
      ]
      for (const [typed, called] of lines) expect(await call(typed), typed).to.deep.equal(called)
    })

    it('completes names of every kind unchanged, and runs nothing of them', async () => {
      const {call} = await sitDown(shell, desk)
      for (const profile of hostile) {
        const typed = `aws-oidc creds -p ${profile[0]}\t`
        expect(await call(typed), typed).to.deep.equal(['creds', '-p', profile])
      }
      for (const begun of ["'r  ", '"r  ', String.raw`r\ `]) {
        expect(await call(`aws-oidc creds -p ${begun}\t`), begun).to.deep.equal(['creds', '-p', 'r  s'])
      }
      for (const quote of ["'", '"']) {
        for (const profile of ['a$(touch pwned)', 's\'e"f\\g', 'p"; touch pwned; "', "o'; touch pwned; '"]) {
          const typed = `aws-oidc creds -p ${quote}${profile[0]}\t`
          expect(await call(typed), typed).to.deep.equal(['creds', '-p', profile])
        }
      }
      expect(await readdir(join(desk.folder, 'work'))).to.deep.equal([])
    })

    it('leaves files, and the program for exec, to the shell', async () => {
      await writeFile(join(desk.folder, 'work/so me.tgz'), '')
      await writeFile(join(desk.folder, 'programs/zzz-only'), '#!/bin/sh\n', {mode: 0o755})
      const {call} = await sitDown(shell, desk)
      expect(await call('aws-oidc plugins install so\t')).to.deep.equal(['plugins', 'install', 'so me.tgz'])
      expect(await call('aws-oidc exec -p dev\t-- zzz-\t')).to.deep.equal(['exec', '-p', 'developer', '--', 'zzz-only'])
      expect(await call('aws-oidc exec -- cat so\t')).to.deep.equal(['exec', '--', 'cat', 'so me.tgz'])
      expect(await call('aws-oidc exec -- cat ./so\t')).to.deep.equal(['exec', '--', 'cat', './so me.tgz'])
    })

    it('shows the choices, with descriptions where the shell can', async () => {
      const {session} = await sitDown(shell, desk)
      session.type(`aws-oidc creds --fo${'\t'.repeat(shell.program[0] === 'bash' ? 3 : 2)}`)
      await session.until('--force')
      await session.until('--format')
      if (shell.program[0] !== 'bash') await session.until('skip cached credentials')
    })

    it('completes nothing and prints nothing while the configuration is invalid', async () => {
      await desk.configure({profiles: {developer: {provider: 'nobody'}}})
      await writeFile(join(desk.folder, 'work/developer.txt'), '')
      const {call, session} = await sitDown(shell, desk)
      const before = session.shown().length
      expect(await call('aws-oidc creds -p dev\t')).to.deep.equal(['creds', '-p', 'dev'])
      expect(await call('aws-oidc creds --forc\t')).to.deep.equal(['creds', '--force'])
      expect(session.shown().slice(before)).not.to.match(/error|invalid|nobody|\.txt/i)
    })
  })
}
