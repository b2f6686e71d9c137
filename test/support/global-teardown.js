export default async function tearDown() {
  await globalThis.meanwhileTestServer?.stop();
}
