import {createPrivateKey, X509Certificate} from 'node:crypto'
import {readFileSync, statSync} from 'node:fs'
import {AwsOidcError} from '../errors.ts'
import {certificatesIn} from './trust.ts'

/** A file, and where the configuration names it, for messages. */
interface TlsFile {
  readonly path: string
  readonly place: string
}

export type TlsFiles = Readonly<Record<'ca' | 'cert' | 'key', TlsFile | undefined>>

/** What a connection to the provider trusts besides the usual, and shows of us (RFC 8705). All in PEM. */
export interface ProviderTls {
  readonly ca: readonly string[]
  readonly cert: string | undefined
  readonly key: string | undefined
}

/** Reads and checks them before anything is sent. Throws CONFIG_INVALID naming setting and file. */
export function readProviderTls({ca, cert, key}: TlsFiles, warn: (text: string) => void): ProviderTls {
  const authorities = ca ? authoritiesIn(ca) : []
  const [certificate, privateKey] = [cert && read(cert), key && read(key)]
  if (cert && key && certificate !== undefined && privateKey !== undefined) {
    checkPair(certificate, privateKey, cert, key)
    if (process.platform !== 'win32' && (statSync(key.path).mode & 0o077) !== 0) {
      warn(`${key.path} can be read by others: chmod 600 ${key.path}`)
    }
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

function checkPair(certificate: string, privateKey: string, cert: TlsFile, key: TlsFile): void {
  const parsed = parse(cert, 'is no PEM certificate', () => new X509Certificate(certificate))
  if (/ENCRYPTED/.test(privateKey)) throw wrong(key, 'is encrypted; nobody can be asked for its password')
  const own = parse(key, 'is no PEM private key', () => createPrivateKey(privateKey))
  if (!parsed.checkPrivateKey(own)) throw wrong(key, `does not belong to the certificate in ${cert.path}`)
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
    return readFileSync(file.path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw wrong(file, `can't be read: ${code}`)
  }
}

function wrong({path, place}: TlsFile, problem: string): AwsOidcError {
  return new AwsOidcError('CONFIG_INVALID', `${place}: ${path} ${problem}.`, {hint: `ls -l ${path}`})
}
