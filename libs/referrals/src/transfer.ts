import { readIdentity, type Tx } from '#database';
import { brokenRule } from '#kernel';
import type { Progress } from '#waits';

/**
 * Offers a referral to another provider: it may read it from now on, with the sender's record of who the child is and whom to contact.
 * The child stays on the sender's list, and owed its check-ins by the sender, until the other accepts.
 */
export async function offerTo(
  tx: Tx,
  referral: { id: string; personId: string; line: string },
  progress: Progress,
  toProvider: string,
  now: Date,
): Promise<void> {
  if (toProvider === progress.provider) throw brokenRule('data.toProvider', 'must be another provider');
  const known = await tx.one(`select id from service where tenant = $1 and line = $2 and provider = $3`, [
    tx.tenant,
    referral.line,
    toProvider,
  ]);
  if (!known) throw brokenRule('data.toProvider', 'must be a provider of this service here');
  await tx.execute(`insert into referral_party (tenant, referral_id, provider, since) values ($1, $2, $3, $4) on conflict do nothing`, [
    tx.tenant,
    referral.id,
    toProvider,
    now,
  ]);
  await readIdentity(tx, now, 'transfer to another provider', [referral.personId], async () => {
    await shareIdentity(tx, referral.personId, progress.provider, toProvider);
    await shareContacts(tx, referral.personId, progress.provider, toProvider);
  });
}

async function shareIdentity(tx: Tx, personId: string, from: string, to: string): Promise<void> {
  await tx.execute(
    `insert into person_identity (tenant, person_id, provider, given_name, family_name, birth_date, nhs_number, postcode)
      select tenant, person_id, $4, given_name, family_name, birth_date, nhs_number, postcode from person_identity
      where tenant = $1 and person_id = $2 and provider = $3 on conflict do nothing`,
    [tx.tenant, personId, from, to],
  );
}

/** Ids are made from what they are copies of, so that offering twice copies once. A contact that stopped us stays stopped. */
async function shareContacts(tx: Tx, personId: string, from: string, to: string): Promise<void> {
  await tx.execute(
    `insert into contact (tenant, id, person_id, provider, name, relationship, role, parental_responsibility, household, may_contact, may_know_of, phone, email,
        preferred_channel, language, format, valid_to, stopped_at, stopped_why)
      select tenant, md5(id::text || $4)::uuid, person_id, $4, name, relationship, role, parental_responsibility, household, may_contact, may_know_of, phone, email,
        preferred_channel, language, format, valid_to, stopped_at, stopped_why
      from contact where tenant = $1 and person_id = $2 and provider = $3 on conflict do nothing`,
    [tx.tenant, personId, from, to],
  );
}
