//! Transport security, where a real server serves the app: a certificate made for the run, and what speaks TLS in front of provider and API.
//!
//! Only the app's server is under test. Provider and API must be https, too: from a page over https a browser calls nothing else, and in another scheme
//! they would be at another site.

use anyhow::Result;
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use std::{io, net::TcpListener, sync::Arc};
use tokio::{io::copy_bidirectional, net::TcpStream, task::JoinSet};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, ServerName},
    },
};
use xtask::digest;

/// The one certificate of a run, for this machine under all its names. Nobody but the browser of the run trusts it.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// The certificate, PEM.
    pub(crate) certificate: String,
    /// Its key, PEM.
    pub(crate) key: String,
    /// By what the browser knows the key.
    pub(crate) pin: String,
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
}

impl Identity {
    /// Makes one.
    pub(crate) fn make() -> Result<Self> {
        let key = KeyPair::generate()?;
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let certificate = CertificateParams::new(names)?.self_signed(&key)?;
        let der = certificate.der().clone();
        let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = Arc::new(ring::default_provider());
        let server = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
        let mut roots = RootCertStore::empty();
        roots.add(der.clone())?;
        let client = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(Self {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            pin: digest::sha256(&key.subject_public_key_info()),
            server: Arc::new(server.with_no_client_auth().with_single_cert(vec![der], private)?),
            client: Arc::new(client.with_root_certificates(roots).with_no_client_auth()),
        })
    }

    /// Connects as a client that trusts this certificate alone.
    pub(crate) async fn connect(&self, host: &str, port: u16) -> Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect((host, port)).await?;
        let name = ServerName::try_from(host.to_owned())?;
        Ok(TlsConnector::from(Arc::clone(&self.client)).connect(name, stream).await?)
    }
}

/// Speaks TLS to the outside and hands on what it hears to a port of this machine. Closed, with all its connections, when it is dropped.
#[derive(Debug)]
pub(crate) struct Shield {
    _tasks: JoinSet<io::Result<()>>,
}

impl Shield {
    /// Opens one.
    pub(crate) fn open(listeners: Vec<TcpListener>, port: u16, identity: &Identity) -> Result<Self> {
        let acceptor = TlsAcceptor::from(Arc::clone(&identity.server));
        let mut tasks = JoinSet::new();
        for listener in listeners {
            listener.set_nonblocking(true)?;
            tasks.spawn(accept(tokio::net::TcpListener::from_std(listener)?, port, acceptor.clone()));
        }
        Ok(Self { _tasks: tasks })
    }
}

async fn accept(listener: tokio::net::TcpListener, port: u16, acceptor: TlsAcceptor) -> io::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        let (outside, _) = listener.accept().await?;
        connections.spawn(pass(outside, port, acceptor.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn pass(outside: TcpStream, port: u16, acceptor: TlsAcceptor) -> io::Result<()> {
    let mut outside = acceptor.accept(outside).await?;
    let mut inside = TcpStream::connect(("127.0.0.1", port)).await?;
    copy_bidirectional(&mut outside, &mut inside).await.map(drop)
}
