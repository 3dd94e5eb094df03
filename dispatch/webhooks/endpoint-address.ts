/**
 * Which addresses deliveries are sent to. Only https, also on the inside: what is sent names callers, and its signature says
 * who sent it but hides nothing. A server on the inside may have a certificate of its own authority (NODE_EXTRA_CA_CERTS).
 */
import { isInsideHost } from '../../shared/network.ts';
import type { PrivateHosts } from '../../shared/outside-agent.ts';

export type EndpointAddress =
  | { readonly outcome: 'usable'; readonly url: URL }
  | { readonly outcome: 'unusable'; readonly problem: string };

const longest = 2000;
const unusable = (problem: string): EndpointAddress => ({ outcome: 'unusable', problem });

/** What an address alone tells. What a name leads to is looked at where it is connected to (shared/outside-agent.ts). */
export function readAddress(text: string, privateHosts: PrivateHosts): EndpointAddress {
  if (!URL.canParse(text)) return unusable('it is no address');
  const url = new URL(text);
  if (url.protocol !== 'https:') return unusable('an address of a webhook begins with https://');
  if (url.username !== '' || url.password !== '')
    return unusable('no name and no password is sent: verify the signature instead');
  if (url.hash !== '') return unusable('what follows # is never sent');
  if (url.href.length > longest) return unusable(`it is longer than ${longest} characters`);
  if (isInsideHost(url.hostname) && !privateHosts.includes(url.host))
    return unusable(`${url.host} is on the inside of the platform; its owner can allow it (owner.private_hosts)`);
  return { outcome: 'usable', url };
}
