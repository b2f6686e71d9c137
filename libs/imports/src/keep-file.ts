import { audit, readIdentity, type Database, type Tx } from '#database';
import { DomainError, type Principal } from '#kernel';
import { createHash } from 'node:crypto';

const CHUNK = 256 * 1024;
/** A file that is sent this long is sent by nobody any more: a gibibyte on the slowest line takes less. */
const HOURS_TO_SEND = 12;
const DAYS_TO_CONFIRM = 30;

/**
 * Keeps a file piece by piece, while it is still expected. @returns its length and its SHA-256
 * @throws DomainError conflict when somebody cancelled it meanwhile: nothing is added to what was let go of
 */
export async function keepFile(
  database: Database,
  principal: Principal,
  id: string,
  file: AsyncIterable<Buffer>,
): Promise<{ bytes: number; digest: Buffer }> {
  const digest = createHash('sha256');
  let [seq, bytes] = [0, 0];
  for await (const piece of inPieces(file)) {
    digest.update(piece);
    bytes += piece.length;
    await database.inTenant(principal, async (tx) => {
      await stillExpected(tx, id, 'bytes = $3', [bytes]);
      await tx.execute(`insert into import_chunk (tenant, import_id, provider, seq, bytes) values ($1, $2, $3, $4, $5)`, [
        tx.tenant,
        id,
        principal.org,
        seq,
        piece,
      ]);
    });
    seq++;
  }
  return { bytes, digest: digest.digest() };
}

/** Changes the row of a file that is being sent. @throws DomainError conflict when it is so no more */
export async function stillExpected(tx: Tx, id: string, set: string, values: unknown[]): Promise<void> {
  const changed = await tx.execute(`update import set ${set} where tenant = $1 and id = $2 and state = 'uploading'`, [
    tx.tenant,
    id,
    ...values,
  ]);
  if (changed === 0) throw new DomainError('conflict', 'This import was cancelled while its file was sent.');
}

/** The file itself is kept no longer than it is needed. */
export async function forgetFile(tx: Tx, id: string, now: Date): Promise<void> {
  await readIdentity(tx, now, 'import ended', [], () =>
    tx.execute('delete from import_chunk where tenant = $1 and import_id = $2', [tx.tenant, id]),
  );
}

/** Cancels what nobody will come back to: files whose sender died, and files that waited too long for a person. */
export async function letGoOfAbandoned(tx: Tx, now: Date): Promise<void> {
  const abandoned = await tx.query<{ id: string }>(
    `update import set state = 'cancelled', ended_at = $2,
        why_stopped = case state when 'uploading' then 'The upload did not come to its end within ${HOURS_TO_SEND} hours.'
          else concat_ws(' ', why_stopped, 'Nobody confirmed it within ${DAYS_TO_CONFIRM} days.') end
      where tenant = $1 and ((state = 'uploading' and created_at < $2::timestamptz - interval '${HOURS_TO_SEND} hours')
        or (state = 'to-confirm' and coalesce(started_at, created_at) < $2::timestamptz - interval '${DAYS_TO_CONFIRM} days'))
      returning id`,
    [tx.tenant, now],
  );
  for (const { id } of abandoned) {
    await forgetFile(tx, id, now);
    await audit(tx, now, { action: 'import-cancelled', purpose: 'import', detail: { importId: id, by: 'tidy' } });
  }
}

/** The same bytes in pieces of one size. */
async function* inPieces(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const part of file) {
    held.push(part);
    size += part.length;
    if (size < CHUNK) continue;
    const all = Buffer.concat(held);
    let at = 0;
    for (; all.length - at >= CHUNK; at += CHUNK) yield all.subarray(at, at + CHUNK);
    held = [all.subarray(at)];
    size = all.length - at;
  }
  if (size > 0) yield Buffer.concat(held);
}
