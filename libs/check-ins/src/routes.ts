import { isHeld, isSiblingHeld } from '#message-holds';
import { isOpen } from '#waits';
import { REMINDERS } from './due.js';

/**
 * The conditions under which anybody may be written to, said once for every statement that claims, sends again or gives up.
 * Aliases: `c` check_in, `s` referral_state, `p` person. Parameters in every such statement: $1 tenant, $2 today, $3 channels of the sender,
 * $4 salt of address keys, $5 now.
 */

/** The tables of one check-in. */
export const CHECK_IN_OF_CHILD = `check_in c
  join referral_state s on s.tenant = c.tenant and s.referral_id = c.referral_id
  join person p on p.tenant = c.tenant and p.id = c.person_id`;

/** Still owed, as of now and not as of when it was opened. */
export const STILL_OWED = `c.closed_at is null and ${isOpen('s.state')} and s.provider = c.provider
  and s.next_check_in_on <= $2 and p.died_on is null`;

/** A first message or a reminder is due, and none is on its way or has just failed. */
export const TO_BE_SENT = `(c.state = 'due' or (c.state = 'sent' and c.next_reminder_on <= $2 and c.reminders < ${REMINDERS}))
  and not exists (select from message m where m.tenant = c.tenant and m.check_in_id = c.id
    and (m.state = 'claimed' or (m.outcome = 'unavailable' and m.claimed_at > $5::timestamptz - interval '15 minutes')))`;

/** Nothing about the child forbids writing to anybody: a dispute, a death in the household, a disclosure being looked into. */
export const CHILD_NOT_HELD = `p.identity_disputed_at is null
  and not ${isHeld('c.person_id')}
  and not exists (select from escalation e where e.tenant = c.tenant and e.person_id = c.person_id and e.safeguarding and e.state <> 'resolved')`;

/** Can be read: the page is in English, and a stated format (easy read, large print) is a person's work. */
const canBeRead = (p: string): string => `coalesce(k.language, ${p}.interpreter_language, 'en') in ('en', 'en-GB') and k.format is null`;

/**
 * SQL: whether contact `k` may be told about this line at all, on the day $2; how (channel, address) comes after. Confidential: the young person and nobody else;
 * from 18 likewise; nobody is asked about themselves before 13. A birth month is all that is known here, so each limit is taken on the careful side.
 */
export const mayBeTold = (
  c: string,
  p: string,
): string => `k.may_contact and k.stopped_at is null and (k.valid_to is null or k.valid_to >= $2)
  and k.role <> 'professional' and (k.may_know_of is null or ${c}.line = any(k.may_know_of))
  and (k.role = 'young-person' or (not ${c}.line = any(${p}.confidential_from_family) and ${p}.birth_month + interval '18 years' > $2::date))
  and (k.role <> 'young-person' or ${p}.birth_month + interval '13 years 1 month' <= $2::date)`;

/** Who comes first: from 16 the young person; of a looked-after child whoever looks after it; else parents. */
const whoFirst = (p: string): string => `case
  when k.role = 'young-person' then case when ${p}.birth_month + interval '16 years 1 month' <= $2::date then 0 else 4 end
  when ${p}.social_care = 'looked-after' then case k.role when 'social-worker' then 1 when 'foster-carer' then 2 else 3 end
  else case k.role when 'parent' then 1 when 'foster-carer' then 2 else 3 end end`;

/**
 * The ways to write to somebody about a check-in: contact_id, role, channel, address, address_key, and how good each is.
 * Other providers' records of the same child count against an address, never for it.
 * `offset 0` keeps each look-up a look-up by index: joined, with statistics a day old, one batch took 1.8 s instead of 0.3 s.
 * @param c alias of the check-in, @param p alias of the child
 */
export const routes = (c = 'c', p = 'p'): string => `
  select k.id as contact_id, k.role, w.channel, w.address, a.key as address_key, ${whoFirst(p)} as who_first,
    k.preferred_channel = w.channel as preferred, k.parental_responsibility,
    (select count(*) from message u where u.tenant = ${c}.tenant and u.check_in_id = ${c}.id and u.contact_id = k.id and u.channel = w.channel) as used
  from contact k
  cross join lateral (values ('sms', k.phone), ('email', k.email)) as w (channel, address)
  cross join lateral (select sha256($4::bytea || convert_to(lower(w.address), 'UTF8')) offset 0) as a (key)
  where k.tenant = ${c}.tenant and k.person_id = ${c}.person_id and k.provider = ${c}.provider
    and w.address is not null and w.channel = any($3::text[])
    and (w.channel <> 'sms' or left(w.address, 4) = '+447' or left(w.address, 3) <> '+44')
    and coalesce(k.preferred_channel, w.channel) in ('sms', 'email')
    and ${mayBeTold(c, p)} and ${canBeRead(p)}
    and not exists (select from contact o
      where o.tenant = ${c}.tenant and o.person_id = ${c}.person_id and not o.may_contact and (o.phone = w.address or o.email = w.address) offset 0)
    and not exists (select from contact o where o.tenant = ${c}.tenant and o.phone = w.address and o.stopped_at is not null offset 0)
    and not exists (select from contact o where o.tenant = ${c}.tenant and o.email = w.address and o.stopped_at is not null offset 0)
    and not exists (select from message r where r.tenant = ${c}.tenant and r.address_key = a.key and r.outcome = 'refused' offset 0)
    and not ${isSiblingHeld(`${c}.person_id`)}`;

/** Best first: a way not tried yet for this check-in, then the right person, then the channel they like. */
export const BEST_ROUTE_FIRST = `used, who_first, preferred desc nulls last, parental_responsibility desc nulls last, channel desc, contact_id`;

/** One message to one address a London day, whatever it is about: a household is not told three things at once. `r` is a route. */
export const NOT_WRITTEN_TO_TODAY = `not exists (select from message t where t.tenant = $1 and t.address_key = r.address_key and t.claimed_on = $2
  and t.state not in ('failed', 'called-off') offset 0)`;

/** Why a person must call, when there is no way for the machine. */
export const WHY_CALL = `case
  when p.identity_disputed_at is not null then 'identity-disputed'
  when ${isHeld('c.person_id')} or ${isSiblingHeld('c.person_id')} then 'held'
  when not (${CHILD_NOT_HELD}) then 'safeguarding'
  when exists (select from (${routes()}) r) then 'not-delivered'
  when exists (select from contact k where k.tenant = c.tenant and k.person_id = c.person_id and k.provider = c.provider
    and ${mayBeTold('c', 'p')} and not (${canBeRead('p')})) then 'language-or-format'
  when exists (select from contact k where k.tenant = c.tenant and k.person_id = c.person_id and k.provider = c.provider
    and ${mayBeTold('c', 'p')} and k.preferred_channel in ('phone', 'letter')) then 'prefers-a-person'
  else 'no-route' end`;
