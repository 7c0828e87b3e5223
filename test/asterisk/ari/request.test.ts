import { createRequire } from "node:module";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { AriServer } from "./ari-server.js";

type Answer = { error: (Error & { code?: string }) | null; status?: number | undefined };

/** As ari-client gets it: by its name, from where ari-client is. */
function ask(url: string): Promise<Answer> {
  const request = createRequire(require.resolve("ari-client"))("request") as (
    url: string,
    callback: (error: Answer["error"], response?: { statusCode: number }) => void,
  ) => void;
  return new Promise((resolve) =>
    request(url, (error, response) => resolve({ error, status: response?.statusCode })),
  );
}

test("any answer says that the host is there, also a 401", async () => {
  const server = await new AriServer().start();
  await expect(ask(`${server.url}/ari/api-docs/resources.json`)).resolves.toEqual({
    error: null,
    status: 401,
  });
  await server.stop();
});

test("a port where nobody listens is ECONNREFUSED", async () => {
  const server = await new AriServer().start();
  const { url } = server;
  await server.stop();
  await expect(ask(url)).resolves.toMatchObject({ error: { code: "ECONNREFUSED" } });
});

test("a host that is silent is ETIMEDOUT", async () => {
  const sockets: Socket[] = [];
  const silent: Server = createServer((socket) => void sockets.push(socket.resume()));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as AddressInfo;
  await expect(ask(`http://127.0.0.1:${port}/`)).resolves.toMatchObject({ error: { code: "ETIMEDOUT" } });
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
}, 30_000);
