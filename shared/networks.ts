/** Networks by their addresses, as settings name them: `127.0.0.1`, `10.0.0.0/8`, `::1`. */
import { BlockList, isIP } from 'node:net';

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

export class Networks {
  readonly #list = new BlockList();

  /** @param written between commas; empty: none @throws Error that names what is no network */
  constructor(written: string) {
    for (const each of written.split(',').map((part) => part.trim())) {
      if (each === '') continue;
      const [address = '', prefix] = each.split('/');
      const most = isIP(address) === 6 ? 128 : 32;
      const length = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Infinity;
      if (isIP(address) === 0 || length > most)
        throw new Error(`${JSON.stringify(each)} is no address and no network such as 10.0.0.0/8`);
      this.#list.addSubnet(address, length, family(address));
    }
  }

  has(address: string): boolean {
    return isIP(address) !== 0 && this.#list.check(address, family(address));
  }
}
