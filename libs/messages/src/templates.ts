import type { Channel } from './sender.js';

export type TemplateName = 'check-in' | 'reminder';

/** Whose questions these are: a family is asked about a child, a young person about themselves. */
export type Reader = 'family' | 'young-person';

export interface Wording {
  subject: string | null;
  body: string;
}

/**
 * What a message says. It may be read by a stranger (an old number, a shared telephone), so it holds no name, no service, nothing clinical:
 * only that the NHS asks, what will happen, the link, and how to make it stop. The rest is behind the link and a birth date.
 */
export function wording(template: TemplateName, channel: Channel, reader: Reader, link: string): Wording {
  const about = reader === 'young-person' ? 'how you are' : 'how things are for your child';
  const opening =
    template === 'check-in'
      ? `This is the NHS. We would like to know ${about} while you wait.`
      : `This is the NHS. A reminder: please tell us ${about}.`;
  if (channel === 'sms') {
    return {
      subject: null,
      body: `${opening} It takes 3 minutes: ${link}\nIn danger now? Call 999. Not for you, or to stop: open the link and say so.`,
    };
  }
  return {
    subject: template === 'check-in' ? 'A few questions from the NHS' : 'A reminder: a few questions from the NHS',
    body: [
      opening,
      `Please answer a few questions. It takes about 3 minutes:\n${link}`,
      'What to expect: first we ask for a birth date, to be sure we reach the right person. A person reads your answers, and the page says when. ' +
        'Your place on the waiting list does not change, whatever you answer and if you do not answer.',
      'If someone is in danger now, call 999. For urgent help that is not an emergency, call NHS 111.',
      'If this message is not for you, or you want these messages to stop, open the link and say so.',
      'Please do not reply to this email: nobody reads the answers.',
    ].join('\n\n'),
  };
}
