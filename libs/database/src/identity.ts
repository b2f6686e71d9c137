import { DomainError, isProvider, isSystem, newId } from '#kernel';
import { PREPARED, type Tx } from './tx.js';

/** Writes down who did what to whom, in the transaction that does it. */
export async function audit(
  tx: Tx,
  now: Date,
  entry: { action: string; purpose: string; personIds?: string[]; detail?: object },
): Promise<void> {
  await tx.execute(
    `insert into audit_entry (tenant, id, at, subject, org, action, purpose, person_ids, detail) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      tx.tenant,
      newId(now),
      now,
      tx.principal.subject,
      tx.principal.org,
      entry.action,
      entry.purpose,
      entry.personIds ?? [],
      JSON.stringify(entry.detail ?? {}),
    ],
    PREPARED,
  );
}

/**
 * Opens names, addresses and contacts to `work`, of the children named and only while it runs, and writes down who read them and why.
 * Row-level security shows nothing of these tables outside it, and inside it only the provider's own records.
 * @throws DomainError forbidden for roles that see no child
 */
export async function readIdentity<T>(tx: Tx, now: Date, purpose: string, personIds: string[], work: () => Promise<T>): Promise<T> {
  if (!isProvider(tx.principal) && !isSystem(tx.principal)) throw new DomainError('forbidden', 'This role sees no child.');
  if (personIds.length > 0) await audit(tx, now, { action: 'identity-read', purpose, personIds });
  await tx.query(`select set_config('meanwhile.identity_purpose', $1, true)`, [purpose], PREPARED);
  const result = await work();
  await tx.query(`select set_config('meanwhile.identity_purpose', '', true)`);
  return result;
}

/**
 * Opens what every provider recorded of these children to `work`, which shows it to nobody: moving a record, or comparing inside one provider's
 * records, is the system's work, whoever asked for it. Written down as every reading is.
 */
export async function withEveryRecord<T>(tx: Tx, now: Date, purpose: string, personIds: string[], work: () => Promise<T>): Promise<T> {
  return readIdentity(tx, now, purpose, personIds, async () => {
    await tx.query(`select set_config('meanwhile.org', '*', true)`);
    const result = await work();
    await tx.query(`select set_config('meanwhile.org', $1, true)`, [tx.principal.org]);
    return result;
  });
}
