//! Ports on the loopback interface, and plain words when one is taken.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};

use anyhow::{Context, Result, anyhow, bail};

/// Listens on `port` of both loopback addresses, because a browser resolves
/// `localhost` to either. A machine without IPv6 gets one listener. Port 0
/// takes a free one.
pub fn listen(port: u16) -> Result<Vec<TcpListener>> {
    let first = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let port = first.local_addr()?.port();
    let mut listeners = vec![first];
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
        Ok(second) => listeners.push(second),
        Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(taken(port)),
        Err(_) => {}
    }
    Ok(listeners)
}

/// Fails with plain words unless all of the ports are free.
pub fn require_free(ports: &[u16]) -> Result<()> {
    for port in ports {
        listen(*port)?;
    }
    Ok(())
}

/// The three ports of a local run: app, provider, API.
pub fn three(port: u16) -> Result<[u16; 3]> {
    match port {
        1..=65533 => Ok([port, port + 1, port + 2]),
        _ => bail!("--port must lie between 1 and 65533: the next two ports are used as well."),
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    match TcpListener::bind(address) {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(taken(address.port())),
        Err(error) => Err(error)
            .with_context(|| format!("Port {} cannot be opened; choose another with --port {}.", address.port(), proposal(address.port()))),
    }
}

fn taken(port: u16) -> anyhow::Error {
    anyhow!(
        "Port {port} is already in use by another program. Stop that program, or choose other \
         ports: --port {}",
        proposal(port)
    )
}

/// A round number some way off, so that the neighbours are likely free, too.
fn proposal(port: u16) -> u16 {
    if port < 50_000 { (port / 100 + 10) * 100 } else { 9000 }
}

/// Whether somebody listens at this port of this machine.
pub fn listens(port: u16) -> io::Result<bool> {
    match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
        // A connection may by chance get the very port that it wants to go to, and is then with itself.
        Ok(stream) => Ok(stream.local_addr()? != stream.peer_addr()?),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_and_another_proposed() -> Result<()> {
        let held = listen(0)?;
        let port = held[0].local_addr()?.port();
        let message = require_free(&[port]).expect_err("the port is held").to_string();
        assert!(message.contains(&format!("Port {port} is already in use")), "{message}");
        assert!(message.contains(&format!("--port {}", proposal(port))), "{message}");
        assert!(listens(port)?);
        drop(held);
        assert!(!listens(port)?);
        require_free(&[port])
    }

    #[test]
    fn a_port_held_on_ipv6_alone_counts_as_taken() -> Result<()> {
        let Ok(held) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
            return Ok(()); // no IPv6 here
        };
        let port = held.local_addr()?.port();
        assert!(require_free(&[port]).is_err());
        Ok(())
    }

    #[test]
    fn three_ports_must_fit() {
        assert_eq!(three(8080).expect("fits"), [8080, 8081, 8082]);
        assert!(three(65534).is_err());
        assert!(three(0).is_err());
    }
}
