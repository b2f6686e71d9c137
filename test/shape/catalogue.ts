import type pg from 'pg';

/** What the catalogue of a real database says of our tables. Names only, so that a failing test names what is wrong. */
export interface Catalogue {
  tables: { name: string; enabled: boolean; forced: boolean; owner: string }[];
  columns: { table: string; column: string; type: string; isEnum: boolean; hasCheck: boolean }[];
  constraints: {
    name: string;
    table: string;
    kind: 'p' | 'u' | 'f';
    columns: string[];
    refersTo: string | null;
    refersToColumns: string[] | null;
  }[];
  indexes: { name: string; table: string; unique: boolean; first: string | null }[];
  policies: { name: string; table: string; command: string; permissive: boolean; using: string | null; withCheck: string | null }[];
}

export async function readCatalogue(client: pg.Client): Promise<Catalogue> {
  const rows = async <Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> => (await client.query<Row>(sql)).rows;
  return {
    tables: await rows(`
      select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced, pg_get_userbyid(c.relowner) as owner
      from pg_class c where ${OURS} order by 1`),
    columns: await rows(`
      select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type, t.typtype = 'e' as "isEnum",
        exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any(k.conkey)) as "hasCheck"
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
      where ${OURS} and a.attnum > 0 and not a.attisdropped order by 1, a.attnum`),
    constraints: await rows(`
      select k.conname as name, c.relname as table, k.contype as kind, ${columnsOf('k.conrelid', 'k.conkey')} as columns,
        f.relname as "refersTo", ${columnsOf('k.confrelid', 'k.confkey')} as "refersToColumns"
      from pg_constraint k join pg_class c on c.oid = k.conrelid left join pg_class f on f.oid = k.confrelid
      where ${OURS} and k.contype in ('p', 'u', 'f') order by 2, 1`),
    indexes: await rows(`
      select x.relname as name, c.relname as table, i.indisunique as unique, a.attname as first
      from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
      left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where ${OURS} order by 2, 1`),
    policies: await rows(`
      select policyname as name, tablename as table, cmd as command, permissive = 'PERMISSIVE' as permissive, qual as using, with_check as "withCheck"
      from pg_policies where schemaname = 'public' order by 2, 1`),
  };
}

/** Tables of ours; the queue's belong to BullMQ. */
const OURS = `c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`;

/** Names of the columns of a constraint, in its order. */
const columnsOf = (table: string, numbers: string): string => `
  (select array_agg(a.attname::text order by n.n) from unnest(${numbers}) with ordinality as n (number, n)
    join pg_attribute a on a.attrelid = ${table} and a.attnum = n.number)`;
