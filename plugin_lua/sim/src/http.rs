//! One request over a real socket: plain HTTP/1.1, one connection each, everything in memory.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// Roblox does not say how long it waits; users measured about a minute.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// An answer is never larger in what runs here; a runaway server must not fill the memory.
const MOST_BODY_BYTES: u64 = 64 << 20;
const MOST_LINE_BYTES: u64 = 64 << 10;

pub const CONNECT_FAILED: &str = "HttpError: ConnectFail";
pub const TIMED_OUT: &str = "HttpError: Timedout";
pub const BROKEN_OFF: &str = "HttpError: NetFail";

/// What is sent; checked before.
#[derive(Debug)]
pub struct Request {
    pub method: String,
    pub authority: String,
    pub target: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Option<Vec<u8>>,
    pub timeout: Duration,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub reason: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// Send it and read the whole answer; an error is the sentence that the script gets.
    pub fn send(&self) -> Result<Answer, String> {
        let mut stream = self.connect()?;
        stream.write_all(&self.bytes("close")).map_err(|error| sentence(&error))?;
        read(&mut BufReader::new(stream), &self.method).map_err(|error| sentence(&error))
    }

    /// Connect to where it goes, with its timeout on everything that is read and written.
    pub fn connect(&self) -> Result<TcpStream, String> {
        let with_port =
            if has_port(&self.authority) { self.authority.clone() } else { format!("{}:80", self.authority) };
        let addresses = with_port.to_socket_addrs().map_err(|_| CONNECT_FAILED.to_owned())?;
        for address in addresses {
            if let Ok(stream) = TcpStream::connect_timeout(&address, self.timeout) {
                stream.set_read_timeout(Some(self.timeout)).map_err(|error| sentence(&error))?;
                stream.set_write_timeout(Some(self.timeout)).map_err(|error| sentence(&error))?;
                return Ok(stream);
            }
        }
        Err(CONNECT_FAILED.to_owned())
    }

    /// As it goes over the wire; `connection` is what becomes of the connection after it.
    pub fn bytes(&self, connection: &str) -> Vec<u8> {
        let mut head =
            format!("{} {} HTTP/1.1\r\nHost: {}\r\n", self.method, self.target, self.authority).into_bytes();
        head.extend_from_slice(
            format!("User-Agent: RobloxStudio/sim\r\nAccept: */*\r\nConnection: {connection}\r\n").as_bytes(),
        );
        for (name, value) in &self.headers {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        }
        let body = self.body.as_deref().unwrap_or_default();
        if self.body.is_some() || !matches!(self.method.as_str(), "GET" | "HEAD") {
            head.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
        }
        head.extend_from_slice(b"\r\n");
        head.extend_from_slice(body);
        head
    }
}

fn has_port(authority: &str) -> bool {
    authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What a script is told of it.
pub fn sentence(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => TIMED_OUT.to_owned(),
        _ => BROKEN_OFF.to_owned(),
    }
}

fn read(stream: &mut impl BufRead, method: &str) -> std::io::Result<Answer> {
    let mut answer = head(stream)?;
    if method != "HEAD" && !matches!(answer.status, 204 | 304) {
        answer.body = body(stream, &answer.headers)?;
    }
    Ok(answer)
}

/// Read an answer up to its body.
pub fn head(stream: &mut impl BufRead) -> std::io::Result<Answer> {
    let first = line(stream)?;
    let mut parts = first.splitn(3, ' ');
    let status = parts.next().filter(|version| version.starts_with("HTTP/1.")).and(parts.next());
    let status = status.and_then(|digits| digits.parse().ok()).ok_or_else(broken)?;
    let reason = parts.next().unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let text = line(stream)?;
        if text.is_empty() {
            break;
        }
        let (name, value) = text.split_once(':').ok_or_else(broken)?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    Ok(Answer { status, reason, headers, body: Vec::new() })
}

fn body(stream: &mut impl BufRead, headers: &[(String, String)]) -> std::io::Result<Vec<u8>> {
    let find = |wanted: &str| find(headers, wanted);
    if find("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        return chunks(stream);
    }
    let mut bytes = Vec::new();
    match find("content-length") {
        Some(text) => {
            let length = text.parse().ok().filter(|length| *length <= MOST_BODY_BYTES).ok_or_else(broken)?;
            stream.take(length).read_to_end(&mut bytes)?;
            if bytes.len() as u64 != length {
                return Err(broken());
            }
        }
        None => {
            stream.take(MOST_BODY_BYTES).read_to_end(&mut bytes)?;
        }
    }
    Ok(bytes)
}

/// The value of the first header of that name.
pub fn find<'a>(headers: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.as_str())
}

fn chunks(stream: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let size = line(stream)?;
        let digits = size.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(digits, 16).map_err(|_| broken())?;
        if bytes.len() as u64 + size > MOST_BODY_BYTES {
            return Err(broken());
        }
        let before = bytes.len() as u64;
        stream.take(size).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != before + size || !line(stream)?.is_empty() {
            return Err(broken());
        }
        if size == 0 {
            return Ok(bytes);
        }
    }
}

fn line(stream: &mut impl BufRead) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    stream.take(MOST_LINE_BYTES).read_until(b'\n', &mut bytes)?;
    if bytes.pop() != Some(b'\n') {
        return Err(broken());
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    String::from_utf8(bytes).map_err(|_| broken())
}

fn broken() -> std::io::Error {
    std::io::Error::from(std::io::ErrorKind::InvalidData)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> std::io::Result<Answer> {
        read(&mut text.as_bytes(), "GET")
    }

    #[test]
    fn an_answer_has_its_status_headers_and_body() {
        let answer =
            answer("HTTP/1.1 201 Created\r\nX-One: a: b \r\nContent-Length: 3\r\n\r\nabcdef").unwrap();

        assert_eq!((201, "Created", b"abc".to_vec()), (answer.status, answer.reason.as_str(), answer.body));
        assert_eq!(("X-One".to_owned(), "a: b".to_owned()), answer.headers[0]);
    }

    #[test]
    fn chunks_are_put_together() {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n";

        assert_eq!(b"abcd".to_vec(), answer(text).unwrap().body);
    }

    #[test]
    fn an_answer_that_breaks_off_is_none() {
        for text in
            ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "SSH-2.0\r\n\r\n"]
        {
            assert!(answer(text).is_err(), "{text}");
        }
    }
}
