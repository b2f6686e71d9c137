/**
 * Names nobody bears: an ordinary given name, and a family name that shows at a glance that the child is invented,
 * also on a page that was printed or photographed.
 */
export const GIVEN_NAMES = {
  female:
    'Asha Amelia Aisha Bella Chloe Daisy Ella Eva Fatima Freya Grace Hana Isla Ivy Jasmine Keira Layla Lily Maja Maya Mia Nia Olivia Poppy Rosa Ruby Sara Sofia Willow Zara'.split(
      ' ',
    ),
  male: 'Aaron Adam Alfie Arlo Benjamin Caleb Daniel Dylan Elijah Ethan Finley George Harry Ibrahim Isaac Jacob Jakub Kai Leo Liam Mason Muhammad Noah Oliver Oscar Rohan Samuel Theo Tyler Zain'.split(
    ' ',
  ),
} as const;

export const ADULT_NAMES =
  'Alex Anita Beth Carl Dawn Emma Farah Gareth Helen Imran Jo Kasia Lee Mark Nadia Owen Priya Rachel Sam Tom Una Vikram Wendy Yusuf'.split(
    ' ',
  );

const FIRST = ['Example', 'Sample', 'Demo', 'Mock', 'Specimen', 'Fiction', 'Tester', 'Pattern', 'Invent', 'Placehold'];
const LAST = ['ton', 'ford', 'ham', 'worth', 'wood', 'field', 'by', 'ley', 'well', 'stone', 'bury', 'dale'];
export const FAMILY_NAMES: readonly string[] = FIRST.flatMap((first) => LAST.map((last) => first + last));

/** Those who decide and sign, by line. */
export const CLINICIANS = {
  'speech-and-language-therapy': ['R. Sampleford', 'J. Demoworth', 'K. Exampleby'].map((name) => ({
    name,
    role: 'speech and language therapist',
  })),
  'mental-health': ['Dr P. Mockwell', 'L. Fictionham', 'S. Testerley', 'D. Patternwood'].map((name) => ({
    name,
    role: 'mental-health practitioner',
  })),
  'specialist-equipment': ['A. Specimendale', 'M. Inventstone'].map((name) => ({ name, role: 'occupational therapist' })),
} as const;
