import {findUser, type User} from '../account.ts'
import {commentables, type DocumentOrder, droppables, type SamlOrder, usualMint, usualOrder} from '../saml/order.ts'
import {dictionary, flag, integer, list, members, nullable, oneOf, oneOrMore, text, wrong} from './readers.ts'

const documentMembers = {
  form: oneOf('assertion', 'response'),
  encoding: oneOf('base64', 'base64url'),
  padded: flag,
  c14n: oneOf('exclusive', 'inclusive'),
  pairOrder: oneOf('role-first', 'provider-first'),
  lifetimeSeconds: integer(1),
  change: members({
    issueInstantSecondsAgo: integer(-86_400, 86_400),
    issuer: text,
    nameIdFormat: text,
    recipient: text,
    audience: text,
    drop: list(oneOf(...droppables)),
    signature: oneOf('none', 'foreign-key', 'broken', 'response-only'),
    encrypted: flag,
    extraRoles: list(text),
    sessionNotOnOrAfterSeconds: integer(-86_400, 86_400),
    commentIn: oneOf(...commentables),
    doctype: flag,
    secondAssertion: flag,
    attributes: dictionary(nullable(oneOrMore(text))),
  }),
}

const readOrder = members({
  ...documentMembers,
  exchange: oneOf('on', 'off', 'not-permitted'),
  subjectTokenTypes: list(oneOf('access_token', 'id_token')),
})

const readMint = members({user: text, ...documentMembers})

/** Members left out return to their defaults. */
export function readSamlOrder(body: unknown): SamlOrder {
  return {...usualOrder, ...readOrder(body, 'saml')}
}

export function readSamlMint(body: unknown): {readonly user: User; readonly order: DocumentOrder} {
  const {user: name, ...order} = readMint(body, 'document')
  if (name === undefined) throw wrong('document.user is needed.')
  const user = findUser(name)
  if (!user) throw wrong(`document.user: there is no user called ${name}.`)
  return {user, order: {...usualMint, ...order}}
}
