import { DomainError } from '#kernel';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
export const ENCODINGS: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'];

/** What the first bytes of a file are looked at for. */
export const LOOKED_AT = 64 * 1024;

const refused = (message: string): DomainError => new DomainError('invalid', message, [{ path: 'file', message }]);

/**
 * Tells the encoding of a file by its first bytes: a byte order mark, zero bytes as UTF-16 has them, else UTF-8 or, where that cannot be,
 * Windows-1252. @throws DomainError invalid for what is no text
 */
export function detectEncoding(head: Buffer): Encoding {
  if (head.length === 0) throw refused('The file is empty.');
  if (head.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1')))
    throw refused('The file is a zip archive or a workbook: send the CSV in it.');
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  let [even, odd] = [0, 0];
  for (let at = 0; at < head.length; at++) {
    if (head[at] !== 0) continue;
    if (at % 2 === 0) even++;
    else odd++;
  }
  const most = head.length * 0.2;
  if (odd > most && even === 0) return 'utf-16le';
  if (even > most && odd === 0) return 'utf-16be';
  if (even + odd > 0) throw refused('The file is not text: it holds zero bytes.');
  const controls = head.filter((b) => b < 0x20 && b !== 0x09 && b !== 0x0a && b !== 0x0d).length;
  if (controls > head.length * 0.01) throw refused('The file is not text.');
  return isUtf8(head) ? 'utf-8' : 'windows-1252';
}

/** The last character may be cut in two. */
function isUtf8(head: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** A file that began as UTF-8 is not: it is read again as Windows-1252. */
export class NotUtf8 extends Error {}

/** The text of a file in pieces. Without its byte order mark. @throws NotUtf8, or DomainError invalid for zero bytes further on, and UTF-16 that is none */
export async function* decoded(bytes: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: encoding !== 'windows-1252' });
  const text = (piece?: Buffer): string => {
    try {
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
    } catch {
      throw encoding === 'utf-8'
        ? new NotUtf8()
        : refused('The file is not UTF-16, though it begins so: characters in it are cut in half.');
    }
  };
  for await (const piece of bytes) yield whole(text(piece));
  yield whole(text());
}

function whole(text: string): string {
  if (text.includes('\0')) throw refused('The file is not text: it holds zero bytes.');
  return text;
}
