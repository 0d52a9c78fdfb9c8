//! Frames of a WebSocket as a client has them (RFC 6455, section 5): its own are masked, those of the server are not.

use std::io::{Error, ErrorKind, Read, Result};

/// Nothing that runs here is sent as much in one message.
const MOST_MESSAGE_BYTES: usize = 16 << 20;
const MOST_CONTROL_BYTES: u64 = 125;
const FIN: u8 = 0x80;
const RESERVED: u8 = 0x70;
const MASKED: u8 = 0x80;
/// In the place of a length: it stands in the next two bytes, or in the next eight.
const MEDIUM: u8 = 0x7e;
const LONG: u8 = 0x7f;
const CONTINUATION: u8 = 0x0;
pub const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
pub const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
pub const PONG: u8 = 0xA;

/// What a server may say.
#[derive(Debug, PartialEq)]
pub enum Said {
    /// A whole message; a text is UTF-8.
    Message(Vec<u8>),
    /// To be answered with a pong of the same bytes.
    Ping(Vec<u8>),
    /// To be answered in the same way; nothing comes after it.
    Close(Vec<u8>),
}

/// One whole frame, hidden from what lies on the way by a mask.
pub fn masked(opcode: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut frame = vec![FIN | opcode];
    if let Ok(length @ 0..=125) = u8::try_from(payload.len()) {
        frame.push(MASKED | length);
    } else if let Ok(length) = u16::try_from(payload.len()) {
        frame.push(MASKED | MEDIUM);
        frame.extend_from_slice(&length.to_be_bytes());
    } else {
        frame.push(MASKED | LONG);
        frame.extend_from_slice(&(payload.len() as u64).to_be_bytes());
    }
    frame.extend_from_slice(&mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, with)| byte ^ with));
    frame
}

/// Puts messages together: one may come in several frames, with pings between them.
#[derive(Debug, Default)]
pub struct Messages {
    /// The opcode that a message began with, and what there is of it.
    begun: Option<(u8, Vec<u8>)>,
}

impl Messages {
    /// Read until there is something to tell; an error where the server breaks the rules.
    pub fn next(&mut self, stream: &mut impl Read) -> Result<Said> {
        loop {
            let (is_last, opcode, payload) = frame(stream)?;
            let (kind, whole) = match (opcode, self.begun.take()) {
                (PING, begun) => {
                    self.begun = begun;
                    return Ok(Said::Ping(payload));
                }
                (PONG, begun) => {
                    self.begun = begun;
                    continue;
                }
                (CLOSE, _) => return Ok(Said::Close(payload)),
                (TEXT | BINARY, None) => (opcode, payload),
                (CONTINUATION, Some((kind, mut whole))) => {
                    whole.extend_from_slice(&payload);
                    (kind, whole)
                }
                _ => return Err(broken()),
            };
            if whole.len() > MOST_MESSAGE_BYTES {
                return Err(broken());
            }
            if !is_last {
                self.begun = Some((kind, whole));
            } else if kind == TEXT && std::str::from_utf8(&whole).is_err() {
                return Err(broken());
            } else {
                return Ok(Said::Message(whole));
            }
        }
    }
}

fn frame(stream: &mut impl Read) -> Result<(bool, u8, Vec<u8>)> {
    let [first, second] = bytes::<2>(stream)?;
    let (is_last, opcode) = (first & FIN != 0, first & 0x0f);
    let length = match second & !MASKED {
        MEDIUM => u64::from(u16::from_be_bytes(bytes(stream)?)),
        LONG => u64::from_be_bytes(bytes(stream)?),
        short => u64::from(short),
    };
    let is_control = opcode >= CLOSE;
    if first & RESERVED != 0
        || second & MASKED != 0
        || is_control && (!is_last || length > MOST_CONTROL_BYTES)
        || length > MOST_MESSAGE_BYTES as u64
    {
        return Err(broken());
    }
    let mut payload = Vec::new();
    stream.take(length).read_to_end(&mut payload)?;
    if payload.len() as u64 != length {
        return Err(Error::from(ErrorKind::UnexpectedEof));
    }
    Ok((is_last, opcode, payload))
}

fn bytes<const COUNT: usize>(stream: &mut impl Read) -> Result<[u8; COUNT]> {
    let mut read = [0; COUNT];
    stream.read_exact(&mut read)?;
    Ok(read)
}

fn broken() -> Error {
    Error::from(ErrorKind::InvalidData)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(mut wire: &[u8]) -> Vec<Result<Said>> {
        let mut messages = Messages::default();
        let mut all = Vec::new();
        while !wire.is_empty() {
            all.push(messages.next(&mut wire));
        }
        all
    }

    fn text(words: &str) -> Said {
        Said::Message(words.as_bytes().to_vec())
    }

    #[test]
    fn a_frame_is_that_of_the_rfc() {
        let frame = masked(TEXT, b"Hello", [0x37, 0xfa, 0x21, 0x3d]);

        assert_eq!(
            vec![0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58],
            frame,
            "the example of section 5.7"
        );
    }

    #[test]
    fn a_length_is_written_as_short_as_it_can_be() {
        let head = |length: usize| masked(TEXT, &vec![0; length], [0; 4])[1..4].to_vec();

        assert_eq!([0xfd, 0, 0].as_slice(), head(125));
        assert_eq!([0xfe, 0, 126].as_slice(), head(126));
        assert_eq!([0xfe, 0xff, 0xff].as_slice(), head(0xffff));
        assert_eq!([0xff, 0, 0].as_slice(), head(0x1_0000));
    }

    #[test]
    fn a_message_in_parts_is_put_together_with_a_ping_between() {
        let wire = b"\x01\x03Hel\x89\x01!\x8a\x00\x00\x01l\x80\x01o\x81\x01x";

        let told: Vec<Said> = said(wire).into_iter().map(Result::unwrap).collect();

        assert_eq!(vec![Said::Ping(b"!".to_vec()), text("Hello"), text("x")], told);
    }

    #[test]
    fn a_long_message_is_read() {
        let mut wire = vec![0x82, 127];
        wire.extend_from_slice(&70_000_u64.to_be_bytes());
        wire.resize(wire.len() + 70_000, b'x');

        assert_eq!(Said::Message(vec![b'x'; 70_000]), said(&wire).remove(0).unwrap());
    }

    #[test]
    fn a_server_that_breaks_the_rules_is_not_listened_to() {
        for (wire, why) in [
            (b"\x81\x80\0\0\0\0".as_slice(), "masked"),
            (b"\xc1\x00", "an extension that nobody agreed to"),
            (b"\x80\x00", "goes on with nothing"),
            (b"\x01\x01a\x81\x01b", "begins in the middle of another"),
            (b"\x09\x00", "a ping in parts"),
            (b"\x89\x7e\x00\x7e", "a long ping"),
            (b"\x83\x00", "an opcode that there is not"),
            (b"\x81\x01\xff", "no UTF-8"),
            (b"\x81\x05abc", "breaks off"),
            (b"\x82\x7f\0\0\0\x01\0\0\0\0", "longer than anything"),
        ] {
            assert!(said(wire).pop().unwrap().is_err(), "{why}");
        }
    }
}
