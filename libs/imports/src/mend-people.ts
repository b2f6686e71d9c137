import { readIdentity, type Tx } from '#database';
import { KNOWN_OF_PERSON } from '#referrals';
import type { ApplyContext, RowRange } from './apply-referrals.js';
import { CHANGED } from './mend-referrals.js';
import { CAREFUL_SIDE, saidOfChildren } from './said-of-children.js';

/** A newer extract knows better where a child lives and goes to school. Another number or birth date is for a person to decide. */
export async function mendPeople(tx: Tx, range: RowRange, { provider, now }: ApplyContext): Promise<void> {
  const { from, to } = range;
  await tx.execute(
    `update person p set ${KNOWN_OF_PERSON.map((c) => `${c} = coalesce(said.${c}, p.${c})`).join(', ')}, ${CAREFUL_SIDE}
      from (${saidOfChildren(CHANGED, 'last')}) said where p.tenant = $1 and p.id = said.person_id`,
    [tx.tenant, from, to],
  );
  await readIdentity(tx, now, 'import of a newer extract', [], async () => {
    await takeNumbers(tx, range, provider);
    await disputeOtherwise(tx, range, provider, now);
    await mendIdentity(tx, range, provider);
  });
}

/** A number found since: taken for the same child under the same birth date, where no other record has it. */
async function takeNumbers(tx: Tx, { from, to }: RowRange, provider: string): Promise<void> {
  await tx.execute(
    `update person p set nhs_number_key = found.nhs_number_key, birth_date_key = found.birth_date_key
      from (select distinct on (s.nhs_number_key) s.person_id, s.nhs_number_key, s.birth_date_key from staged_referral s
        join person_identity i on i.tenant = $1 and i.person_id = s.person_id and i.provider = $4 and i.birth_date = s.birth_date
        where ${CHANGED} and s.nhs_number_key is not null order by s.nhs_number_key, s.row_no) found
      where p.tenant = $1 and p.id = found.person_id and p.nhs_number_key is null
        and not exists (select from person o where o.tenant = $1 and o.nhs_number_key = found.nhs_number_key)`,
    [tx.tenant, from, to, provider],
  );
}

/** What was told is kept for the person who decides. */
async function disputeOtherwise(tx: Tx, { from, to }: RowRange, provider: string, now: Date): Promise<void> {
  await tx.execute(
    `with otherwise as (
        select s.person_id, s.birth_date, bool_or(coalesce(s.nhs_number_key <> p.nhs_number_key, false)) as other_number
        from staged_referral s join person p on p.tenant = $1 and p.id = s.person_id
        left join person_identity i on i.tenant = $1 and i.person_id = s.person_id and i.provider = $4
        where ${CHANGED} and (s.birth_date <> i.birth_date or s.nhs_number_key <> p.nhs_number_key
          or (s.nhs_number_key = p.nhs_number_key and s.birth_date_key is distinct from p.birth_date_key))
        group by s.person_id, s.birth_date),
      told as (
        insert into told_birth_date as t (tenant, person_id, provider, birth_date, told_at, other_number)
        select $1, person_id, $4, birth_date, $5::timestamptz, other_number from otherwise
        on conflict (tenant, person_id, provider, birth_date) do update set other_number = t.other_number or excluded.other_number)
      update person p set identity_disputed_at = coalesce(p.identity_disputed_at, $5) from otherwise o where p.tenant = $1 and p.id = o.person_id`,
    [tx.tenant, from, to, provider, now],
  );
}

/** Names, and where the child lives, as the last row of it says. The number that is held stays; one that was missing is filled in. */
async function mendIdentity(tx: Tx, { from, to }: RowRange, provider: string): Promise<void> {
  await tx.execute(
    `update person_identity i set given_name = said.given_name, family_name = said.family_name, postcode = coalesce(said.postcode, i.postcode),
        nhs_number = case when said.nhs_number_key = p.nhs_number_key then coalesce(i.nhs_number, said.nhs_number) else i.nhs_number end,
        -- Looked at again for records that may be of the same child.
        keys_made_at = null
      from (select distinct on (s.person_id) s.* from staged_referral s where ${CHANGED} order by s.person_id, s.row_no desc) said
      join person p on p.tenant = $1 and p.id = said.person_id
      where i.tenant = $1 and i.person_id = said.person_id and i.provider = $4`,
    [tx.tenant, from, to, provider],
  );
}
