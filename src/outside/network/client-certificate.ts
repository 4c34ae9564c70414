import {createPrivateKey, X509Certificate} from 'node:crypto'
import {statSync} from 'node:fs'
import {AwsOidcError} from '../../errors.ts'
import {readGivenFile, reasonOf} from '../files/read-file.ts'
import {certificatesIn} from './trust.ts'

/** A file, and the place in the configuration that names it, for messages. */
interface TlsFile {
  readonly path: string
  readonly place: string
}

export type TlsFiles = Readonly<Record<'ca' | 'cert' | 'key', TlsFile | undefined>>

/**
 * Authorities that a connection to the provider trusts in addition, and our client certificate (RFC 8705). All in PEM.
 */
export interface ProviderTls {
  readonly ca: readonly string[]
  readonly cert: string | undefined
  readonly key: string | undefined
}

export interface TlsReading {
  readonly now: Date
  readonly warn: (text: string) => void
}

/** Reads and checks the files before anything is sent. Throws CONFIG_INVALID, which names the setting and the file. */
export function readProviderTls({ca, cert, key}: TlsFiles, {now, warn}: TlsReading): ProviderTls {
  const authorities = ca ? authoritiesIn(ca) : []
  if (!cert || !key) return {ca: authorities, cert: undefined, key: undefined}
  const [certificate, privateKey] = [read(cert), read(key)]
  checkCertificate(cert, certificate, key, privateKey, now)
  if (process.platform !== 'win32' && (statSync(key.path).mode & 0o077) !== 0) {
    warn(`${key.path} can be read by others: chmod 600 ${key.path}`)
  }
  return {ca: authorities, cert: certificate, key: privateKey}
}

function authoritiesIn(file: TlsFile): readonly string[] {
  const text = read(file)
  try {
    return certificatesIn(text)
  } catch (error) {
    throw wrong(file, `can't be used: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function checkCertificate(cert: TlsFile, certificate: string, key: TlsFile, privateKey: string, now: Date): void {
  const parsed = parse(cert, 'is not a PEM certificate', () => new X509Certificate(certificate))
  if (/ENCRYPTED/.test(privateKey)) throw wrong(key, "is encrypted, and aws-oidc can't ask for its password")
  const own = parse(key, 'is not a PEM private key', () => createPrivateKey(privateKey))
  if (!parsed.checkPrivateKey(own)) throw wrong(key, `does not belong to the certificate in ${cert.path}`)
  const {validFromDate, validToDate} = parsed
  if (validToDate <= now) throw wrong(cert, `expired at ${validToDate.toISOString()}`)
  if (validFromDate > now) throw wrong(cert, `is not valid before ${validFromDate.toISOString()}`)
}

function parse<Value>(file: TlsFile, problem: string, work: () => Value): Value {
  try {
    return work()
  } catch {
    throw wrong(file, problem)
  }
}

function read(file: TlsFile): string {
  try {
    return readGivenFile(file.path).toString()
  } catch (error) {
    throw wrong(file, `can't be read: ${reasonOf(error)}`, `ls -l ${file.path}`)
  }
}

function wrong({path, place}: TlsFile, problem: string, hint = 'Name valid PEM files there.'): AwsOidcError {
  return new AwsOidcError('CONFIG_INVALID', `${place}: ${path} ${problem}.`, {hint})
}
