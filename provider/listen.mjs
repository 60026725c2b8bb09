import { createServer } from 'node:http';
import { once } from 'node:events';

export class PortTaken extends Error {
  constructor(port) {
    super(`Port ${port} is already in use; stop the program that has it or choose another port.`);
  }
}

const NO_SUCH_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/**
 * Listens on both loopback addresses, because "localhost" may mean either, and on nothing else.
 * Returns a function that closes both at once.
 */
export async function listen(port, handler) {
  const servers = [];
  const guarded = async (request, response) => {
    try {
      await handler(request, response);
    } catch (error) {
      console.error(`A request failed: ${error.message}`);
      request.socket.destroy();
    }
  };
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer(guarded);
    server.listen(port, host);
    try {
      await once(server, 'listening');
      servers.push(server);
    } catch (error) {
      if (error.code === 'EADDRINUSE') throw new PortTaken(port);
      if (host === '127.0.0.1' || !NO_SUCH_ADDRESS.includes(error.code)) throw error;
    }
  }
  return () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  };
}
