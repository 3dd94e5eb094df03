/** A tenant's own server that takes webhooks: real HTTPS, with a certificate that is made for it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export const noOpenssl = spawnSync('openssl', ['version']).status !== 0;

export interface Received {
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly id: string;
  readonly type: string;
}

export type Answer = (response: ServerResponse, received: Received) => void;

export const ok: Answer = (response) => response.writeHead(204).end();
export const fault: Answer = (response) => response.writeHead(500).end('out of order');
/** Takes it, and says nothing. */
export const silence: Answer = () => undefined;

export interface Receiver {
  /** host:port */
  readonly host: string;
  readonly url: string;
  /** Certificate to trust. */
  readonly ca: string;
  readonly received: Received[];
  answer: Answer;
  close(): Promise<void>;
}

const bodySchema = z.object({ type: z.string() });

export async function openReceiver(certificate: Certificate): Promise<Receiver> {
  const server = createServer(certificate, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { url: path = '', headers } = request;
      const body = Buffer.concat(parts).toString('utf8');
      const { type } = bodySchema.parse(JSON.parse(body));
      const one = { path, headers, body, id: String(headers['webhook-id']), type };
      receiver.received.push(one);
      receiver.answer(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const receiver: Receiver = {
    host,
    url: `https://${host}/hook`,
    ca: certificate.cert,
    received: [],
    answer: ok,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** For 127.0.0.1 and hooks.example.com, for a day. */
export function makeCertificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-certificate-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const names = 'subjectAltName=IP:127.0.0.1,DNS:hooks.example.com';
    const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const request = ['req', '-x509', ...algorithm, '-days', '1', '-subj', '/CN=receiver', '-addext', names];
    execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
