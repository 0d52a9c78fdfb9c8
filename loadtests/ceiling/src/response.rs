//! As much of an answer as has to be read to tell it from the next one.

const HEAD_END: &[u8] = b"\r\n\r\n";
const MOST_HEAD_BYTES: usize = 64 * 1024;

/// An answer that has come whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    /// Bytes that it takes of what was read.
    pub length: usize,
    pub status: u16,
    /// What of it is the body.
    pub body_from: usize,
    pub closes: bool,
}

/// The first answer of what was read, if it is all there. Chunks are not read: our bridge sends none where it counts.
pub fn first(read: &[u8]) -> Result<Option<Response>, &'static str> {
    let Some(head) = read.windows(HEAD_END.len()).position(|four| four == HEAD_END) else {
        return if read.len() > MOST_HEAD_BYTES { Err("a head without an end") } else { Ok(None) };
    };
    let text = std::str::from_utf8(&read[..head]).map_err(|_| "a head that is no text")?;
    let mut lines = text.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.strip_prefix("HTTP/1.1 "))
        .and_then(|rest| rest.get(..3))
        .and_then(|digits| digits.parse().ok())
        .ok_or("no answer of HTTP/1.1")?;
    let (mut length, mut closes) = (None, false);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse::<usize>().ok();
        } else if name.eq_ignore_ascii_case("connection") {
            closes = value.trim().eq_ignore_ascii_case("close");
        }
    }
    let length = match (length, status) {
        (Some(length), _) => length,
        (None, 204 | 304) => 0,
        (None, _) => return Err("an answer without a length"),
    };
    let body_from = head + HEAD_END.len();
    if read.len() < body_from + length {
        return Ok(None);
    }
    Ok(Some(Response { length: body_from + length, status, body_from, closes }))
}

/// The code of a problem, or its status.
#[must_use]
pub fn code(status: u16, body: &[u8]) -> String {
    serde_json::from_slice::<serde_json::Value>(body)
        .ok()
        .and_then(|told| Some(told.get("code")?.as_str()?.to_owned()))
        .unwrap_or_else(|| format!("status_{status}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &[u8] = b"HTTP/1.1 201 Created\r\ncontent-LENGTH: 2\r\n\r\n{}";

    #[test]
    fn an_answer_is_read_once_it_is_all_there() {
        for end in 0..WHOLE.len() {
            assert_eq!(Ok(None), first(&WHOLE[..end]));
        }
        let two = [WHOLE, WHOLE].concat();
        let one = first(&two).unwrap().unwrap();
        assert_eq!((WHOLE.len(), 201, false), (one.length, one.status, one.closes));
        assert_eq!(b"{}", &two[one.body_from..one.length]);
    }

    #[test]
    fn what_has_no_length_is_refused_unless_it_has_no_body() {
        assert!(first(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(first(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().is_some());
        assert!(first(b"HTTP/1.0 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn a_problem_is_known_by_its_code() {
        assert_eq!("replayed", code(409, br#"{"code":"replayed"}"#));
        assert_eq!("status_502", code(502, b"<html>"));
    }
}
