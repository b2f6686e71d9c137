import type { Tx } from '#database';
import { LEVELS, type Escalations } from '#escalations';
import { together, type Answers } from './answers.js';
import { triage, type Finding, type ReplyLevel, type TriageOptions } from './triage.js';

/** The check-in an answer belongs to. */
export interface AnsweredCheckIn {
  id: string;
  personId: string;
  referralId: string;
  line: string;
  provider: string;
}

export interface Saying {
  answers: Answers;
  /** The whole form, or a call; not one worry chosen on the way. */
  complete: boolean;
  messageId: string | null;
  recordedBy: string | null;
  now: Date;
}

interface Held extends Answers {
  level: ReplyLevel | null;
}

/**
 * Keeps what was said and opens what somebody must act on, in one transaction. Said twice it is kept once; said more, it adds up; nothing lowers it.
 * The caller has locked the check-in.
 * @returns the level of all that was said so far, and what of it is new
 */
export async function keepReply(
  tx: Tx,
  escalations: Escalations,
  checkIn: AnsweredCheckIn,
  saying: Saying,
  options: TriageOptions = {},
): Promise<{ level: ReplyLevel; findings: Finding[]; escalationIds: string[] }> {
  const held = await heldReply(tx, checkIn.id);
  const answers = together(held ?? {}, saying.answers);
  const [before, after, now] = [triage(held ?? {}, options), triage(answers, options), triage(saying.answers, options)];
  const level = highest([after.level, held?.level ?? 'green']);
  await writeReply(tx, checkIn.id, answers, level, saying);

  // What was said before was acted on then: saying something else must not open again what a person has resolved.
  const findings = after.findings.filter((f) => !isAmong(before.findings, f) || isAmong(now.findings, f));
  const escalationIds: string[] = [];
  for (const { level: found, reason, safeguarding } of findings) {
    const { personId, referralId, line, provider, id } = checkIn;
    escalationIds.push(
      await escalations.open(tx, { personId, referralId, line, provider, level: found, reason, safeguarding, checkInId: id }),
    );
  }
  return { level, findings, escalationIds };
}

const isAmong = (findings: readonly Finding[], f: Finding): boolean => findings.some((o) => o.reason === f.reason && o.level === f.level);

const RANK: readonly ReplyLevel[] = [...LEVELS, 'green'];
const highest = (levels: readonly ReplyLevel[]): ReplyLevel => RANK.find((l) => levels.includes(l)) ?? 'green';

async function heldReply(tx: Tx, checkInId: string): Promise<Held | undefined> {
  return tx.one<Held>(
    `select still_needed as "stillNeeded", change, concerns, answered_by as "answeredBy", message, level from reply where tenant = $1 and check_in_id = $2`,
    [tx.tenant, checkInId],
  );
}

async function writeReply(tx: Tx, checkInId: string, answers: Answers, level: ReplyLevel, saying: Saying): Promise<void> {
  await tx.execute(
    `insert into reply as r (tenant, check_in_id, message_id, still_needed, change, concerns, answered_by, message, level, begun_at, submitted_at, recorded_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (tenant, check_in_id) do update set still_needed = excluded.still_needed, change = excluded.change, concerns = excluded.concerns,
       answered_by = excluded.answered_by, message = excluded.message, level = excluded.level,
       submitted_at = coalesce(r.submitted_at, excluded.submitted_at), recorded_by = coalesce(excluded.recorded_by, r.recorded_by)`,
    [
      tx.tenant,
      checkInId,
      saying.messageId,
      answers.stillNeeded ?? null,
      answers.change ?? null,
      answers.concerns ?? [],
      answers.answeredBy ?? null,
      answers.message ?? null,
      level,
      saying.now,
      saying.complete ? saying.now : null,
      saying.recordedBy,
    ],
  );
  await tx.execute('update check_in set level = $3 where tenant = $1 and id = $2', [tx.tenant, checkInId, level]);
}
