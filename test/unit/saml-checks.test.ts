import {expect} from 'chai'
import {inspectAssertion} from '../../src/aws/saml-checks.ts'
import {readSaml} from '../../src/aws/saml-document.ts'
import {assertionXml, attribute, encoded, later, type Said, signed} from '../support/saml.ts'

const long = {
  conditions: `NotBefore="${later(-2)}" NotOnOrAfter="${later(3600)}"`,
  confirmation: confirmation(`NotOnOrAfter="${later(3600)}" Recipient="https://signin.aws.amazon.com/saml"`),
}

function confirmation(attributes: string): string {
  return `<saml:SubjectConfirmationData ${attributes}/>`
}

function audience(...names: readonly string[]): string {
  return `<saml:AudienceRestriction>${names.map(name => `<saml:Audience>${name}</saml:Audience>`).join('')}</saml:AudienceRestriction>`
}

/** The advice on a signed assertion, so many seconds after it was issued. */
function inspect(said: Partial<Said>, seconds = 1, aws = true) {
  return inspectAssertion(readSaml(encoded(signed(assertionXml(said)))).assertion, new Date(later(seconds)), {aws})
}

describe('an assertion that AWS accepts', () => {
  it('causes no doubt', () => {
    expect(inspect({})).to.deep.include({doubts: [], sessionSeconds: undefined})
  })

  for (const recipient of [
    'https://signin.aws.amazon.com/saml',
    'https://eu-central-1.signin.aws.amazon.com/saml',
    'https://us-east-1.signin.aws.amazon.com/saml/acs/SAMLSPAAAA',
    'https://signin.amazonaws.cn/saml',
    'https://signin.amazonaws-us-gov.com/saml',
  ]) {
    it(`may be meant for ${recipient}`, () => {
      const end = `NotOnOrAfter="${later(298)}"`
      expect(inspect({confirmation: confirmation(`${end} Recipient="${recipient}"`)}).doubts).to.deep.equal([])
    })
  }

  for (const name of [
    'urn:amazon:webservices',
    'urn:amazon:webservices:cn-north-1',
    'https://signin.aws.amazon.com/saml',
  ]) {
    it(`may have the audience ${name}, even among others`, () => {
      expect(inspect({audience: audience('https://else.example', name)}).doubts).to.deep.equal([])
    })
  }

  it('may be five minutes old, and come from a clock that is a little ahead', () => {
    expect(inspect(long, 300).doubts).to.deep.equal([])
    expect(inspect({}, -55).doubts).to.deep.equal([])
  })

  it('says how long the session at the provider lasts', () => {
    expect(inspect({session: `SessionNotOnOrAfter="${later(36_000)}"`}, 10).sessionSeconds).to.equal(35_990)
  })
})

describe('an assertion that came too late or too early', () => {
  for (const [what, said, seconds, words] of [
    ['is more than five minutes old', long, 306, 'was issued 5 min ago; AWS accepts it for 5 min'],
    ['is past its conditions', {}, 64, `expired at ${later(58)}, and it is now ${later(64)}`],
    [
      'is past its confirmation',
      {
        ...long,
        confirmation: confirmation(`NotOnOrAfter="${later(20)}" Recipient="https://signin.aws.amazon.com/saml"`),
      },
      30,
      `expired at ${later(20)}`,
    ],
    ['is not valid yet', {}, -63, `is not valid before ${later(-2)}, and it is now ${later(-63)}`],
  ] as const) {
    it(`is refused before AWS sees it (it ${what})`, () => {
      expect(() => inspect(said, seconds))
        .to.throw(words)
        .with.property('code', 'BAD_RESPONSE')
    })
  }
})

describe('an assertion that is not made for AWS', () => {
  const end = `NotOnOrAfter="${later(298)}"`
  for (const [what, said, words] of [
    ['has no NameID', {subject: ''}, 'no NameID'],
    ['has an empty NameID', {subject: '<saml:NameID/>'}, 'no NameID'],
    ['has no confirmation', {confirmation: ''}, 'one SubjectConfirmationData'],
    ['has no recipient', {confirmation: confirmation(end)}, 'one SubjectConfirmationData'],
    [
      'has a confirmation without an expiry',
      {confirmation: confirmation('Recipient="https://signin.aws.amazon.com/saml"')},
      'NotOnOrAfter',
    ],
    [
      'has two confirmations',
      {confirmation: confirmation(`${end} Recipient="https://signin.aws.amazon.com/saml"`).repeat(2)},
      'one SubjectConfirmationData',
    ],
    ['names no session', {sessionName: ''}, 'no attribute https://aws.amazon.com/SAML/Attributes/RoleSessionName.'],
    [
      'names the session in letters of another case',
      {sessionName: attribute('https://aws.amazon.com/SAML/Attributes/roleSessionName', ['alice'])},
      'but https://aws.amazon.com/SAML/Attributes/roleSessionName: case counts',
    ],
    [
      'names the session in characters that AWS refuses',
      {sessionName: attribute('https://aws.amazon.com/SAML/Attributes/RoleSessionName', ['alice smith'])},
      '"alice smith"',
    ],
    [
      'names the session twice',
      {sessionName: attribute('https://aws.amazon.com/SAML/Attributes/RoleSessionName', ['alice', 'bob'])},
      '"alice", "bob"',
    ],
    [
      'is meant for another recipient',
      {confirmation: confirmation(`${end} Recipient="https://app.example.com/acs"`)},
      'https://app.example.com/acs (Recipient)',
    ],
    [
      'is meant for another page of AWS',
      {confirmation: confirmation(`${end} Recipient="https://signin.aws.amazon.com/console"`)},
      '(Recipient)',
    ],
    ['has another audience', {audience: audience('https://app.example.com')}, 'the audience https://app.example.com'],
    ['has no audience', {audience: ''}, 'no audience'],
  ] as const) {
    it(`is refused before AWS sees it (it ${what})`, () => {
      expect(() => inspect(said))
        .to.throw(words)
        .with.property('code', 'AWS_REFUSED')
    })
  }

  it('is refused before AWS sees it (it is not signed)', () => {
    const {assertion} = readSaml(encoded(assertionXml()))
    expect(() => inspectAssertion(assertion, new Date(later(1)), {aws: true}))
      .to.throw(/not signed/)
      .with.property('code', 'AWS_REFUSED')
  })

  it('may still be one for an emulator of AWS: its address is only doubtful', () => {
    const said = {
      confirmation: confirmation(`${end} Recipient="http://localhost:4566/saml"`),
      audience: audience('emulator'),
    }
    const {doubts} = inspect(said, 1, false)
    expect(doubts.join(' ')).to.include('http://localhost:4566/saml').and.include('the audience emulator')
  })
})
