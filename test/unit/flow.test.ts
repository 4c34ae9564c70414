import {expect} from 'chai'
import {AwsOidcError} from '../../src/errors.ts'
import {chooseFlow, type DeviceOffer, type FlowChoice, type FlowRequest, type Place} from '../../src/host/flow.ts'

type Env = Place['env']

const ssh: Env = {SSH_CONNECTION: '192.0.2.1 50000 192.0.2.2 22'}
const display: Env = {DISPLAY: ':0'}
const vsCode: Env = {BROWSER: '/home/me/.vscode-server/cli/servers/Stable-1/server/bin/helpers/browser.sh'}

function choose(
  env: Env,
  offer: DeviceOffer = 'offered',
  request: Partial<FlowRequest> = {},
  place: Partial<Place> = {},
): FlowChoice {
  const program: FlowRequest['program'] = env.BROWSER ? [env.BROWSER] : undefined
  return chooseFlow(
    {provider: 'corp', device: false, browser: undefined, configured: 'auto', program, ...request},
    {env, platform: 'linux', inContainer: () => false, ...place},
    offer,
  )
}

/** Flow, whether it opens, and whether the browser is elsewhere. */
function inShort({flow, opens, elsewhere}: FlowChoice): string {
  return [flow, opens ? 'opened' : 'shown', ...(elsewhere ? [`elsewhere ${elsewhere}`] : [])].join(', ')
}

describe('the way to sign in where none was chosen', () => {
  const container = {inContainer: () => true}
  for (const [words, env, offered, notOffered, reason, place] of [
    ['a desktop', display, 'browser, opened', 'browser, opened', undefined],
    ['Wayland', {WAYLAND_DISPLAY: 'wayland-0'}, 'browser, opened', 'browser, opened', undefined],
    ['macOS', {}, 'browser, opened', 'browser, opened', undefined, {platform: 'darwin'}],
    ['Windows', {}, 'browser, opened', 'browser, opened', undefined, {platform: 'win32'}],
    ['WSL', {WSL_DISTRO_NAME: 'Debian'}, 'browser, opened', 'browser, opened', /WSL; --device/],
    ['no desktop', {}, 'device, shown', 'browser, shown, elsewhere maybe', /no desktop/],
    ['SSH', ssh, 'device, shown', 'browser, shown, elsewhere surely', /SSH/],
    ['SSH without its addresses', {SSH_TTY: '/dev/pts/1'}, 'device, shown', 'browser, shown, elsewhere surely', /SSH/],
    ['SSH with a forwarded display', {...ssh, ...display}, 'device, shown', 'browser, opened, elsewhere maybe', /SSH/],
    ['SSH to macOS', ssh, 'device, shown', 'browser, shown, elsewhere surely', /SSH/, {platform: 'darwin'}],
    ['SSH to Windows', ssh, 'device, shown', 'browser, shown, elsewhere surely', /SSH/, {platform: 'win32'}],
    ['Docker or Podman', {}, 'device, shown', 'browser, shown, elsewhere maybe', /container/, container],
    ['a container that says so', {container: 'lxc'}, 'device, shown', 'browser, shown, elsewhere maybe', /container/],
    [
      'Kubernetes',
      {KUBERNETES_SERVICE_HOST: '10.0.0.1'},
      'device, shown',
      'browser, shown, elsewhere maybe',
      /container/,
    ],
    ['a container with a display', display, 'browser, opened', 'browser, opened', undefined, container],
    ['Codespaces', {CODESPACES: 'true'}, 'device, shown', 'browser, shown, elsewhere surely', /GitHub Codespaces/],
    ['Gitpod', {GITPOD_WORKSPACE_ID: 'a'}, 'device, shown', 'browser, shown, elsewhere surely', /Gitpod/],
    ['Google Cloud Shell', {CLOUD_SHELL: 'true'}, 'device, shown', 'browser, shown, elsewhere surely', /Google/],
    ['AWS CloudShell', {AWS_EXECUTION_ENV: 'CloudShell'}, 'device, shown', 'browser, shown, elsewhere surely', /AWS/],
    [
      'Codespaces with a display',
      {CODESPACES: 'true', ...display},
      'device, shown',
      'browser, shown, elsewhere surely',
      /Git/,
    ],
    [
      'Codespaces in VS Code',
      {CODESPACES: 'true', ...vsCode},
      'device, opened',
      'browser, opened, elsewhere maybe',
      /Git/,
    ],
    ['VS Code over SSH', {...ssh, ...vsCode}, 'device, opened', 'browser, opened, elsewhere maybe', /VS Code/],
    ['VS Code on WSL', {WSL_DISTRO_NAME: 'Debian', ...vsCode}, 'browser, opened', 'browser, opened', /WSL/],
    [
      'an EC2 instance without anything',
      {AWS_EXECUTION_ENV: 'EC2'},
      'device, shown',
      'browser, shown, elsewhere maybe',
      /desktop/,
    ],
    [
      'CODESPACES=false on a desktop',
      {CODESPACES: 'false', ...display},
      'browser, opened',
      'browser, opened',
      undefined,
    ],
    ['a machine where BROWSER is set', {BROWSER: 'firefox'}, 'browser, opened', 'browser, opened', undefined],
    [
      'SSH where BROWSER is set',
      {...ssh, BROWSER: 'lemonade'},
      'browser, opened, elsewhere maybe',
      'browser, opened, elsewhere maybe',
      /lemonade is opened, although this is an SSH session; --device/,
    ],
    [
      'a container where BROWSER is set',
      {BROWSER: 'firefox'},
      'browser, opened, elsewhere maybe',
      'browser, opened, elsewhere maybe',
      undefined,
      container,
    ],
  ] as readonly [string, Env, string, string, RegExp | undefined, Partial<Place>?][]) {
    it(`on ${words}: ${offered}; without the device flow: ${notOffered}`, () => {
      const chosen = choose(env, 'offered', {}, place)
      expect(inShort(chosen)).to.equal(offered)
      if (reason) expect(chosen.note).to.match(reason).and.not.include('\n')
      else expect(chosen.note).to.equal(undefined)
      for (const offer of ['not-offered', 'not-to-this-client'] as const) {
        expect(inShort(choose(env, offer, {}, place))).to.equal(notOffered)
      }
    })
  }

  it('says how to choose otherwise', () => {
    expect(choose(ssh).note).to.equal(
      'You sign in with a code, because this is an SSH session; --browser, or "flow: browser" of the provider, uses the browser instead.',
    )
    expect(choose(ssh, 'not-to-this-client').note).to.equal(
      'Your browser is elsewhere, because this is an SSH session, and the provider offers no code to this client; "flow: browser" of the provider says that a browser can reach this machine.',
    )
  })
})

