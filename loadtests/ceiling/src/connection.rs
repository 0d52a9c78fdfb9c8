//! One connection: at most one request on its way, and what of its answer has come.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use crate::response::{self, Response};

pub const READ_BYTES: usize = 64 * 1024;

/// What became of a connection when it was looked at.
pub enum Event {
    /// Nothing that is whole yet.
    Nothing,
    /// An answer; the bytes of it are in the buffer until the next look.
    Answered(Response),
    /// It ended, or what came is no answer.
    Broken(&'static str),
}

pub struct Connection {
    stream: TcpStream,
    out: Vec<u8>,
    written: usize,
    read: Vec<u8>,
    /// Since when the request on its way was due, in nanoseconds of the run; none where nothing is on its way.
    pub due: Option<u64>,
}

impl Connection {
    pub fn open(to: SocketAddr, registry: &Registry, token: Token) -> io::Result<Self> {
        let stream = std::net::TcpStream::connect(to)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self {
            stream,
            out: Vec::with_capacity(4096),
            written: 0,
            read: Vec::with_capacity(READ_BYTES),
            due: None,
        })
    }

    /// Sends what `fill` writes; what does not fit into the socket goes when it takes more.
    pub fn send(&mut self, due: u64, fill: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        self.out.clear();
        self.written = 0;
        fill(&mut self.out);
        self.due = Some(due);
        self.flush()
    }

    pub fn flush(&mut self) -> io::Result<()> {
        while self.written < self.out.len() {
            match self.stream.write(&self.out[self.written..]) {
                Ok(count) => self.written += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads what has come, through a buffer that connections share.
    pub fn look(&mut self, piece: &mut [u8]) -> Event {
        loop {
            match self.stream.read(piece) {
                Ok(0) => return Event::Broken("closed"),
                Ok(count) => {
                    self.read.extend_from_slice(&piece[..count]);
                    match response::first(&self.read) {
                        Ok(Some(response)) => return Event::Answered(response),
                        // A whole answer is the only thing that is on its way, so reading on finds nothing.
                        Ok(None) => {}
                        Err(reason) => return Event::Broken(reason),
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Event::Nothing,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Event::Broken("failed"),
            }
        }
    }

    /// The body of the answer that `look` gave.
    #[must_use]
    pub fn body(&self, response: &Response) -> &[u8] {
        &self.read[response.body_from..response.length]
    }

    /// Lets the answer go.
    pub fn done(&mut self, response: &Response) {
        self.read.drain(..response.length);
        self.due = None;
    }

    pub fn close(mut self, registry: &Registry) -> io::Result<()> {
        registry.deregister(&mut self.stream)
    }
}
