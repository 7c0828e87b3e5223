"use strict";

// A host on a test's network. Takes one JSON command a line on stdin, answers each with one line on stdout.

const dgram = require("node:dgram");
const net = require("node:net");
const readline = require("node:readline");

/** How long an answer may take before it counts as lost; a test never concludes from a loss alone. */
const PATIENCE_MS = 400;

let connection = null;

const commands = {
  /** Answers every datagram and every TCP line that comes to any address of this host. */
  async echo({ port }) {
    const udp = dgram.createSocket("udp6");
    udp.on("message", (message, from) => udp.send(message, from.port, from.address));
    await new Promise((resolve) => udp.bind(port, "::", resolve));
    const tcp = net.createServer((socket) => socket.on("error", () => undefined).pipe(socket));
    await new Promise((resolve) => tcp.listen(port, "::", resolve));
    return true;
  },

  /** Whether a datagram from one of this host's addresses is answered. */
  async udp({ from, to, port }) {
    const socket = dgram.createSocket(to.includes(":") ? "udp6" : "udp4");
    try {
      await new Promise((resolve) => socket.bind(0, from, resolve));
      const answer = new Promise((resolve) => socket.once("message", () => resolve(true)));
      socket.send("hello", port, to);
      return await Promise.race([answer, lost()]);
    } finally {
      socket.close();
    }
  },

  /** The error that comes back for a datagram. */
  async udpError({ from, to, port }) {
    const socket = dgram.createSocket(to.includes(":") ? "udp6" : "udp4");
    try {
      await new Promise((resolve) => socket.bind(0, from, resolve));
      await new Promise((resolve) => socket.connect(port, to, resolve));
      const error = new Promise((resolve) => socket.once("error", (thrown) => resolve(thrown.code)));
      socket.send("hello", () => undefined);
      return (await Promise.race([error, lost()])) || null;
    } finally {
      socket.close();
    }
  },

  async flood({ from, to, port, count }) {
    const socket = dgram.createSocket(to.includes(":") ? "udp6" : "udp4");
    try {
      await new Promise((resolve) => socket.bind(0, from, resolve));
      for (let i = 0; i < count; i++) await new Promise((resolve) => socket.send("flood", port, to, resolve));
      return true;
    } finally {
      socket.close();
    }
  },

  /** True once connected, false where nothing comes back, else the error. */
  async connect({ from, to, port }) {
    connection?.destroy();
    connection = net.connect({ host: to, port, localAddress: from });
    connection.on("error", () => undefined);
    return await Promise.race([
      new Promise((resolve) => connection.once("connect", () => resolve(true))),
      new Promise((resolve) => connection.once("error", (error) => resolve(error.code))),
      lost(),
    ]);
  },

  /** Whether a line on the connection that `connect` has made comes back. */
  async say() {
    const answer = new Promise((resolve) => connection.once("data", () => resolve(true)));
    const error = new Promise((resolve) => connection.once("error", (thrown) => resolve(thrown.code)));
    connection.write("hello\n");
    return await Promise.race([answer, error, lost()]);
  },
};

function lost() {
  return new Promise((resolve) => setTimeout(() => resolve(false), PATIENCE_MS));
}

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const command = JSON.parse(line);
  console.log(JSON.stringify(await commands[command.do](command)));
});
