/** What the sandbox tells of a message: enough to answer as the family. */
interface SandboxMessage {
  link: string | null;
  birthDate: string | null;
  reference: string;
}

/** What the page answers a program. */
interface Answer {
  ask?: string;
  received?: boolean;
  urgent?: boolean;
}

/** What some families say, in turn. The first chooses an urgent worry by its own button, which acts before the form is sent. */
const ANSWERS: readonly object[] = [
  { concern: 'choking' },
  { stillNeeded: 'yes', change: 'worse', concerns: ['not-attending'], answeredBy: 'parent' },
  { stillNeeded: 'yes', change: 'same', concerns: [], answeredBy: 'parent' },
  { stillNeeded: 'yes', change: 'worse', concerns: [], answeredBy: 'parent' },
  { stillNeeded: 'unsure', change: 'same', concerns: [], answeredBy: 'parent' },
  { stillNeeded: 'yes', change: 'better', concerns: [], answeredBy: 'parent' },
  { stillNeeded: 'no', change: 'better', concerns: [], answeredBy: 'parent' },
  { stillNeeded: 'yes', change: 'same', concerns: ['carer-not-coping'], answeredBy: 'parent', message: 'Could somebody ring us, please?' },
];

/** Opens links from the sandbox as families would, and answers; every call goes over HTTP. */
export async function answerAsFamilies(base: string): Promise<{ answered: number; urgent: number }> {
  const messages = (await getJson<{ items: SandboxMessage[] }>(`${base}/sandbox?tenant=DEMO`)).items.filter((m) => m.link && m.birthDate);
  let urgent = 0;
  let answered = 0;
  for (const [i, answer] of ANSWERS.entries()) {
    const message = messages[i * Math.max(1, Math.floor(messages.length / ANSWERS.length))];
    if (!message?.link) break;
    const path = message.link.slice(message.link.indexOf('/c/'));
    const opened = await getJson<Answer>(base + path);
    if (opened.ask !== 'birth-date') continue;
    const heard = await postJson<Answer>(base + path, { birthDate: message.birthDate, ...answer });
    if (heard.received) answered++;
    if (heard.urgent) urgent++;
  }
  return { answered, urgent };
}

async function getJson<T>(url: string): Promise<T> {
  return readJson<T>(await fetch(url, { headers: { accept: 'application/json' } }), url);
}

async function postJson<T>(url: string, body: object): Promise<T> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  return readJson<T>(await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }), url);
}

async function readJson<T>(answer: Response, url: string): Promise<T> {
  if (answer.status >= 500) throw new Error(`${new URL(url).pathname.slice(0, 3)}… answered ${answer.status}`);
  return (await answer.json()) as T;
}
