import { checkFields, refusal } from '#fields';
import { DomainError } from '#kernel';
import type { Multipart, MultipartFile } from '@fastify/multipart';
import { PayloadTooLargeException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ImportOptions, LONGEST_OPTION } from './import-requests.js';

/**
 * The form a file comes in, read as it arrives: options before the file and behind it, and one file. Nothing in it is passed over in silence,
 * for what is not heard of a file of children is taken for its opposite.
 */
export class SentForm {
  readonly #told = new Map<string, unknown>();
  readonly #parts: AsyncIterator<Multipart>;
  /** A field whose name every object has: the parser refuses it and keeps its name to itself. */
  #strange: string | undefined;

  /** @throws DomainError invalid when it is no form */
  constructor(request: FastifyRequest) {
    if (!request.isMultipart()) throw noFile('The file must be sent as multipart/form-data.');
    for (const [name, value] of Object.entries(request.query as object)) this.#tell(name, value);
    const parts = request.parts({
      isPartAFile: (name, type, fileName) => {
        if (isOfEveryObject(name)) this.#strange ??= name;
        return type === 'application/octet-stream' || fileName !== undefined;
      },
    });
    this.#parts = this.#readable(parts);
  }

  /** Reads on to the file. @throws DomainError invalid when there is none */
  async file(): Promise<{ name: string; content: AsyncIterable<Buffer> }> {
    const part = await this.#nextFile();
    if (!part) throw noFile('There is no file in the request.');
    return { name: part.filename ?? 'unnamed', content: this.#contentOf(part) };
  }

  /** Reads what is behind the file. @throws DomainError invalid for a second one */
  async rest(): Promise<void> {
    if (await this.#nextFile()) throw refusal([{ path: 'file', message: 'must be one file' }]);
  }

  /** What was told until now. @throws DomainError invalid naming every field that is not as it must be */
  options(): ImportOptions {
    const { value, errors } = checkFields(ImportOptions, Object.fromEntries(this.#told));
    if (errors.length > 0) throw refusal(errors);
    return value;
  }

  async #nextFile(): Promise<MultipartFile | undefined> {
    for (;;) {
      const { done, value: part } = await this.#parts.next();
      if (done) return undefined;
      const name = part.fieldname ?? '';
      if (part.type === 'field') this.#tell(name, part.value, part.valueTruncated);
      else if (name === 'mapping') this.#tell(name, await this.#textOf(part));
      else if (name === 'file') return part;
      else throw refusal([{ path: name, message: 'is not a file of this request' }]);
    }
  }

  #tell(name: string, value: unknown, isCutOff = false): void {
    if (name === 'file') throw refusal([{ path: name, message: 'must be a file' }]);
    if (isOfEveryObject(name)) throw notKnown(name);
    if (isCutOff) throw tooLong(name);
    if (this.#told.has(name)) throw refusal([{ path: name, message: 'is there twice' }]);
    this.#told.set(name, value);
  }

  async #textOf(part: MultipartFile): Promise<string> {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of this.#contentOf(part)) {
      if ((size += piece.length) > LONGEST_OPTION) throw tooLong(part.fieldname);
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  async *#contentOf({ file }: MultipartFile): AsyncGenerator<Buffer> {
    const whole = (): void => {
      // The parser ends a file there, as if that had been all of it.
      if (file.truncated) throw new PayloadTooLargeException(`The file is larger than ${file.bytesRead} bytes.`);
    };
    for await (const piece of this.#readable<Buffer>(file)) {
      whole();
      yield piece;
    }
    whole();
  }

  /** What goes wrong with a form while it is read is wrong with the form: cut off, without its boundary, given up by its client. */
  async *#readable<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* source;
    } catch (error) {
      if ((error as { code?: string }).code === 'FST_PROTO_VIOLATION') throw notKnown(this.#strange ?? '');
      throw noFile('The form cannot be read: it does not come whole, or not as multipart/form-data with its boundary.');
    }
  }
}

/** What is not read any more is let by, so that the client hears why: it reads no answer before it has sent everything. */
export function letBy({ raw }: FastifyRequest): void {
  raw.unpipe();
  raw.resume();
}

const isOfEveryObject = (name: string | undefined): name is string => name !== undefined && name in {};

const notKnown = (path: string): DomainError => refusal([{ path, message: 'is not a field of this request' }]);
const tooLong = (path: string): DomainError => refusal([{ path, message: `must be at most ${LONGEST_OPTION} bytes` }]);
const noFile = (message: string): DomainError => new DomainError('invalid', message, [{ path: 'file', message: 'must be a file' }]);