describe('the way to sign in where one was chosen', () => {
  for (const [words, env, request, expected] of [
    ['--device on a desktop', display, {device: true}, 'device, opened'],
    ['--device over SSH', ssh, {device: true}, 'device, shown'],
    ['--device over SSH with a forwarded display', {...ssh, ...display}, {device: true}, 'device, shown'],
    ['--device with a browser of the user', {BROWSER: 'firefox'}, {device: true}, 'device, opened'],
    ['--device and --no-browser', display, {device: true, browser: false}, 'device, shown'],
    ['--device against "flow: browser"', display, {device: true, configured: 'browser'}, 'device, opened'],
    ['--no-browser on a desktop', display, {browser: false}, 'browser, shown, elsewhere maybe'],
    ['--no-browser over SSH', ssh, {browser: false}, 'browser, shown, elsewhere maybe'],
    [
      '--no-browser against "flow: device"',
      ssh,
      {browser: false, configured: 'device'},
      'browser, shown, elsewhere maybe',
    ],
    ['--no-browser with a browser of the user', {BROWSER: 'x'}, {browser: false}, 'browser, shown, elsewhere maybe'],
    ['--browser over SSH', ssh, {browser: true}, 'browser, shown, elsewhere maybe'],
    [
      '--browser over SSH with a forwarded display',
      {...ssh, ...display},
      {browser: true},
      'browser, opened, elsewhere maybe',
    ],
    ['--browser against "flow: device"', display, {browser: true, configured: 'device'}, 'browser, opened'],
    ['"flow: browser" over SSH', ssh, {configured: 'browser'}, 'browser, shown, elsewhere maybe'],
    ['"flow: browser" on a desktop', display, {configured: 'browser'}, 'browser, opened'],
    ['"flow: device" on a desktop', display, {configured: 'device'}, 'device, opened'],
    ['"flow: device" with a browser of the user', {BROWSER: 'x'}, {configured: 'device'}, 'device, opened'],
  ] as readonly [string, Env, Partial<FlowRequest>, string][]) {
    it(`${words}: ${expected}, and needs no explanation`, () => {
      const chosen = choose(env, 'offered', request)
      expect(inShort(chosen)).to.equal(expected)
      expect(chosen.note).to.equal(undefined)
    })
  }

  for (const [words, request, hint] of [
    ['--device', {device: true}, 'the same command without --device'],
    ['"flow: device"', {configured: 'device'}, '"flow: auto" of the provider, or --browser'],
  ] as readonly [string, Partial<FlowRequest>, string][]) {
    for (const [offer, said] of [
      ['not-offered', 'offers no sign-in with a code ('],
      ['not-to-this-client', 'offers no sign-in with a code to this client ('],
    ] as const) {
      it(`${words} is an error where the code is ${offer}`, () => {
        const attempt = () => choose(display, offer, request)
        expect(attempt)
          .to.throw(AwsOidcError, `The provider "corp" ${said}`)
          .that.includes({code: 'CONFIG_INVALID', hint})
      })
    }
  }
})
