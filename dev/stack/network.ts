import { networkInterfaces } from 'node:os';

/**
 * The media library finds no address on the loopback interface itself, so calls would ring and never be answered; any
 * address on another interface will do, also one of 127.0.0.0/8.
 * @throws Error saying how to add one
 */
export function requireNetworkInterface(): void {
  const addresses = Object.values(networkInterfaces()).flat();
  if (addresses.some((address) => address && !address.internal)) return;
  throw new Error(
    'This machine has no network interface besides loopback, which media needs: as root, `ip link add media0 type veth peer name media1 && ip addr add 127.1.0.1/32 dev media0 && ip link set media0 up && ip link set media1 up`.',
  );
}
