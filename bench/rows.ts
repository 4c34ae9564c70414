import {execFileSync} from 'node:child_process'
import {mostBadPlugins} from './bad-plugins.ts'
import type {Group, Limits, Row} from './group.ts'
import type {Program} from './measure.ts'
import type {Belongings, Place, User} from './place.ts'
import {awsCli} from './tools.ts'
import {callOf, scaling, syncing} from './whole-configuration.ts'

const creds = ['creds', '--profile', 'developer']
/** A call that no hot copy answers. */
const whole = [...creds, '--browser']
/** Runs `$1` copies of a command at once, all printing into one pipe. */
const atOnce = 'count=$1; shift; { while [ "$count" -gt 0 ]; do "$@" & count=$((count - 1)); done; wait; } | cat'

/** Calls `creds` once for each of `$1 + 1` profiles, `$2` at a time. */
const inTurns = 'seq 0 "$1" | xargs -P "$2" -I @ "$3" "$4" creds --profile profile-@ | cat'

/** All that is measured; `others` are command lines of other tools. */
export async function groupsAt(place: Place, others: readonly string[]): Promise<readonly Group[]> {
  const {node, run, linked, bus} = place
  const usual = await place.user('usual')
  const bare = await place.user('bare', {memory: false})
  const empty = {name: 'node -e 0', argv: [node, '-e', '0'], env: usual.env}
  const by = callOf(place)
  const launched = ({launcher, env}: User) => ({argv: [launcher, ...creds], env})

  async function withoutCopy(): Promise<readonly Row[]> {
    const file = {name: 'creds, no hot copy, file', ...by(bare, ...creds), target: 1.25, gate: 1.45}
    if (!bus) return [file]
    const sealed = await place.user('sealed', {cache: 'keyring', memory: false})
    return [file, {name: 'creds, no hot copy, keyring', ...by(sealed, ...creds), target: 1.65, gate: 1.85}]
  }

  const warm: Group = {
    title: 'What needs nobody',
    rows: [
      empty,
      {name: '/bin/true', argv: ['/bin/true'], env: usual.env},
      {name: '/bin/sh -c :', argv: ['/bin/sh', '-c', ':'], env: usual.env},
      {
        name: 'creds, launcher',
        ...launched(usual),
        target: 0.08,
        gate: 0.15,
        memory: {of: '/bin/sh -c :', target: 1.05, gate: 1.2},
      },
      {
        name: 'creds, Node lane',
        ...by(usual, ...creds),
        target: 1.05,
        gate: 1.15,
        memory: {of: 'node -e 0', target: 1.02, gate: 1.1},
      },
      {name: 'creds, Node lane by symlink and env', argv: [linked, ...creds], env: usual.env, target: 1.1, gate: 1.2},
      ...(await withoutCopy()),
      {name: 'creds, the whole program', ...by(usual, ...whole)},
      {name: '--version', ...by(usual, '--version'), target: 2.8, gate: 3.3},
      {name: '--help', ...by(usual, '--help'), target: 2.8, gate: 3.3},
      {name: 'status', ...by(usual, 'status'), target: 3.3, gate: 3.8},
      {
        name: 'a Tab, for a profile',
        ...by(usual, 'autocomplete', 'words', 'fish', 'aws-oidc', 'creds', '-p', ''),
        target: 3.3,
      },
    ],
  }

  async function cold(): Promise<Group> {
    const renewing = await place.user('renewing')
    // Tokens are so short-lived that each call refreshes them.
    await place.sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 30})
    const renewal = {...by(renewing, ...creds, '--force'), target: 4.5, gate: 5.5}
    return {title: 'Cold', rows: [empty, {name: 'creds, refresh and STS', ...renewal}]}
  }

  function together(count: number): Group {
    const many = ({argv, env}: Program) => ({argv: ['/bin/sh', '-c', atOnce, 'sh', String(count), ...argv], env})
    const gate = count === 100 ? {target: 0.12, gate: 0.2} : {}
    return {
      title: `${count} at once`,
      part: 0.25,
      rows: [
        {name: `${count} node -e 0`, ...many(empty)},
        {name: `${count} creds, launcher`, ...many(launched(usual)), ...gate},
        {name: `${count} creds, Node lane`, ...many(by(usual, ...creds))},
        ...(count > 20
          ? []
          : [{...many(by(bare, ...creds)), name: `${count} creds, cold`, before: [node, run, 'cache', 'clear']}]),
      ],
    }
  }

  /** As when Terraform starts for many accounts in the morning. */
  async function manyRoles(count: number): Promise<Group> {
    const sandbox = await place.slowSandbox()
    for (let at = 0; at < count; at++) await sandbox.steer('PUT', `/roles/role-${at}`, {audiences: [sandbox.clientId]})
    const {env} = await place.user('many-roles', {profiles: count + 1, sandbox})
    const calls = (most: number) => ({
      argv: ['/bin/sh', '-c', inTurns, 'sh', String(count - 1), String(most), node, run],
      env,
      before: [node, run, 'cache', 'clear'],
    })
    return {
      title: `${count} profiles of one provider, cold, with an STS that takes 300 ms`,
      part: 0.1,
      rows: [
        {name: '10 at a time', ...calls(10)},
        {name: `${count} at once`, ...calls(count), target: 1.5, gate: 2},
      ],
    }
  }

  async function growing(
    what: 'profiles' | 'plugins',
    counts: readonly number[],
    gated: Limits,
  ): Promise<readonly Group[]> {
    const people = await Promise.all(
      counts.map(count => place.user(`${what}-${count}`, {[what]: count} satisfies Belongings)),
    )
    const calls: readonly (readonly [name: string, of: (user: User) => Program, limits: Limits])[] = [
      ['creds, launcher', launched, gated],
      ['creds, Node lane', user => by(user, ...creds), gated],
      ['creds, the whole program', user => by(user, ...whole), {}],
      ['status', user => by(user, 'status'), {}],
    ]
    return calls.map(([name, of, limits]) => ({
      title: `${name}, with more ${what}`,
      part: limits.gate === undefined ? 0.5 : 1,
      rows: people.map((user, at) => ({
        name: `${counts[at]} ${what}`,
        ...of(user),
        ...(at === people.length - 1 && limits),
      })),
    }))
  }

  /** What other people's mistakes cost whoever does not use them. */
  async function besideBadPlugins(counts: readonly number[]): Promise<readonly Group[]> {
    const people = await Promise.all(counts.map(count => place.user(`bad-${count}`, {badPlugins: count})))
    const calls: readonly (readonly [name: string, of: (user: User) => Program])[] = [
      ['creds, launcher', launched],
      ['creds, Node lane', user => by(user, ...creds)],
      ['creds, refresh and STS', user => by(user, ...creds, '--force')],
    ]
    return calls.map(([name, of]) => ({
      title: `${name}, beside bad plugins`,
      rows: people.map((user, at) => ({
        name: `${counts[at]} bad plugins`,
        ...of(user),
        ...(counts[at] !== 0 && {target: 1.05, gate: 1.1}),
      })),
    }))
  }

  return [
    warm,
    await cold(),
    together(20),
    together(100),
    await manyRoles(100),
    ...(await growing('profiles', [1, 100, 10_000], {target: 1.02, gate: 1.1})),
    ...(await growing('plugins', [0, 5, 20], {target: 1.05, gate: 1.1})),
    ...(await besideBadPlugins([0, 1, mostBadPlugins])),
    await syncing(place, empty),
    ...(await scaling(place)),
    ...withAwsCli(usual, run, node),
    ...(others.length === 0
      ? []
      : [
          {
            title: 'Other tools',
            rows: [empty, ...others.map(line => ({name: line, argv: ['/bin/sh', '-c', line], env: usual.env}))],
          },
        ]),
  ]
}

/** A call as the user experiences it. */
function withAwsCli({env}: User, run: string, node: string): readonly Group[] {
  const aws = awsCli()
  if (aws === undefined) return []
  const {AccessKeyId, SecretAccessKey, SessionToken} = JSON.parse(
    execFileSync(node, [run, ...creds], {env, encoding: 'utf8'}),
  )
  const keys = {AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey, AWS_SESSION_TOKEN: SessionToken}
  const argv = [aws, 'sts', 'get-caller-identity']
  return [
    {
      title: 'aws sts get-caller-identity',
      part: 0.5,
      rows: [
        {name: 'with static keys', argv, env: {...env, ...keys, AWS_DEFAULT_REGION: 'us-east-1'}},
        {name: 'with credentials by us', argv: [...argv, '--profile', 'developer'], env},
      ],
    },
  ]
}
