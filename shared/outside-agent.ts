/**
 * Connections to addresses that tenants name, and never to the inside of the platform. A name is looked up where it is
 * connected to and every address it has must be outside: checked any earlier, a name that answers differently a moment later
 * (DNS rebinding) would pass.
 */
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { isInsideAddress } from './network.ts';

const connectTimeoutMs = 3_000;

/** The address is on the inside, and the owner did not allow it. */
export class InsideAddress extends Error {
  override readonly name = 'InsideAddress';
  constructor(host: string) {
    super(`${host} is on the inside of the platform`);
  }
}

/** Hosts as a URL writes them, with their port where it is not the usual one, that may be on the inside. */
export type PrivateHosts = Pick<readonly string[], 'includes'>;

export interface OutsideOptions {
  /** How names are looked up; left out: as the system does. */
  readonly lookup?: LookupFunction;
  /** Certificates to trust in the place of those that Node brings along. */
  readonly ca?: string;
}

/** @param privateHosts asked at each connection */
export function outsideAgent(privateHosts: PrivateHosts, { lookup = systemLookup, ca }: OutsideOptions = {}): Agent {
  const common = { timeout: connectTimeoutMs, ...(ca !== undefined && { ca }) };
  const open = buildConnector(common);
  const guarded = buildConnector({ ...common, lookup: outsideOnly(lookup) });
  return new Agent({
    connect: (options, done) => {
      const { hostname, protocol, port } = options;
      if (privateHosts.includes(hostOf(protocol, hostname, port))) return open(options, done);
      // Nothing is looked up for an address.
      if (isIP(hostname) !== 0 && isInsideAddress(hostname)) return done(new InsideAddress(hostname), null);
      return guarded(options, done);
    },
  });
}

function outsideOnly(lookup: LookupFunction): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, []);
      const addresses = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found;
      if (addresses.some(({ address }) => isInsideAddress(address))) return done(new InsideAddress(hostname), []);
      const [first] = addresses;
      if (options.all === true || first === undefined) return done(null, addresses);
      return done(null, first.address, first.family);
    });
  };
}

/** As `new URL(…).host` writes it. */
function hostOf(protocol: string, hostname: string, port: string): string {
  const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname;
  return new URL(`${protocol}//${host}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`).host;
}
