import { readIdentity, type Tx } from '#database';

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
