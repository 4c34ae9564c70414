import {expect} from 'chai'
import {outliveTokens, rememberedTokens} from '../support/cached.ts'
import {onReadOnlyHome, root, runAs, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

/** A shell line that runs `"$@"` three times on a copy of the home on a disk that is full. */
const thriceOnFullDisk = `exec unshare --mount sh -c '
  rm -rf "$HOME/.cache/aws-oidc/compiled"
  mount -t tmpfs -o size=4m none /mnt && cp -a "$HOME/." /mnt && mount --bind /mnt "$HOME" || exit 99
  (cat /dev/zero >"$HOME/filler") 2>/dev/null
  for call in 1 2 3; do "$@" --force >/dev/null || exit; done' sh "$@"`

describe('a refresh token that is replaced on use', () => {
  const scene = useScene()
  beforeEach(async function () {
    if (!root || process.platform !== 'linux') return this.skip()
    await scene.sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 50})
    await scene.home.run(creds)
    await outliveTokens(scene.home)
    await scene.sandbox.steer('DELETE', '/journal')
  })
  afterEach(() => scene.sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 300}))

  const grants = async () => (await scene.sandbox.journal()).flatMap(({grant}) => grant ?? [])

  it('is not lost on a full disk: the next one takes its space, and no call opens a browser', async function () {
    const env = variablesOf(scene.home, scene.sandbox)
    const {exitCode, stderr} = await runAs(creds, {env, shell: thriceOnFullDisk})
    if (/unshare|mount:/.test(stderr)) return this.skip()
    expect(exitCode, stderr).to.equal(0)
    expect(await grants()).to.deep.equal(['refresh_token', 'refresh_token', 'refresh_token'])
    expect(await scene.sandbox.signIns()).to.equal(0)
  })

  it('is not used where the next one could not be stored, and works once it can be', async function () {
    const {home, sandbox} = scene
    const env = variablesOf(home, sandbox)
    const nobodyThere = {...env, AWS_OIDC_INTERACTIVE: 'never'}
    const before = await rememberedTokens(home)
    const refused = await runAs(creds, {env: nobodyThere, shell: onReadOnlyHome})
    if (/unshare|mount:/.test(refused.stderr)) return this.skip()
    expect(refused.exitCode, refused.stderr).to.equal(3)
    expect(refused.stderr).to.match(/^Warning: The cache "file" could not be written: EROFS/m)

    const asked = await runAs(creds, {env, shell: onReadOnlyHome})
    expect(asked.exitCode, asked.stderr).to.equal(0)
    expect(await grants()).not.to.include('refresh_token')
    expect((await rememberedTokens(home))?.refreshToken).to.equal(before?.refreshToken)
    expect(await runAs(creds, {env: nobodyThere})).to.include({exitCode: 0})
  })
})
