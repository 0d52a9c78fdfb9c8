//! Answers everything at once with the same bytes: what the generator is measured against.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read as _, Write as _};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
const LISTENER: Token = Token(usize::MAX - 1);

fn main() -> io::Result<()> {
    let mut listener = TcpListener::bind(([127, 0, 0, 1], 0).into())?;
    println!("{}", listener.local_addr()?);
    let (mut poll, mut events) = (Poll::new()?, Events::with_capacity(1024));
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut streams: HashMap<Token, (TcpStream, Vec<u8>)> = HashMap::new();
    let mut piece = vec![0; 64 * 1024];
    let mut next = 0;
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    stream.set_nodelay(true)?;
                    poll.registry().register(&mut stream, Token(next), Interest::READABLE)?;
                    streams.insert(Token(next), (stream, Vec::new()));
                    next += 1;
                }
            } else if let Some((stream, read)) = streams.get_mut(&event.token())
                && !serve(stream, read, &mut piece)?
            {
                streams.remove(&event.token());
            }
        }
    }
}

/// Answers each whole request, and tells whether the connection is still open.
fn serve(stream: &mut TcpStream, read: &mut Vec<u8>, piece: &mut [u8]) -> io::Result<bool> {
    loop {
        match stream.read(piece) {
            Ok(0) => return Ok(false),
            Ok(count) => read.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
            Err(_) => return Ok(false),
        }
        while let Some(length) = request(read) {
            read.drain(..length);
            stream.write_all(ANSWER)?;
        }
    }
}

fn request(read: &[u8]) -> Option<usize> {
    let head = read.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&read[..head]).ok()?;
    let body = text
        .split("\r\n")
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(Some(0), |(_, value)| value.parse().ok())?;
    (read.len() >= head + 4 + body).then_some(head + 4 + body)
}
