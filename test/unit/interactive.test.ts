import {expect} from 'chai'
import {hasDesktop, mayAsk, type Surroundings, userCanSee} from '../../src/host/interactive.ts'

function around(platform: NodeJS.Platform, env: Surroundings['env'], terminals = false): Surroundings {
  return {platform, env, stdinIsTerminal: terminals, stderrIsTerminal: terminals}
}

describe('whether the user may be asked', () => {
  it('is decided by the flag before the variable, and by the variable before the file', () => {
    const variable = around('linux', {AWS_OIDC_INTERACTIVE: 'always'})
    expect(mayAsk('never', 'auto', variable)).to.equal('never')
    expect(mayAsk(undefined, 'never', variable)).to.equal('always')
    expect(mayAsk(undefined, 'never', around('linux', {}))).to.equal('never')
  })

  it('is true at a terminal, but not in CI', () => {
    expect(userCanSee(around('linux', {}, true))).to.equal(true)
    expect(userCanSee(around('linux', {}))).to.equal(false)
    expect(userCanSee(around('linux', {CI: 'true', DISPLAY: ':0'}, true))).to.equal(false)
  })

  for (const [platform, env, expected] of [
    ['linux', {DISPLAY: ':0'}, true],
    ['linux', {WAYLAND_DISPLAY: 'wayland-0'}, true],
    ['linux', {WSL_DISTRO_NAME: 'Debian'}, true],
    ['linux', {}, false],
    ['darwin', {}, true],
    ['darwin', {SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22'}, false],
    ['win32', {}, true],
    ['win32', {SSH_TTY: '/dev/pts/0'}, false],
  ] as const) {
    it(`${expected ? 'is' : 'is not'} true without a terminal on ${platform} with ${JSON.stringify(env)}`, () => {
      expect(hasDesktop(around(platform, env))).to.equal(expected)
      expect(userCanSee(around(platform, env))).to.equal(expected)
    })
  }
})
