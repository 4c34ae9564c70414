import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

describe('where the user may not be asked', () => {
  const scene = useScene()
  const login = 'aws-oidc login --profile developer'

  for (const [words, env, flags, why, hint] of [
    ['no terminal', {}, [], 'There is no terminal and no desktop here.', `AWS_OIDC_INTERACTIVE=always ${login}`],
    ['a job', {CI: 'true'}, [], 'CI is set, and no user watches a job.', `AWS_OIDC_INTERACTIVE=always ${login}`],
    ['a flag', {}, ['--no-interactive'], '--no-interactive was given.', login],
    [
      'a variable',
      {AWS_OIDC_INTERACTIVE: 'never'},
      [],
      'AWS_OIDC_INTERACTIVE is "never".',
      `AWS_OIDC_INTERACTIVE=auto ${login}`,
    ],
  ] as const) {
    it(`login says why, and what would allow it, instead of the command just typed (${words})`, async () => {
      const typed = ['login', '-p', 'developer', ...flags]
      const {exitCode, stderr} = await scene.home.run(typed, {AWS_OIDC_INTERACTIVE: undefined, ...env})
      expect(exitCode).to.equal(3)
      expect(stderr).to.match(/^Error: You need to sign in to \S+\. /)
      expect(stderr).to.include(`. ${why}\nTry: ${hint}\n`)
    })
  }

  it('login says that the configuration forbids it to ask, and what would allow it', async () => {
    await scene.home.configure({top: {interactive: 'never'}})
    const {stderr} = await scene.home.run(['login', '-p', 'developer'], {AWS_OIDC_INTERACTIVE: undefined})
    expect(stderr).to.include(`The configuration has "interactive: never".\nTry: AWS_OIDC_INTERACTIVE=auto ${login}\n`)
  })

  it('the command that login suggests signs the user in', async () => {
    const {exitCode, stdout} = await scene.home.run(['login', '-p', 'developer'], {AWS_OIDC_INTERACTIVE: 'always'})
    expect({exitCode, stdout}).to.deep.include({exitCode: 0})
    expect(stdout).to.include('Signed in as alice@example.com')
  })

  it('creds says that there is no terminal, and suggests login', async () => {
    const {exitCode, stderr} = await scene.home.run(['creds', '-p', 'developer'], {AWS_OIDC_INTERACTIVE: undefined})
    expect(exitCode).to.equal(3)
    expect(stderr).to.include(`There is no terminal and no desktop here.\nTry: ${login}\n`)
  })
})
