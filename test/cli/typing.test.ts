import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

describe('a typing error', () => {
  const scene = useScene()
  const slips: readonly (readonly [readonly string[], string, string])[] = [
    [['crds'], 'There is no command "crds".', 'aws-oidc creds'],
    [['cache', 'cleer'], 'There is no command "cache cleer".', 'aws-oidc cache clear'],
    [['zzzzzz'], 'There is no command "zzzzzz".', 'aws-oidc help'],
    [['creds', 'developer'], '"aws-oidc creds" takes no argument "developer".', 'aws-oidc creds --profile developer'],
    [['whoami', '--profle', 'x'], 'Nonexistent flag: --profle', 'aws-oidc whoami --profile NAME'],
  ]

  for (const [typed, complaint, hint] of slips) {
    it(`"${typed.join(' ')}" is exit 2, with the error and what to type instead`, async () => {
      const {exitCode, stdout, stderr} = await scene.home.run(typed)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
      const lines = stderr.trim().split('\n')
      expect(lines.map(line => line.trim())).to.deep.equal([`Error: ${complaint}`, `Try: ${hint}`])
    })
  }
})
