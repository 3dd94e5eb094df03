/** The protobuf wire format, as far as a handful of LiveKit's internal messages need it, for which no package has types. */

/** `bigint` is written as a varint, `number` as a 32-bit float, the rest with its length. */
export type FieldValue = string | Uint8Array | bigint | number;

const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const fixed32 = 5;

export function writeFields(fields: readonly (readonly [field: number, value: FieldValue])[]): Buffer {
  return Buffer.concat(fields.map(([field, value]) => writeField(BigInt(field) << 3n, value)));
}

function writeField(key: bigint, value: FieldValue): Buffer {
  if (typeof value === 'bigint') return Buffer.concat([writeVarint(key), writeVarint(value)]);
  if (typeof value === 'number') {
    const float = Buffer.alloc(4);
    float.writeFloatLE(value);
    return Buffer.concat([writeVarint(key | BigInt(fixed32)), float]);
  }
  const bytes = Buffer.from(value);
  return Buffer.concat([writeVarint(key | BigInt(lengthDelimited)), writeVarint(BigInt(bytes.length)), bytes]);
}

function writeVarint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

/** The fields of one message by their number; what is absent reads as protobuf's default. */
export class Fields {
  readonly #integers = new Map<number, bigint>();
  readonly #bytes = new Map<number, Buffer[]>();

  /** @throws RangeError when the message ends in the middle of a field */
  constructor(message: Buffer) {
    let at = 0;
    const next = (): bigint => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n, at += 1) {
        const byte = message.readUInt8(at);
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      at += 1;
      return value;
    };
    while (at < message.length) {
      const key = next();
      const [field, type] = [Number(key >> 3n), Number(key & 7n)];
      if (type === varint) this.#integers.set(field, BigInt.asIntN(64, next()));
      else if (type === lengthDelimited) {
        const length = Number(next());
        if (at + length > message.length) throw new RangeError(`field ${field} is longer than its message`);
        this.#bytes.set(field, [...this.repeated(field), message.subarray(at, at + length)]);
        at += length;
      } else if (type === fixed64 || type === fixed32) at += type === fixed64 ? 8 : 4;
      else throw new RangeError(`field ${field} has the unknown wire type ${type}`);
    }
  }

  integer(field: number): bigint {
    return this.#integers.get(field) ?? 0n;
  }

  repeated(field: number): readonly Buffer[] {
    return this.#bytes.get(field) ?? [];
  }

  bytes(field: number): Buffer {
    return this.repeated(field).at(-1) ?? Buffer.alloc(0);
  }

  text(field: number): string {
    return this.bytes(field).toString('utf8');
  }
}
