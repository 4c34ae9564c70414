import {existsSync} from 'node:fs'
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {type Chromium, startChromium} from '../support/chromium.ts'
import {contrast} from '../support/contrast.ts'
import type {Running} from '../support/home.ts'
import {root} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'
import {until} from '../support/until.ts'

const images = join(root, 'docs/images')
const [userField, passwordField] = ['#username', '#password']
const [signInButton, cancelButton] = ['button[value=sign-in]', 'button[value=cancel]']
const heading = "document.querySelector('h1').textContent"
const text = 'document.body.innerText'

describe('A user with a real browser', () => {
  const scene = useScene()
  let chromium: Chromium

  beforeEach(async () => {
    chromium = await startChromium()
  })
  afterEach(() => chromium?.close())

  /** Starts a login and opens the address that it shows. */
  async function beginLogin(): Promise<Running> {
    const login = scene.home.start(['login', '--profile', 'developer', '--no-browser'])
    await chromium.visit(await addressShown(login))
    return login
  }

  async function submit(user: string, password: string): Promise<void> {
    await chromium.type(userField, user)
    await chromium.type(passwordField, password)
    await chromium.click(signInButton)
  }

  it('signs in at the address that login shows, and is told that the window can be closed', async () => {
    const login = await beginLogin()
    await submit('alice', 'alice-password')
    expect(await chromium.evaluate(heading)).to.equal('You are signed in')
    expect(await chromium.evaluate(text)).to.contain('You can close this window')
    expect(await login.ended).to.include({exitCode: 0})
    await expectGoodPage('success', [])
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('signs in with the second attempt after a wrong password', async () => {
    const login = await beginLogin()
    await submit('alice', 'forgotten')
    expect(await chromium.evaluate(text)).to.contain('The user name or the password is wrong.')
    // The name is still there; only the password is typed again.
    await chromium.type(passwordField, 'alice-password')
    await chromium.click(signInButton)
    expect(await chromium.evaluate(heading)).to.equal('You are signed in')
    expect(await login.ended).to.include({exitCode: 0})
  })

  it('presses Cancel, and both the page and the terminal say that the sign-in was refused', async () => {
    const login = await beginLogin()
    await chromium.click(cancelButton)
    expect(await chromium.evaluate(heading)).to.equal('You are not signed in')
    expect(await chromium.evaluate(text)).to.contain('access_denied')
    const {exitCode, stderr} = await login.ended
    expect(exitCode).to.equal(4)
    expect(stderr).to.contain('access_denied').and.to.contain('Try: aws-oidc login')
    await expectGoodPage('failure', [
      'Failed to load resource: the server responded with a status of 400 (Bad Request)',
    ])
  })

  it('sees the words of a provider as text, whatever they are', async () => {
    const message = `<img src=x onerror="document.title='taken'"><style>body{display:none}</style>`
    await scene.sandbox.fault({on: 'authorization', error: 'access_denied', message})
    const login = await beginLogin()
    await submit('alice', 'alice-password')
    expect(await chromium.evaluate(text)).to.contain(message)
    expect(await chromium.evaluate("document.querySelectorAll('img').length")).to.equal(0)
    expect(await chromium.evaluate('document.title')).to.equal('You are not signed in - aws-oidc')
    expect(await login.ended).to.include({exitCode: 4})
  })

  it('opens the redirect address of the waiting command first, and can still sign in', async () => {
    const login = scene.home.start(['login', '--profile', 'developer', '--no-browser'])
    const address = await addressShown(login)
    const callback = new URL(address).searchParams.get('redirect_uri') ?? ''
    await chromium.visit(callback)
    expect(await chromium.evaluate(heading)).to.equal('Nothing to see here')
    await chromium.visit(address)
    await submit('alice', 'alice-password')
    expect(await chromium.evaluate(heading)).to.equal('You are signed in')
    expect(await login.ended).to.include({exitCode: 0})
  })

  /** Starts `console`, and opens what it would have a browser open. */
  async function openConsole(...args: readonly string[]): Promise<Running> {
    const file = join(scene.home.folder, 'visits.json')
    const visitor = join(root, 'test/support/visitor.ts')
    await scene.home.configure({top: {browser: [process.execPath, visitor, file]}})
    const running = scene.home.start(['console', ...args], {AWS_ENDPOINT_URL_SIGNIN: scene.sandbox.console})
    await until('the browser was started', () => existsSync(file))
    const {args: started}: {args: string[]} = JSON.parse(await readFile(file, 'utf8'))
    await rm(file)
    await chromium.visit(started.at(-1) ?? '')
    return running
  }

  it('is led to the console, signed in as the profile, and stays signed in when another profile is opened', async () => {
    await scene.home.run(['login', '--profile', 'developer'])
    const running = await openConsole('s3', '--profile', 'developer', '--region', 'eu-west-1')
    expect(await running.ended).to.include({exitCode: 0})
    expect(await chromium.evaluate(heading)).to.equal('AWS console')
    const developer = 'arn:aws:sts::123456789012:assumed-role/developer/alice@example.com'
    expect(await chromium.evaluate(text))
      .to.contain(developer)
      .and.contain('https://eu-west-1.console.aws.amazon.com/s3')
    expect(await chromium.evaluate('location.href')).not.to.contain('SigninToken')
    expect(await chromium.evaluate('document.referrer')).to.equal('')
    const hosts = new Set(chromium.requests.map(address => new URL(address).hostname))
    expect([...hosts]).to.deep.equal(['127.0.0.1'])
    expect(chromium.complaints).to.deep.equal([])

    const other = await openConsole('--profile', 'admin')
    expect(await other.ended).to.include({exitCode: 0})
    expect(await chromium.evaluate(text)).to.contain('You must first log out')
    await chromium.visit(`${scene.sandbox.console}/home`)
    expect(await chromium.evaluate(text)).to.contain(developer)
  })

  /** Readable in light and dark, complete in itself, and nothing in the console but `complaints`. */
  async function expectGoodPage(name: string, complaints: readonly string[]): Promise<void> {
    const grounds = new Set<unknown>()
    for (const scheme of ['light', 'dark'] as const) {
      await chromium.prefer(scheme)
      grounds.add(await chromium.evaluate('getComputedStyle(document.body).backgroundColor'))
      for (const selector of ['h1', 'p']) {
        const colors = `[getComputedStyle(document.querySelector('${selector}')).color, getComputedStyle(document.querySelector('main')).backgroundColor]`
        // WCAG 2.2, 1.4.3.
        expect(contrast(await chromium.evaluate(colors)), `${selector}, ${scheme}`).to.be.at.least(4.5)
      }
      await keepPicture(`${name}-${scheme}.png`)
    }
    expect(grounds.size, 'light and dark differ').to.equal(2)
    expect(chromium.complaints).to.deep.equal(complaints)
    const hosts = new Set(chromium.requests.map(address => new URL(address).hostname))
    expect([...hosts]).to.deep.equal(['127.0.0.1'])
  }

  /** For the documentation; only on demand, because a picture differs from one version of Chromium to the next. */
  async function keepPicture(name: string): Promise<void> {
    const picture = await chromium.picture()
    expect(picture.length, 'the picture is more than one colour').to.be.above(5000)
    if (existsSync(join(images, name)) && !process.env.UPDATE_IMAGES) return
    await mkdir(images, {recursive: true})
    await writeFile(join(images, name), picture)
  }
})

function addressShown({child, ended}: Running): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', chunk => {
      said += chunk
      const [address] = /http:\S+(?=\n)/.exec(said) ?? []
      if (address) resolve(address)
    })
    ended.then(({stderr}) => reject(new Error(`ended without an address: ${stderr}`)))
  })
}
