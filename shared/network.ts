/** Which hosts are on the inside: a tenant's configuration must not make this machine talk to its own neighbours. */
import { BlockList, isIP } from 'node:net';

/** Loopback, private, link-local (cloud metadata lives there), shared, benchmark, multicast, reserved and unspecified ranges. */
const insideV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
/** Besides what belongs to IPv6 itself, every range in which an IPv4 address may be hidden; BlockList knows ::ffff:0:0/96. */
const insideV6 = [
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const;

const inside = new BlockList();
for (const [network, prefix] of insideV4) inside.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of insideV6) inside.addSubnet(network, prefix, 'ipv6');

/** @param address an IP address, IPv4-mapped IPv6 among them */
export function isInsideAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 0) throw new TypeError(`not an IP address: ${address}`);
  return inside.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** For a host as a URL writes it, without asking DNS: what a public name resolves to is checked where it is connected to. */
export function isInsideHost(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
    .replace(/\.+$/, '');
  if (isIP(host) !== 0) return isInsideAddress(host);
  return !host.includes('.') || /\.(localhost|local|internal|lan|home\.arpa)$/.test(host);
}
