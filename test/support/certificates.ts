import {generate} from 'selfsigned'

/** A certificate and its private key, in PEM. */
export interface Pair {
  readonly certificate: string
  readonly key: string
}

export interface PairOptions {
  readonly from?: Date
  readonly to?: Date
  /** Encrypts the private key. */
  readonly passphrase?: string
}

/** A test's own certificate authority, such as companies have. */
export interface Authority {
  readonly certificate: string
  /** Issues one for a server with these names or IP addresses. */
  forServer(names: readonly string[], options?: PairOptions): Promise<Pair>
  /** Issues one that a client shows to a server. */
  forClient(name: string, options?: PairOptions): Promise<Pair>
}

const usual = {keyType: 'ec', algorithm: 'sha256'} as const

export async function makeAuthority(name = 'Test Authority'): Promise<Authority> {
  const own = await generate([{name: 'commonName', value: name}], {
    ...usual,
    extensions: [
      {name: 'basicConstraints', cA: true, critical: true},
      {name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true},
    ],
  })

  async function issue(
    commonName: string,
    use: {readonly serverAuth: true} | {readonly clientAuth: true},
    names: readonly string[],
    {from, to, passphrase}: PairOptions = {},
  ): Promise<Pair> {
    const made = await generate([{name: 'commonName', value: commonName}], {
      ...usual,
      ca: {key: own.private, cert: own.cert},
      ...(from && {notBeforeDate: from}),
      ...(to && {notAfterDate: to}),
      ...(passphrase !== undefined && {passphrase}),
      extensions: [
        {name: 'basicConstraints', cA: false},
        {name: 'keyUsage', digitalSignature: true, critical: true},
        {name: 'extKeyUsage', ...use},
        ...(names.length > 0 ? [{name: 'subjectAltName' as const, altNames: names.map(alternative)}] : []),
      ],
    })
    return {certificate: made.cert, key: made.private}
  }

  return {
    certificate: own.cert,
    forServer: (names, options) => issue(names[0] ?? '', {serverAuth: true}, names, options),
    forClient: (name, options) => issue(name, {clientAuth: true}, [], options),
  }
}

function alternative(name: string) {
  return /^[\d.]+$|:/.test(name) ? {type: 7 as const, ip: name} : {type: 2 as const, value: name}
}
