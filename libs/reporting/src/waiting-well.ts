import type { Tx } from '#database';
import type { LocalDate, Principal } from '#kernel';
import { serviceLines } from '#service-lines';
import { countFromSql, countSql, type Cell, type Disclosure } from './disclosure.js';
import { scopeOf } from './waits-plan.js';

/** What families of one line were owed, and what became of it. */
export interface WaitingWellRow {
  service: string;
  /** Due by today and not sent: the daily cap, the hours, or no way to write. */
  owed: Cell;
  /** A person must call: no way to write, no answer. */
  toCall: Cell;
  /** Messages sent and waiting for an answer. */
  sent: Cell;
  answered: Cell;
  worse: Cell;
  /** Waiting, seen, and not treated: the second wait that most figures hide. */
  seenButWaiting: Cell;
}

export interface WaitingWellReport {
  asOf: LocalDate;
  disclosure: Disclosure;
  rows: WaitingWellRow[];
}

/** Support while waiting, line by line: one statement. */
export async function readWaitingWell(tx: Tx, principal: Principal, asOf: LocalDate): Promise<WaitingWellReport> {
  const { exact, provider } = scopeOf(principal, undefined);
  const disclosure: Disclosure = exact ? 'none' : 'hes-and-mhsds';
  const count = (condition: string, name: string): string => `${countSql(`count(*) filter (where ${condition})`, disclosure)} as "${name}"`;
  const rows = await tx.query<Record<keyof Omit<WaitingWellRow, 'service'>, number | null> & { service: string }>(
    `select s.line as service,
        ${count(`c.state = 'due' and c.due_on <= $2`, 'owed')}, ${count(`c.state = 'unanswered'`, 'toCall')}, ${count(`c.state = 'sent'`, 'sent')},
        ${count(`c.state in ('answered', 'recorded')`, 'answered')}, ${count(`r.change = 'worse' or r.level in ('red', 'amber')`, 'worse')},
        ${count(`c.state = 'seen'`, 'seenButWaiting')}
      from (select distinct line, tenant from service where tenant = $1) s
        left join (
          select line, provider, state, due_on, id from check_in where tenant = $1
          union all select line, provider, 'seen', null, null from referral_state where tenant = $1 and state = 'waiting' and stage = 'awaiting-treatment'
        ) c on c.line = s.line and ($3::text is null or c.provider = $3)
        left join reply r on r.tenant = s.tenant and r.check_in_id = c.id
      where s.tenant = $1 group by s.line`,
    [tx.tenant, asOf, provider],
  );
  return {
    asOf,
    disclosure,
    rows: serviceLines.flatMap(({ code }) => {
      const found = rows.find((r) => r.service === code);
      if (!found) return [];
      return {
        service: code,
        owed: countFromSql(found.owed),
        toCall: countFromSql(found.toCall),
        sent: countFromSql(found.sent),
        answered: countFromSql(found.answered),
        worse: countFromSql(found.worse),
        seenButWaiting: countFromSql(found.seenButWaiting),
      };
    }),
  };
}
