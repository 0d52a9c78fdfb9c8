//! A connection that stays: a WebSocket, read by a thread of its own, which tells what happens on it.

use std::io::{BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

use crate::frames::{CLOSE, Messages, PONG, Said, TEXT, masked};
use crate::http::{Answer, BROKEN_OFF, Request, find, head, sentence};

/// What every server puts behind the key, so that what speaks HTTP alone cannot answer (RFC 6455, 1.3).
const ACCEPTS: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// The code of an end that both sides meant.
const NORMAL: [u8; 2] = 1000_u16.to_be_bytes();
const SWITCHING: u16 = 101;

/// What happens on a stream, as a script is told.
#[derive(Debug)]
pub enum Happening {
    Opened {
        status: u16,
        headers: String,
    },
    Message(Vec<u8>),
    /// It did not open, or broke off; nothing comes after it.
    Failed {
        status: u16,
        sentence: String,
    },
    /// It was ended as the protocol ends it; nothing comes after it.
    Ended,
}

/// The end of a stream that a script holds.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    /// There once it is open.
    socket: Option<TcpStream>,
    is_closed: bool,
}

impl Stream {
    /// Send a text; false where nothing is open to send it on.
    pub fn send(&self, data: &[u8]) -> bool {
        self.write(TEXT, data).is_some()
    }

    /// End it: what comes from now on is not told.
    pub fn close(&self) {
        self.write(CLOSE, &NORMAL);
        let mut held = self.held();
        held.is_closed = true;
        if let Some(socket) = &held.socket {
            // One that is gone already is closed too.
            socket.shutdown(Shutdown::Write).ok();
        }
    }

    /// Open it and tell what happens until it ends; `request` says where, and what goes with the upgrade.
    pub fn run(&self, request: Request, tell: impl Fn(Happening)) {
        let mut reader = match self.open(request) {
            Ok((answer, reader)) => {
                let headers = answer.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
                tell(Happening::Opened { status: answer.status, headers: headers.collect() });
                reader
            }
            Err((status, sentence)) => return tell(Happening::Failed { status, sentence }),
        };
        let mut messages = Messages::default();
        loop {
            match messages.next(&mut reader) {
                Ok(Said::Message(data)) => tell(Happening::Message(data)),
                Ok(Said::Ping(data)) => {
                    self.write(PONG, &data);
                }
                Ok(Said::Close(data)) => {
                    self.write(CLOSE, &data);
                    return tell(Happening::Ended);
                }
                Err(_) => return tell(Happening::Failed { status: 0, sentence: BROKEN_OFF.to_owned() }),
            }
        }
    }

    fn open(&self, mut request: Request) -> Result<(Answer, BufReader<TcpStream>), (u16, String)> {
        let failed = |error: std::io::Error| (0, sentence(&error));
        let key = STANDARD.encode(random::<16>().map_err(failed)?);
        for (name, value) in
            [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", key.as_str())]
        {
            request.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        }
        let mut socket = request.connect().map_err(|sentence| (0, sentence))?;
        socket.write_all(&request.bytes("Upgrade")).map_err(failed)?;
        let mut reader = BufReader::new(socket.try_clone().map_err(failed)?);
        let answer = head(&mut reader).map_err(failed)?;
        if answer.status != SWITCHING {
            return Err((answer.status, answer.reason));
        }
        if find(&answer.headers, "sec-websocket-accept") != Some(&accept_of(&key)) {
            return Err((answer.status, BROKEN_OFF.to_owned()));
        }
        // From now on it may be silent for as long as it likes.
        socket.set_read_timeout(None).map_err(failed)?;
        let mut held = self.held();
        if held.is_closed {
            return Err((0, BROKEN_OFF.to_owned()));
        }
        held.socket = Some(socket);
        drop(held);
        Ok((answer, reader))
    }

    fn write(&self, opcode: u8, payload: &[u8]) -> Option<()> {
        let frame = masked(opcode, payload, random().ok()?);
        let mut held = self.held();
        if held.is_closed {
            return None;
        }
        held.socket.as_mut()?.write_all(&frame).ok()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // A thread that failed while it held this left a socket, and no half-done work.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn random<const COUNT: usize>() -> std::io::Result<[u8; COUNT]> {
    let mut bytes = [0; COUNT];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

fn accept_of(key: &str) -> String {
    STANDARD.encode(Sha1::digest(format!("{key}{ACCEPTS}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_accepted_as_the_rfc_says() {
        assert_eq!("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", accept_of("dGhlIHNhbXBsZSBub25jZQ=="));
    }

    #[test]
    fn nothing_is_sent_before_it_is_open() {
        assert!(!Stream::default().send(b"early"));
    }
}
