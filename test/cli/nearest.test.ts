import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

describe('a mistyped name', () => {
  const scene = useScene()
  const slips: readonly (readonly [typed: string, hint: string])[] = [
    // Commands, and their topics.
    ['crds --profile developer', 'aws-oidc creds'],
    ['loggin', 'aws-oidc login'],
    ['whomai', 'aws-oidc whoami'],
    ['profiles lits', 'aws-oidc profiles list'],
    ['profils list', 'aws-oidc profiles list'],
    ['cache cler', 'aws-oidc cache clear'],
    ['providers set-secrt corp clientSecret', 'aws-oidc providers set-secret'],
    ['plugins instal aws-oidc-keycloak', 'aws-oidc plugins install'],
    ['autocomplet', 'aws-oidc autocomplete'],
    // Flags.
    ['creds --proflie developer', 'aws-oidc creds --profile NAME'],
    ['creds --proflie=developer', 'aws-oidc creds --profile NAME'],
    ['exec --sreve -- env', 'aws-oidc exec --serve'],
    ['login --no-browsr', 'aws-oidc login --no-browser'],
    ['whoami --jsn', 'aws-oidc whoami --json'],
    ['status --no-interactiv', 'aws-oidc status --no-interactive'],
    ['profiles sync --chian process', 'aws-oidc profiles sync --chain process|aws'],
    // Values of a choice.
    ['creds --format powershel', 'aws-oidc creds --format powershell'],
    ['creds --format=dotnev', 'aws-oidc creds --format dotenv'],
    ['profiles sync --chain proces', 'aws-oidc profiles sync --chain process'],
    ['setup --from aws-cli-oidcc', 'aws-oidc setup --from aws-cli-oidc'],
    ['autocomplete bsh', 'aws-oidc autocomplete bash'],
    ['autocomplete script powershel', 'aws-oidc autocomplete script powershell'],
    // Names of the configuration.
    ['creds --profile devloper', '--profile developer'],
    ['creds --provider sandbx --role arn:aws:iam::123456789012:role/developer', '--provider sandbox'],
    ['exec --profile admn -- env', '--profile admin'],
    ['login --profile devloper', '--profile developer'],
    ['login --provider sandbx', '--provider sandbox'],
    ['logout --provider sandbx', '--provider sandbox'],
    ['whoami -p devloper', '--profile developer'],
    ['status --profile devloper', '--profile developer'],
    ['status --provider sandbx', '--provider sandbox'],
    ['cache clear --provider sandbx', '--provider sandbox'],
    ['profiles show admn', 'aws-oidc profiles show admin'],
    ['providers show sandbx', 'aws-oidc providers show sandbox'],
    // What resembles nothing.
    ['creds --zzzzzz', 'aws-oidc creds --help'],
    ['creds --format zzzzzz', 'aws-oidc creds --help'],
    ['zzzzzz', 'aws-oidc help'],
  ]

  for (const [typed, hint] of slips) {
    it(`"${typed}" is exit 2, with "${hint}" to try`, async () => {
      const {exitCode, stdout, stderr} = await scene.home.run(typed.split(' '))
      expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 2, stdout: ''})
      const lines = stderr.trim().split('\n')
      expect(lines.map(line => line.trim()).filter(line => line.startsWith('Try: '))).to.deep.equal([`Try: ${hint}`])
    })
  }

  it('is exit 2, with the nearest strategy to try', async () => {
    await scene.home.configure({provider: {strategy: 'odic'}})
    const {exitCode, stderr} = await scene.home.run(['creds', '--profile', 'developer'])
    expect({exitCode}).to.deep.equal({exitCode: 2})
    expect(stderr).to.include('Try: Did you mean "strategy: oidc"?')
  })

  it('is answered in JSON with --json', async () => {
    const {exitCode, stdout} = await scene.home.run(['status', '--json', '--chek'])
    expect(exitCode).to.equal(2)
    expect(JSON.parse(stdout).error).to.include({code: 'USAGE', hint: 'aws-oidc status --check'})
  })
})
