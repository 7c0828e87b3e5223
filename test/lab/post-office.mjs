// A mail server and a receiver of webhooks on loopback, for the host of the lab that the daemon runs on. Each thing that arrives is one
// line of JSON on standard output.
import { createServer } from "node:http";
import { SMTPServer } from "smtp-server";

const tell = (arrived) => process.stdout.write(`${JSON.stringify(arrived)}\n`);
const textOf = async (stream) => {
  let text = "";
  for await (const piece of stream.setEncoding("utf8")) text += piece;
  return text;
};

new SMTPServer({
  authOptional: true,
  disableReverseLookup: true,
  disabledCommands: ["STARTTLS", "AUTH"],
  async onData(stream, _session, done) {
    tell({ by: "mail", text: await textOf(stream) });
    done();
  },
}).listen(2525, "127.0.0.1", () => tell({ by: "ready" }));

createServer(async (request, response) => {
  const text = await textOf(request);
  response.end("ok");
  tell({
    by: request.url === "/slack" ? "slack" : "webhook",
    text,
    signature: request.headers["ringfence-signature"],
  });
}).listen(8099, "127.0.0.1", () => tell({ by: "ready" }));
