import {spawn} from 'node:child_process'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {answers, freePort} from './ports.ts'
import {root} from './sandbox.ts'

/** A real proxy that intercepts TLS with an authority of its own, as in companies. */
export interface InterceptingProxy {
  readonly port: number
  /** The authority's certificate, as a PEM file. */
  readonly authority: string
  /** Methods and addresses of the requests it has seen. */
  seen(): Promise<readonly string[]>
  stop(): Promise<void>
}

/** Starts it in front of a sandbox, under the names in test/real/proxy-addon.py. `folder` is for its files. */
export async function startInterceptingProxy(
  folder: string,
  {sandboxPort, credentials}: {readonly sandboxPort: string; readonly credentials?: string},
): Promise<InterceptingProxy> {
  const port = await freePort()
  const log = join(folder, 'proxy.log')
  await writeFile(log, '')
  const child = spawn(
    join(root, '.cache/mitmproxy/bin/mitmdump'),
    [
      ...[
        '--quiet',
        '--listen-host',
        '127.0.0.1',
        '--listen-port',
        String(port),
        '--scripts',
        'test/real/proxy-addon.py',
      ],
      ...['--set', `confdir=${folder}`, '--set', 'connection_strategy=lazy', '--set', 'upstream_cert=false'],
      ...(credentials === undefined ? [] : ['--proxyauth', credentials]),
    ],
    {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        PYTHONDONTWRITEBYTECODE: '1',
        PROXY_LOG: log,
        SANDBOX_PORT: sandboxPort,
      },
      stdio: 'inherit',
    },
  )
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  await isListening(port, ended)
  return {
    port,
    authority: join(folder, 'mitmproxy-ca-cert.pem'),
    seen: async () => (await readFile(log, 'utf8')).trim().split('\n'),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function isListening(port: number, ended: Promise<void>): Promise<void> {
  const gone = ended.then(() => 'gone')
  while (!(await answers('127.0.0.1', port))) {
    if ((await Promise.race([delay(100), gone])) === 'gone') throw new Error('the proxy ended')
  }
}
